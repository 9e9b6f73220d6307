import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  countPeopleAffected,
  findLastCounted,
  groupFailures,
  listGroupCounts,
} from "../src/db/console/failure-groups.js";
import { listPeopleAffected } from "../src/domain/console/failure-people.js";
import { CursorError } from "../src/domain/cursor.js";
import { failureRecords } from "../src/domain/failures/failures.js";
import { newId } from "../src/domain/ids.js";
import { eraseUser } from "../src/domain/people/erase.js";
import { type DomainHarness, startDomainHarness } from "./support/domain-harness.js";
import { addRows, rowsOf } from "./support/rows.js";
import { seedFailure, seedGroups, seedPerson, seedSignIn } from "./support/seed.js";

let harness: DomainHarness;
let appId: string;
beforeEach(async () => {
  harness = await startDomainHarness();
  appId = harness.app("oa").appId;
});
afterEach(() => harness.close());

const failure = (errcode: string) => ({
  endpoint: "sns/userinfo",
  errcode,
  errmsg: "no",
  rid: null,
  attempt: 1,
});

const record = (errcode: string, about: { openid?: string; signInId?: string; isBound?: boolean } = {}) =>
  harness.db.batch(failureRecords(harness.deps, failure(errcode), { appId, latencyMs: 1, ...about }));

describe("a group of failures", () => {
  it("is made by the first of thirty failures at once, and counts each of them and whom they affect", async () => {
    const at = harness.deps.now();
    const begun = await seedSignIn(harness.db, { at, appId, browserHash: "one browser" });
    await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        n < 20 ? record("40001", { openid: `o-${n % 4}` }) : record("40001", { signInId: begun }),
      ),
    );
    await record("40029");
    const groups = await listGroupCounts(harness.db, {}, 10);
    const [common, rare] = await groupFailures(harness.db, {}, { limit: 10 });
    const ids = groups.map(({ groupId }) => groupId);
    const people = await countPeopleAffected(harness.db, ids, { since: at, to: undefined }, 100);
    expect(groups.map(({ groupId, ...group }) => ({ ...group, people: people.get(groupId) }))).toEqual([
      common,
      rare,
    ]);
    expect([common, rare]).toMatchObject([
      { errcode: "40001", events: 30, people: 5, unnamed: 10 },
      { errcode: "40029", events: 1, people: 0, unnamed: 1 },
    ]);
    expect(await rowsOf(harness.db, "errorGroups")).toEqual(
      expect.arrayContaining([
        {
          ...{ id: expect.any(String), appId, endpoint: "sns/userinfo", errcode: "40001", state: "open" },
          ...{ stateAt: null, stateBy: null, resolvedAt: null, mutedUntil: null },
        },
      ]),
    );
  });

  it("has those people in a range whose last failure is in it, its ends included, and counts as many as are asked for", async () => {
    const moments: Date[] = [];
    for (const failed of [["a"], ["b", "other"], ["c"], ["a"]]) {
      moments.push(harness.deps.now());
      for (const openid of failed) await record(openid === "other" ? "40029" : "40001", { openid });
      harness.advance(60);
    }
    const groups = await listGroupCounts(harness.db, {}, 10);
    const ids = groups.map(({ groupId }) => groupId);
    const people = async (from: number, to?: number, most = 100) => {
      const range = { since: moments[from] as Date, to: to === undefined ? undefined : moments[to] };
      const counted = await countPeopleAffected(harness.db, ids, range, most);
      return groups.map(({ errcode, groupId }) => `${errcode}: ${counted.get(groupId)}`).sort();
    };
    expect(await people(0)).toEqual(["40001: 3", "40029: 1"]);
    // The first one failed again since.
    expect(await people(0, 2)).toEqual(["40001: 2", "40029: 1"]);
    expect(await people(1, 1)).toEqual(["40001: 1", "40029: 1"]);
    expect(await people(2)).toEqual(["40001: 2", "40029: 0"]);
    expect(await people(0, undefined, 2)).toEqual(["40001: 2", "40029: 1"]);
  });

  it("does not name an openid without a binding where the person was erased meanwhile, nor anybody after their erasure", async () => {
    const at = harness.deps.now();
    const { userId } = await seedPerson(harness.db, { at, appId, nickname: "Alice", openid: "oAlice" });
    await seedPerson(harness.db, { at, appId, nickname: "Bob", openid: "oBob" });
    const guessed = await seedSignIn(harness.db, { at, appId, browserUserId: userId, browserHash: "hers" });
    await addRows(harness.db, "signIns", [
      {
        ...{ id: "S2", purpose: "sign_in", appId, returnTo: "/", browserHash: "also hers", userId },
        ...{ openid: "oAlice", createdAt: at, expiresAt: at, outcome: "signed_in" },
      },
    ]);
    for (const openid of ["oAlice", "oBob", "oGone"]) await record("1", { openid, isBound: true });
    for (const signInId of [guessed, "S2"]) await record("1", { signInId });
    const named = async () => (await rowsOf(harness.db, "errorGroupPeople")).map(({ who }) => who).sort();
    expect(await named()).toEqual(["balso hers", "ooBob", "ooAlice", `u${userId}`].sort());
    await eraseUser(harness.deps, { userId, by: "person" });
    expect(await named()).toEqual(["ooBob"]);
  });
});

describe("the failures that are counted", () => {
  it("are the latest of the range that is asked for, however many came before or after it", async () => {
    const minute = (n: number) => new Date(Date.UTC(2026, 2, 1, 12, n));
    const seeded: string[] = [];
    for (const n of [0, 2, 4, 6]) {
      seeded.push(await seedFailure(harness.db, { at: minute(n), appId, errcode: "40001", openid: "oAnn" }));
    }
    const last = (range: { from?: Date; to?: Date }) =>
      findLastCounted(harness.db, range, { maxReadRows: 1 });
    expect(await last({})).toEqual({ at: minute(6), id: seeded[3] });
    expect(await last({ to: minute(3) })).toEqual({ at: minute(2), id: seeded[1] });
    expect(await last({ from: minute(5) })).toBeUndefined();
  });
});

describe("the list of people whom failures affect", () => {
  const start = new Date("2026-03-01T12:00:00.000Z");
  const minute = (n: number) => new Date(start.getTime() + n * 60_000);
  let seeded: string[];
  const affected = (openid: string, n: number, events = 1) => ({
    ...{ appId, appKey: "oa", openid, events, lastSeenAt: minute(n), failureId: seeded[n], person: null },
  });
  const read = (
    bound: { maxReadRows?: number; maxPeople?: number },
    query: { endpoint?: string | undefined; cursor?: string | undefined } = {},
  ) => listPeopleAffected(harness.deps, { errcode: "40001", ...query }, bound);

  /** The items of each page, and how far each one searched. */
  const readPages = async (bound: { maxReadRows?: number; maxPeople?: number }, endpoint?: string) => {
    const pages: { items: object[]; searchedTo?: Date }[] = [];
    for (let cursor: string | undefined; ; ) {
      const { nextCursor, ...page } = await read(bound, { endpoint, cursor });
      pages.push(page);
      if (nextCursor === null) return pages;
      cursor = nextCursor;
    }
  };

  beforeEach(async () => {
    seeded = [];
    for (const [n, openid] of ["oAnn", "oBen", "oAnn", "oCat"].entries()) {
      seeded.push(await seedFailure(harness.db, { at: minute(n), appId, errcode: "40001", openid }));
    }
    await seedFailure(harness.db, { at: minute(4), appId, errcode: "40029", openid: "oDan" });
  });

  it("has one row for each person of the failures that match", async () => {
    expect(await read({ maxReadRows: 4 })).toEqual({
      items: [affected("oCat", 3), affected("oAnn", 2, 2), affected("oBen", 1)],
      nextCursor: null,
    });
  });

  it("goes back as far as one request reads, says so, and goes on from there [T101]", async () => {
    expect(await readPages({ maxReadRows: 3 })).toEqual([
      { items: [affected("oCat", 3), affected("oAnn", 2), affected("oBen", 1)], searchedTo: minute(1) },
      { items: [affected("oAnn", 0)] },
    ]);
    expect(await readPages({ maxReadRows: 2 }, "sns/auth")).toEqual([
      { items: [], searchedTo: minute(2) },
      { items: [] },
    ]);
    expect(await readPages({ maxReadRows: 4 }, "sns/auth")).toEqual([{ items: [] }]);
  });

  it("has so many people on a page, and counts the failures of each page once", async () => {
    expect(await readPages({ maxPeople: 2 })).toEqual([
      { items: [affected("oCat", 3), affected("oAnn", 2)] },
      { items: [affected("oBen", 1), affected("oAnn", 0)] },
    ]);
    expect(await readPages({ maxPeople: 3 })).toEqual([
      { items: [affected("oCat", 3), affected("oAnn", 2, 2), affected("oBen", 1)] },
    ]);
  });

  it("has 200 people on a page unless it is asked for fewer", async () => {
    const failures = Array.from({ length: 201 }, (_, n) => ({
      ...{ id: newId(minute(n)), at: minute(n), appId, endpoint: "sns/auth", errcode: "40001" },
      ...{ errmsg: "no", openid: `o${n}`, attempt: 1, latencyMs: 1 },
    }));
    await addRows(harness.db, "apiFailures", failures);
    await seedGroups(harness.db, failures);
    const pages = await readPages({}, "sns/auth");
    expect(pages.map(({ items }) => items.length)).toEqual([200, 1]);
  });

  it("goes on only with a cursor of its own filters [T61]", async () => {
    const { nextCursor } = await read({ maxReadRows: 3 });
    await expect(read({}, { endpoint: "sns/auth", cursor: nextCursor ?? "" })).rejects.toThrow(CursorError);
  });
});
