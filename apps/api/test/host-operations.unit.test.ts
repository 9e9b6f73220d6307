import { TokenUnavailableError } from "@wechat-login/oauth/keeper";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DatabaseError, type Deps } from "../src/domain/deps.js";
import type { HostCaller } from "../src/domain/hosts/api-keys.js";
import { HostError } from "../src/domain/hosts/host-error.js";
import { getAppToken, signPageForJsSdk } from "../src/domain/hosts/operations/apps.js";
import { undoUserMerge } from "../src/domain/hosts/operations/merges.js";
import { MergeError } from "../src/domain/identity/merges.js";
import { type DomainHarness, startDomainHarness, visitor } from "./support/domain-harness.js";
import { rowsOf } from "./support/rows.js";

let harness: DomainHarness;
let deps: Deps;
beforeAll(async () => {
  harness = await startDomainHarness();
  deps = harness.deps;
});
afterAll(() => harness.close());

const caller = {
  ...{ client: { id: "shop", origins: ["https://shop.example"] }, keyId: "key" },
} as unknown as HostCaller;

describe("a host that asks for the token of an Official Account", () => {
  const askWhile = (error: unknown) =>
    getAppToken.run(
      { deps: { ...deps, appToken: () => ({ get: () => Promise.reject(error) }) as never }, caller, visitor },
      { key: "oa" },
    );
  const unavailable = (reason: string, waitMs?: number) =>
    new TokenUnavailableError(reason, waitMs === undefined ? undefined : deps.now().getTime() + waitMs);

  it.each([
    [1, 1],
    [1500, 2],
    [0, undefined],
    [-1000, undefined],
    [undefined, undefined],
  ])(
    "is told WeChat's errcode, and to wait if WeChat may be asked in %s ms: %s s",
    async (waitMs, seconds) => {
      const error = unavailable("40164", waitMs);
      const refused = await askWhile(error).catch((refusal) => refusal);
      expect(refused).toBeInstanceOf(HostError);
      expect({ ...refused, cause: refused.cause }).toEqual({
        ...{ name: "HostError", code: "token_unavailable", errcode: "40164" },
        ...{ retryAfterSeconds: seconds, cause: error },
      });
      expect(refused.message).toMatch(/^WeChat gave no token \(40164\)\. .*(IP|allow)/);
    },
  );

  it("is told the first step for a global token, where a person's token would need another", async () => {
    await expect(askWhile(unavailable("48001"))).rejects.toThrow(
      "WeChat gave no token (48001). Check the account's verification and API permissions in WeChat's console",
    );
  });

  it("is sent to the console for an unknown code", async () => {
    await expect(askWhile(unavailable("SomeError"))).rejects.toThrow(
      "WeChat gave no token (SomeError). Look at the token page of the console.",
    );
  });

  it("is not told that WeChat refused when the database failed", async () => {
    const error = unavailable("STORE");
    const failed = await askWhile(error).catch((failure) => failure);
    expect(failed).toBeInstanceOf(DatabaseError);
    expect(failed).toMatchObject({ reason: "unavailable", cause: error });
    const bug = new Error("a bug");
    await expect(askWhile(bug)).rejects.toBe(bug);
  });

  it("has its signatures counted apart from its tokens", async () => {
    const now = new Date("2026-03-01T12:00:00.900Z");
    const get = async () => ({ value: "a-ticket", generation: 1, expiresAtMs: now.getTime() + 1500 });
    const given = {
      ...deps,
      now: () => now,
      appToken: () => ({ get }) as never,
      jsapiTicket: () => ({ get }) as never,
    };
    const context = { deps: given, caller, visitor };
    expect(await getAppToken.run(context, { key: "oa" })).toEqual({
      ...{ token: "a-ticket", expiresInSeconds: 1, generation: 1 },
    });
    const signed = await signPageForJsSdk.run(context, { key: "oa", url: "https://shop.example/a" });
    expect(signed.timestamp).toBe(Math.floor(now.getTime() / 1000)); // not a second that is yet to come
    const counted = (await rowsOf(deps.db, "handOuts")).map(({ kind, clientId, count }) => [
      kind,
      clientId,
      count,
    ]);
    expect(counted.sort()).toEqual([
      ["access_token", "shop", 1],
      ["js_sdk_signature", "shop", 1],
    ]);
  });
});

describe("a host that undoes a merge", () => {
  const undo = (given: Deps) =>
    undoUserMerge.run(
      { deps: given, caller, visitor },
      { id: "01M8X7C0ZZ0000000000000000", reason: "a mistake" },
    );

  it("is told that there is none, and nothing of the kind when the database fails", async () => {
    const cause = expect.any(MergeError);
    await expect(undo(deps)).rejects.toMatchObject({ name: "HostError", code: "not_found", cause });
    const failure = new DatabaseError("unavailable", { cause: undefined });
    const run = () => Promise.reject(failure);
    await expect(undo({ ...deps, db: { ...deps.db, run } as never })).rejects.toBe(failure);
  });
});
