import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listFailureLog, listPeopleAffected } from "../src/domain/console/failure-people.js";
import { type DomainHarness, startDomainHarness } from "./support/domain-harness.js";
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
  it("are none of two errcodes at once", async () => {
    const query = { q: "40001", errcode: "40029" };
    expect(await listPeopleAffected(harness.deps, query)).toEqual({ items: [], nextCursor: null });
  });
});
