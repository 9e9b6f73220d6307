import { describe, expect, it } from "vitest";
import {
  claimBindLink,
  deleteBindLinksBefore,
  expireBindLink,
  findBindLink,
  findBindLinkBySecret,
  insertBindLink,
} from "../../src/db/bind-links.js";
import type { Database } from "../../src/db/database.js";
import { deleteBatchSize } from "../../src/db/delete-batch.js";
import { emptyTables } from "../support/changes.js";
import { addRows } from "../support/rows.js";
import { seededStatements } from "../support/seeded-statements.js";
import { at } from "./rows.js";

interface About {
  clientId?: string;
  externalId?: string;
  expiresAt?: Date;
  usedAt?: Date | null;
  userId?: string | null;
}

const link = (id: string, about: About = {}) => ({
  ...{ id, secretHash: `s-${id}`, clientId: "shop", externalId: "42", label: `label of ${id}` },
  ...{ returnTo: `/${id}`, nonceHash: `n-${id}`, createdAt: at(0), expiresAt: at(100) },
  ...{ usedAt: null, userId: null, ...about },
});

async function seed(db: Database): Promise<void> {
  const host = { origins: "[]", redirectPaths: "[]", createdAt: at(0) };
  await addRows(db, "hostClients", [
    { ...host, id: "shop", name: "Shop" },
    { ...host, id: "forum", name: "Forum" },
    { ...host, id: "closed", name: "Closed", disabledAt: at(5) },
  ]);
  await addRows(db, "users", [
    { id: "alice", createdAt: at(0) },
    { id: "bob", createdAt: at(0), status: "blocked" },
    { id: "carol", createdAt: at(0) },
  ]);
  const externalUser = { createdAt: at(0) };
  await addRows(db, "externalUsers", [
    { ...externalUser, clientId: "shop", externalId: "42", userId: "alice" },
    { ...externalUser, clientId: "shop", externalId: "43", userId: "carol" },
    { ...externalUser, clientId: "forum", externalId: "42", userId: "bob" },
  ]);
  await addRows(db, "bindLinks", [
    link("alice's"),
    link("bob's", { clientId: "forum" }),
    link("of a new user", { externalId: "44" }),
    link("of a closed host", { clientId: "closed" }),
    link("used", { usedAt: at(50), userId: "alice" }),
    link("over", { expiresAt: at(60) }),
    link("used and over", { expiresAt: at(60), usedAt: at(50), userId: "alice" }),
  ]);
}

const { changed, found, seeded } = seededStatements(seed);

describe("a bind link", () => {
  it("is found by its id or its secret, with its host, if that is enabled, and the user who has its external id", async () => {
    for (const { id, about, clientName, ownerId, ownerStatus } of [
      { id: "alice's", about: {}, clientName: "Shop", ownerId: "alice", ownerStatus: "active" },
      {
        id: "bob's",
        about: { clientId: "forum" },
        clientName: "Forum",
        ownerId: "bob",
        ownerStatus: "blocked",
      },
      {
        id: "of a new user",
        about: { externalId: "44" },
        clientName: "Shop",
        ownerId: null,
        ownerStatus: null,
      },
      {
        id: "of a closed host",
        about: { clientId: "closed" },
        clientName: null,
        ownerId: null,
        ownerStatus: null,
      },
    ]) {
      const { secretHash, userId: usedBy, ...columns } = link(id, about);
      const expected = [{ ...columns, usedBy, clientName, ownerId, ownerStatus }];
      expect(await found(findBindLink, { id })).toEqual(expected);
      expect(await found(findBindLinkBySecret, { secretHash })).toEqual(expected);
    }
    expect(await found(findBindLink, { id: "used" })).toMatchObject([{ usedAt: at(50), usedBy: "alice" }]);
  });

  it("is written with all that its host said", async () => {
    const { usedAt, userId, createdAt, ...said } = link("new", { externalId: "45" });
    expect(await changed(insertBindLink, { ...said, now: at(7) })).toEqual({
      "bindLinks new": { ...said, usedAt, userId, createdAt: at(7) },
    });
  });

  it("is claimed once, and before its time is over", async () => {
    const claimed = (id: string, now: Date) => changed(claimBindLink, { id, userId: "carol", now });
    expect(await claimed("alice's", at(99))).toEqual({
      "bindLinks alice's": { usedAt: at(99), userId: "carol" },
    });
    expect(await claimed("alice's", at(100))).toEqual({});
    expect(await claimed("used", at(60))).toEqual({});
  });

  it("ends when its time is over, unless it was used", async () => {
    const ended = (id: string) => changed(expireBindLink, { id, now: at(60) });
    expect(await ended("over")).toEqual({ "bindLinks over": { usedAt: at(60) } });
    expect(await ended("alice's"), "its time is not over").toEqual({});
    expect(await ended("used and over")).toEqual({});
  });

  it("is deleted long after its end, a batch at a time, however many newer ones there are", async () => {
    expect(await changed(deleteBindLinksBefore, { before: at(61) })).toEqual({
      "bindLinks over": "deleted",
      "bindLinks used and over": "deleted",
    });
    const db = await emptyTables(await seeded());
    const several = (name: string, expiresAt: Date) =>
      Array.from({ length: deleteBatchSize + 1 }, (_, n) => link(`${name} ${n}`, { expiresAt }));
    await addRows(db, "bindLinks", [...several("a new one", at(61)), ...several("old", at(60))]);
    const deleted = await db.run(deleteBindLinksBefore, { before: at(61) });
    expect(deleted).toHaveLength(deleteBatchSize);
    expect(deleted.every(({ id }) => id.startsWith("old"))).toBe(true);
  });
});
