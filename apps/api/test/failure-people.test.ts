import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listAffected } from "../src/db/console/failure-people.js";
import { listFailureLog, listPeopleAffected } from "../src/domain/console/failure-people.js";
import { type DomainHarness, startDomainHarness } from "./support/domain-harness.js";
import { addRows } from "./support/rows.js";
import { seedFailure, seedPerson, seedSignIn } from "./support/seed.js";

const at = new Date("2026-03-01T12:00:00Z");

let harness: DomainHarness;
let appId: string;
beforeAll(async () => {
  harness = await startDomainHarness();
  appId = harness.app("oa").appId;
});
afterAll(() => harness.close());

describe("the person of a failed call", () => {
  it("is whose openid it names, else who signed in, else, as a guess, whose browser it was", async () => {
    const personOf = async (nickname: string) => {
      const { userId } = await seedPerson(harness.db, { at, appId, nickname, openid: `o${nickname}` });
      return { userId, nickname };
    };
    const [ann, ben] = [await personOf("Ann"), await personOf("Ben")];
    const signIn = (about: { userId?: string; browserUserId?: string }) =>
      seedSignIn(harness.db, { at, appId, ...about });
    const ofAnn = await signIn({ userId: ann.userId, browserUserId: ben.userId });
    const inBrowserOfBen = await signIn({ browserUserId: ben.userId });
    const unknown = await signIn({});
    for (const [n, about] of [
      { openid: "oBen", signInId: ofAnn },
      { openid: "oUnbound", signInId: ofAnn },
      { signInId: ofAnn },
      { signInId: inBrowserOfBen },
      { signInId: unknown },
      {},
    ].entries()) {
      await seedFailure(harness.db, { at: new Date(at.getTime() - n), appId, errcode: "40001", ...about });
    }
    const { items } = await listFailureLog(harness.deps, { limit: 10 });
    expect(items.map(({ person }) => person)).toEqual([
      { ...ben, isGuess: false },
      null,
      { ...ann, isGuess: false },
      { ...ben, isGuess: true },
      null,
      null,
    ]);
  });
});

describe("the people whom failures affect", () => {
  it("are in the order of their last failures, and of those at one moment the later id is first", async () => {
    const failure = { appId, endpoint: "sns/auth", errcode: "1", errmsg: "", attempt: 1, latencyMs: 1 };
    const before = new Date(at.getTime() - 1);
    await addRows(harness.db, "apiFailures", [
      { ...failure, id: "Z", at: before, openid: "o0" },
      { ...failure, id: "B", at, openid: "o1" },
      { ...failure, id: "Y", at: before, openid: "o2" },
      { ...failure, id: "C", at, openid: "o2" },
      { ...failure, id: "A", at, openid: "o3" },
    ]);
    const rows = await listAffected(harness.db, { errcode: "1" }, { limit: 4 });
    expect(rows.map(({ who, events, lastSeenAt }) => [who, events, lastSeenAt])).toEqual([
      ["oo2", 2, at],
      ["oo1", 1, at],
      ["oo3", 1, at],
      ["oo0", 1, before],
    ]);
    expect((await listAffected(harness.db, { errcode: "1" }, { limit: 1 })).map(({ who }) => who)).toEqual([
      "oo2",
    ]);
  });

  it("are none of two errcodes at once", async () => {
    const query = { q: "40001", errcode: "40029" };
    expect(await listPeopleAffected(harness.deps, query)).toEqual({ items: [], nextCursor: null });
  });
});
