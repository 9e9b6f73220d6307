import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { fingerprint, TokenKeeper, TokenUnavailableError } from "../../src/keeper.js";
import { Harness, hashSynchronously } from "./harness.js";

describe("a fingerprint", () => {
  it("is the first 12 hex digits of the SHA-256", async () => {
    expect(await fingerprint("abc")).toBe("ba7816bf8f01");
    expect(await fingerprint("令牌")).toMatch(/^[0-9a-f]{12}$/);
  });
});

describe("a token at rest", () => {
  hashSynchronously();
  const withKey = (key: string) => ({
    seal: async (token: string) => `${key}(${token})`,
    open: async (sealed: string) => {
      if (!sealed.startsWith(`${key}(`)) throw new Error("another key");
      return sealed.slice(key.length + 1, -1);
    },
  });

  it("is stored sealed, and opened by a process with the key", async () => {
    const harness = new Harness();
    expect(await harness.get(harness.startInstance(withKey("k")))).toBe("T1");
    expect(await harness.get(harness.startInstance(withKey("k")))).toBe("T1");
    expect(harness.account.fetches).toBe(1);
    expect(harness.records.written.at(-1)?.token?.sealed).toBe("k(T1)");
  });

  it.each([
    ["throws", withKey("new")],
    ["gives undefined", { seal: (token: string) => token, open: () => undefined }],
  ])("counts as absent if open %s, and is replaced by a newer one", async (_how, key) => {
    const harness = new Harness();
    await harness.get(harness.startInstance(withKey("old")));
    const changed = harness.startInstance(key);
    expect(await harness.get(changed)).toBe("T1"); // the same one: WeChat repeats it
    expect(harness.account.fetches).toBe(2);
    expect(harness.records.written.at(-1)?.token?.generation).toBe(2);
  });

  it("is not fetched alternately by processes with different keys: each keeps its own", async () => {
    const harness = new Harness();
    const [old, changed] = [harness.startInstance(withKey("old")), harness.startInstance(withKey("new"))];
    for (let second = 0; second < 60; second += 1) {
      await harness.get(old);
      await harness.get(changed);
      await harness.time.pass(1000);
    }
    expect(harness.account.fetches).toBe(2);
  });
});

describe("the keeper's events", () => {
  hashSynchronously();

  it("report fetches, waits, reuse and failures, and never a token", async () => {
    const harness = new Harness();
    const secret = "61_the-token-of-the-account-itself";
    let fetches = 0;
    const source = {
      key: "wx:stable_token",
      fetch: async () => {
        fetches += 1;
        await harness.time.wait(10);
        if (fetches === 1) throw new Error(`no luck with ${secret}`);
        return { value: secret, expiresInSeconds: 7200 };
      },
    };
    const [a, b] = [harness.startInstance({ source }), harness.startInstance({ source })];
    await harness.time.until(Promise.allSettled([a.keeper.get(), b.keeper.get()]));
    await harness.time.pass(2000);
    await harness.time.until(Promise.all([a.keeper.get(), b.keeper.get()]));
    expect(a.events.map(({ kind }) => kind)).toEqual(["failed", "fetched"]);
    expect(b.events.map(({ kind }) => kind)).toEqual(["waited", "reused", "waited"]);
    expect(a.events[0]).toMatchObject({ reason: "Error", failuresInRow: 1 });
    expect(a.events[1]).toMatchObject({ isForced: false, generation: 1, durationMs: 10 });
    expect(inspect([...a.events, ...b.events], { depth: 9, showHidden: true })).not.toContain("61_");
    expect(inspect(a.keeper, { depth: 9, showHidden: true })).not.toContain("61_");
    expect(JSON.stringify(a.keeper)).not.toContain("61_");
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("log is full");
      },
    ],
    ["rejects", () => Promise.reject(new Error("log is full")) as unknown as undefined],
    [
      "returns another library's promise, which rejects without a handler",
      () => {
        const promise = Promise.reject(new Error("log is full"));
        // biome-ignore lint/suspicious/noThenProperty: it is what such promises are
        return { then: promise.then.bind(promise) } as unknown as undefined;
      },
    ],
  ])("may be handled by a function that %s", async (_how, onEvent) => {
    const harness = new Harness();
    expect(await harness.get(harness.startInstance({ onEvent }))).toBe("T1");
  });
});

describe("an error of the keeper", () => {
  it("keeps WeChat's error as its cause, and only safe parts of other errors", () => {
    const foreign = Object.assign(new Error('Failed query: params: {"sealed":"61_token"}'), {
      code: "ECONNRESET",
      command: { args: ["61_token"] },
      cause: new Error("insert … 61_token"),
    });
    const error = new TokenUnavailableError("STORE", undefined, foreign);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("61_token");
    expect(error.cause).toMatchObject({ name: "Error", code: "ECONNRESET" });
  });
});

describe("invalid options", () => {
  const source = { key: "k", fetch: async () => ({ value: "T", expiresInSeconds: 1 }) };
  it.each([
    [{ source: { ...source, key: "" } }, "source.key is empty"],
    [{ source, waitMs: 0 }, /waitMs/],
    [{ source, leaseMs: Number.NaN }, /leaseMs/],
    [{ source, recheckMs: -1 }, /recheckMs/],
    [{ source, waitMs: 2 ** 31 }, /waitMs/],
    [{ source, seal: (token: string) => token }, "seal and open must be given together"],
  ])("are refused at once: %j", (options, message) => {
    expect(() => new TokenKeeper(options)).toThrow(message);
    expect(() => new TokenKeeper(options)).toThrow(TypeError);
  });
});
