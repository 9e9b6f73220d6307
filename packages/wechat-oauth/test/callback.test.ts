import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { grantWithoutState, readCallback } from "../src/index.js";
import { clientAnswering, code, openid, tokenAnswer } from "./fake-wechat.js";

/** A store that knows every state and records the lookups. */
function knowing<Claim>(claim: Claim) {
  return { claimState: vi.fn((_state: string): Claim => claim) };
}

describe("a callback", () => {
  it("is a grant if it has code and state, with the data stored under the state", async () => {
    const store = knowing({ returnTo: "/cart" });
    const callback = await readCallback("https://www.example.com/cb?code=071Ab-_9&state=3a6eb079", store);
    expect(callback).toEqual({
      kind: "grant",
      code: "071Ab-_9",
      state: "3a6eb079",
      claim: { returnTo: "/cart" },
    });
    expect(store.claimState.mock.calls).toEqual([["3a6eb079"]]);
  });

  it.each(["/cb?state=abc", "/cb?code=&state=abc"])(
    "is a refusal if it has a state alone: %s",
    async (url) => {
      const callback = await readCallback(url, knowing("a claim"));
      expect(callback).toEqual({ kind: "refusal", state: "abc", claim: "a claim" });
    },
  );

  it.each(["/cb?code=authdeny&state=abc", "/cb?state=abc&c%6Fde=auth%64eny"])(
    "is a refusal if its code is authdeny, as old clients send it: %s",
    async (url) => {
      const store = knowing("a claim");
      expect(await readCallback(url, store)).toEqual({ kind: "refusal", state: "abc", claim: "a claim" });
      expect(store.claimState).toHaveBeenCalledTimes(1);
    },
  );

  it("is a grant if its code only contains authdeny, and no refusal without a known state", async () => {
    expect(await readCallback("/cb?code=0authdeny&state=s", knowing(1))).toMatchObject({ kind: "grant" });
    const unknown = await readCallback("/cb?code=authdeny&state=s", knowing(undefined));
    expect(unknown).toEqual({ kind: "mismatch", reason: "state_unknown" });
    const stateless = await readCallback("/cb?code=authdeny", knowing(1));
    expect(stateless).toEqual({ kind: "mismatch", reason: "state_missing" });
  });

  it.each([
    ["a URL", new URL("https://www.example.com/cb?code=c&state=s")],
    ["a URL string", "https://www.example.com/cb?code=c&state=s"],
    ["a path with a query", "/cb?code=c&state=s#/route?state=other"],
    ["URLSearchParams", new URLSearchParams("code=c&state=s")],
  ])("is read from %s", async (_, url) => {
    expect(await readCallback(url, knowing(1))).toMatchObject({ kind: "grant", code: "c", state: "s" });
  });

  it("may have other parameters, which are ignored", async () => {
    const url = "/cb?from=singlemessage&code=c&isappinstalled=0&state=s&openid=oMallory&nsukey=x";
    expect(await readCallback(url, knowing(1))).toEqual({ kind: "grant", code: "c", state: "s", claim: 1 });
  });

  it("is judged by its parsed parameters, not by their encoding", async () => {
    expect(await readCallback("/cb?c%6Fde=%63&st%61te=%73", knowing(1))).toMatchObject({
      kind: "grant",
      code: "c",
      state: "s",
    });
    expect(await readCallback("/cb?code=c&state=s&st%61te=t", knowing(1))).toMatchObject({
      reason: "state_malformed",
    });
  });

  it("works with an asynchronous store", async () => {
    const callback = await readCallback("/cb?code=c&state=s", { claimState: async () => ({ id: 7 }) });
    expect(callback).toMatchObject({ kind: "grant", claim: { id: 7 } });
  });
});

describe("an invalid callback", () => {
  it.each([
    ["/cb", "state_missing"],
    ["/cb?code=c", "state_missing"],
    ["/cb?code=c&state=", "state_missing"],
    ["/cb#?code=c&state=s", "state_missing"],
    ["code=c&state=s", "state_missing"],
    ["/cb?code=c&state=s&state=s", "state_malformed"],
    ["/cb?code=c&state=&state=s", "state_malformed"],
    ["/cb?code=c&state=a-b", "state_malformed"],
    ["/cb?code=c&state=%E5%BC%A0", "state_malformed"],
    ["/cb?code=c&state=s%0A", "state_malformed"],
    ["/cb?code=c&state=s%00", "state_malformed"],
    ["/cb?code=c&state[]=s", "state_missing"],
    [`/cb?code=c&state=${"a".repeat(129)}`, "state_malformed"],
    ["/cb?code=c&code=c&state=s", "code_malformed"],
    ["/cb?code=&code=&state=s", "code_malformed"],
    ["/cb?code=a%26secret%3Db&state=s", "code_malformed"],
    ["/cb?code=%20c&state=s", "code_malformed"],
    ["/cb?code=%&state=s", "code_malformed"],
    [`/cb?code=${"a".repeat(513)}&state=s`, "code_malformed"],
    ["//[", "state_missing"],
    ["", "state_missing"],
  ])("is a mismatch and spends no state: %s", async (url, reason) => {
    const store = knowing("a claim");
    expect(await readCallback(url, store)).toEqual({ kind: "mismatch", reason });
    expect(store.claimState).not.toHaveBeenCalled();
  });

  it.each([undefined, null, false])("is a mismatch if the store returns %s", async (claim) => {
    const claimState = () => claim as object | undefined;
    const expected = { kind: "mismatch", reason: "state_unknown" };
    expect(await readCallback("/cb?code=c&state=s", { claimState })).toEqual(expected);
    expect(await readCallback("/cb?state=s", { claimState })).toEqual(expected);
  });

  it("is not a grant the second time, if the store spends states", async () => {
    const pending = new Set(["s"]);
    const options = { claimState: (state: string) => (pending.delete(state) ? { state } : undefined) };
    const twice = [readCallback("/cb?code=c&state=s", options), readCallback("/cb?code=d&state=s", options)];
    expect((await Promise.all(twice)).map(({ kind }) => kind)).toEqual(["grant", "mismatch"]);
  });
});

describe("any input from outside", () => {
  const parameter = fc.tuple(
    fc.constantFrom("code", "state", "c%6fde", "STATE", "x"),
    fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("abc", "", "a-b", "0_9", "a".repeat(600))),
  );

  it("causes no exception, and gives a grant only for exactly one valid code and one valid state", async () => {
    const query = fc.oneof(
      fc.array(parameter, { maxLength: 5 }).map((pairs) => new URLSearchParams(pairs).toString()),
      fc.array(parameter, { maxLength: 5 }).map((pairs) => pairs.map((pair) => pair.join("=")).join("&")),
      fc.string({ unit: "binary" }),
    );
    await fc.assert(
      fc.asyncProperty(query, async (query) => {
        const store = knowing({});
        const callback = await readCallback(`/cb?${query}`, store);
        expect(store.claimState).toHaveBeenCalledTimes(callback.kind === "mismatch" ? 0 : 1);
        if (callback.kind === "mismatch") return;
        expect(callback.state).toMatch(/^[A-Za-z0-9]{1,128}$/);
        if (callback.kind === "grant") expect(callback.code).toMatch(/^[A-Za-z0-9_-]{1,512}$/);
      }),
      { numRuns: 500 },
    );
  });
});

describe("a store that fails", () => {
  it("passes its error to the caller", async () => {
    const claimState = () => Promise.reject(new Error("the database is away"));
    await expect(readCallback("/cb?code=c&state=s", { claimState })).rejects.toThrow("the database is away");
  });
});

describe("grantWithoutState", () => {
  it("makes a grant that can be exchanged", async () => {
    const { client, requests } = clientAnswering([tokenAnswer]);
    expect(await client.exchangeCode(grantWithoutState(code))).toMatchObject({ openid });
    expect(requests[0]?.url).toContain(`code=${code}`);
  });

  it.each(["", "authdeny", "a code", "x".repeat(513), undefined as never])(
    "throws a TypeError for a text that is no code, and does not show it: %j",
    (text) => {
      expect(() => grantWithoutState(text)).toThrow(
        new TypeError("code must be the code that WeChat gave to your app"),
      );
    },
  );
});
