import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { type Deps, later } from "../src/domain/deps.js";
import { admitCaller, type KeyLimit, maxRefusedKeys } from "../src/domain/hosts/admit.js";
import { createApiKey, type HostCaller, revokeKey } from "../src/domain/hosts/api-keys.js";
import { callOperation } from "../src/domain/hosts/call.js";
import { createHostClient, disableHost, enableHost } from "../src/domain/hosts/clients.js";
import { HostError } from "../src/domain/hosts/host-error.js";
import { defineOperation, type Operation } from "../src/domain/hosts/operation.js";
import { operations } from "../src/domain/hosts/operations/index.js";
import { type HostScope, hostScopes } from "../src/domain/hosts/scopes.js";
import { deleteExpired } from "../src/domain/jobs/delete-expired.js";
import { type DomainHarness, startDomainHarness, visitor } from "./support/domain-harness.js";
import { rowsOf } from "./support/rows.js";

let harness: DomainHarness;
let deps: Deps;
beforeAll(async () => {
  harness = await startDomainHarness({ RATE_LIMIT: "5" });
  deps = harness.deps;
  for (const id of ["shop", "forum"]) {
    await createHostClient(deps, { id, name: id, origins: [`https://${id}.example`], redirectPaths: ["/r"] });
  }
});
afterAll(() => harness.close());
beforeEach(() => harness.advance(120)); // a new window of every limit

const makeKey = (about: { clientId?: string; scopes?: HostScope[]; cidrs?: string[] } = {}) =>
  createApiKey(deps, { clientId: "shop", scopes: ["tickets"], cidrs: [], ...about });

async function outcome(call: Promise<unknown>): Promise<unknown> {
  return call.catch((error: unknown) => {
    if (!(error instanceof HostError)) throw error;
    return error.code;
  });
}

async function admit(key: string | undefined, ip = visitor.ip) {
  const answer = await outcome(
    admitCaller(deps, { key, visitor: { ...visitor, ip, source: ip }, isForeign: false }),
  );
  return typeof answer === "string" ? answer : (answer as HostCaller).keyId;
}

describe("a key of a host application", () => {
  it("is nowhere in the database or the log, and works until it is revoked, beside a second one [T106]", async () => {
    const [first, second] = [await makeKey(), await makeKey()];
    expect([await admit(first.key), await admit(second.key)]).toEqual([first.id, second.id]);
    const bytes = await harness.bytes();
    for (const { key } of [first, second]) {
      expect(bytes.includes(key)).toBe(false);
      expect(bytes.includes(key.slice(4))).toBe(false);
      expect(harness.loggedLines.join("")).not.toContain(key.slice(4));
    }
    expect(first.key).toMatch(/^wlk_[\w-]{43}$/); // 32 random bytes
    // No more of it than its last four characters; and such a search finds what is there.
    const [row] = (await rowsOf(deps.db, "apiKeys")).filter(({ id }) => id === first.id);
    expect(row?.hint).toBe(first.key.slice(-4));
    expect(bytes.includes(first.key.slice(-4))).toBe(true);
    const audited = (await rowsOf(deps.db, "auditLog")).filter(({ event }) => event === "host.create_key");
    expect(audited.map(({ target }) => target).sort()).toEqual([first.id, second.id].sort());

    expect(await revokeKey(deps, first.id)).toBe(true);
    expect([await admit(first.key), await admit(second.key)]).toEqual(["key_invalid", second.id]);
    expect(await disableHost(deps, "shop")).toBe(true);
    expect(await admit(second.key)).toBe("key_invalid");
    expect(await enableHost(deps, "shop")).toBe(true);
    expect([await admit(first.key), await admit(second.key)]).toEqual(["key_invalid", second.id]);
  });

  it("is not accepted in any other spelling [T106]", async () => {
    const { id, key } = await makeKey();
    const { keyHash = "" } = (await rowsOf(deps.db, "apiKeys")).find((row) => row.id === id) ?? {};
    const others = [
      undefined,
      "",
      "wlk_",
      key.slice(0, -1),
      `${key}A`,
      key.toUpperCase(),
      key.slice(4),
      keyHash,
    ];
    for (const other of others) expect([other, await admit(other)]).toEqual([other, "key_invalid"]);
    expect(await admit(key)).toBe(id);
  });

  it("has its last use noted once a minute, and not for a call from a refused address", async () => {
    const { id, key } = await makeKey({ cidrs: ["192.0.2.0/24"] });
    const lastUsedAt = async () =>
      (await rowsOf(deps.db, "apiKeys")).find((row) => row.id === id)?.lastUsedAt;
    expect(await admit(key, "203.0.113.1")).toBe("address_not_allowed");
    expect(await lastUsedAt()).toBeNull();
    await admit(key);
    const first = deps.now();
    expect(await lastUsedAt()).toEqual(first);
    harness.advance(60);
    await admit(key);
    expect(await lastUsedAt()).toEqual(first);
    harness.advance(0.001);
    await admit(key);
    expect(await lastUsedAt()).toEqual(later(first, 60.001));
  });

  it.each([
    [["203.0.113.0/24"], "203.0.113.255", true],
    [["203.0.113.0/24"], "203.0.114.0", false],
    [["203.0.113.0/24"], "", false],
    [["203.0.113.0/24"], "2001:db8::1", false],
    [["203.0.113.0/24"], "::ffff:203.0.113.9", true],
    [["2001:db8::/32"], "2001:db8:ffff::1", true],
    [["2001:db8::/32"], "2001:db9::1", false],
    [["2001:db8::/32", "198.51.100.7/32"], "198.51.100.7", true],
    [["2001:db8::/32", "198.51.100.7/32"], "198.51.100.8", false],
    [["0.0.0.0/0"], "192.0.2.1", true],
    [["0.0.0.0/0"], "::1", false],
    [[], "", true],
  ])("with the networks %j and the visitor at %j is accepted: %j [T110]", async (cidrs, ip, isAccepted) => {
    const { id, key } = await makeKey({ cidrs });
    expect(await admit(key, ip)).toBe(isAccepted ? id : "address_not_allowed");
  });

  it("may make RATE_LIMIT calls a minute, whatever other keys do", async () => {
    const [one, other] = [await makeKey(), await makeKey()];
    const limits: KeyLimit[] = [];
    const call = (key: string) =>
      outcome(
        admitCaller(deps, { key, visitor, isForeign: false, showLimit: (limit) => limits.push(limit) }),
      );
    const opened = deps.now();
    const answers = await Promise.all(Array.from({ length: 30 }, () => call(one.key)));
    expect(answers.filter((answer) => answer === "rate_limited")).toHaveLength(25);
    expect(limits.sort((a, b) => b.remaining - a.remaining)).toEqual(
      [4, 3, 2, 1, ...Array(26).fill(0)].map((remaining) => ({ max: 5, remaining, resetSeconds: 60 })),
    );
    expect(await call(other.key)).toMatchObject({ keyId: other.id });
    harness.advance(59.5);
    const refusal = await admitCaller(deps, { key: one.key, visitor, isForeign: false }).catch(
      (error: unknown) => error,
    );
    expect(refusal).toMatchObject({
      code: "rate_limited",
      message: "This key may make 5 calls a minute. Try again in 1 s.",
      retryAfterSeconds: 1,
    });
    harness.advance(0.5);
    expect(deps.now()).toEqual(later(opened, 60));
    expect(await call(one.key)).toMatchObject({ keyId: one.id });
  });

  it("may make any number of calls without RATE_LIMIT, and no limit is shown", async () => {
    const { key, id } = await makeKey();
    const unlimited = { ...deps, settings: { ...deps.settings, requestsPerMinute: undefined } };
    const showLimit = vi.fn();
    for (let n = 0; n < 6; n++) {
      expect(await admitCaller(unlimited, { key, visitor, isForeign: false, showLimit })).toMatchObject({
        keyId: id,
      });
    }
    expect(showLimit).not.toHaveBeenCalled();
  });

  it("is found for its owner although strangers behind the same address send wrong ones", async () => {
    const { id, key } = await makeKey();
    const guess = (n: number) => admit(`wlk_${String(n).padStart(43, "A")}`);
    const answers = [];
    expect(maxRefusedKeys).toBe(30);
    for (let n = 0; n < maxRefusedKeys + 3; n++) answers.push(await guess(n));
    expect(answers).toEqual([...Array(maxRefusedKeys).fill("key_invalid"), ...Array(3).fill("rate_limited")]);
    const told = admitCaller(deps, { key: "wlk_guess", visitor, isForeign: false });
    await expect(told).rejects.toMatchObject({
      message: "Too many calls without a right key came from here. Try again in 60 s.",
      retryAfterSeconds: 60,
    });
    expect(await admit(key)).toBe(id);
    expect(await admit(undefined)).toBe("key_invalid"); // no key is no guess
    expect(await admit("wlk_guess", "192.0.2.8")).toBe("key_invalid");
  });
});

describe("the scope of a key", () => {
  const caller = (scopes: readonly HostScope[]): HostCaller => ({
    client: { id: "shop", name: "shop", origins: ["https://shop.example"], redirectPaths: ["/r"] },
    keyId: "key",
    scopes,
    cidrs: [],
    lastUsedAt: null,
  });

  it("admits to its own operations and to no other: every operation with every scope [T110]", async () => {
    const run = vi.fn(async () => ({}));
    const output = z.object({});
    for (const { name, scope, path, method } of operations) {
      const operation: Operation = {
        ...{ name, scope, path, method, summary: "", output, run },
        input: output,
      };
      for (const one of hostScopes) {
        run.mockClear();
        const context = { deps, caller: caller([one]), visitor };
        const answer = await outcome(
          callOperation(operation, context, { given: {}, idempotencyKey: undefined }),
        );
        const isAllowed = scope === null || scope === one;
        expect([name, one, answer]).toEqual([name, one, isAllowed ? {} : "scope_missing"]);
        expect(run).toHaveBeenCalledTimes(isAllowed ? 1 : 0);
      }
    }
  });
});

describe("an Idempotency-Key", () => {
  const made: string[] = [];
  let blocked: Promise<void> | undefined;
  let failing: Error | undefined;
  const makeThing = defineOperation({
    name: "things.make",
    method: "POST",
    path: "/things",
    scope: "bind",
    summary: "Makes a thing",
    input: z.object({
      ...{ name: z.string(), size: z.number().default(1) },
      parts: z.array(z.object({ a: z.string(), b: z.string() })).optional(),
    }),
    output: z.object({ id: z.string(), url: z.string(), userId: z.string() }),
    secretFields: ["url"],
    run: async (_context, { name }) => {
      await blocked;
      if (failing) throw failing;
      made.push(name);
      return { id: `id ${made.length}`, url: `secret-of-${made.length}`, userId: "alice" };
    },
  }) as unknown as Operation;
  beforeEach(() => {
    made.length = 0;
    [blocked, failing] = [undefined, undefined];
  });

  const contextOf = (clientId = "shop", scopes: HostScope[] = ["bind"]) => {
    const client = { id: clientId, name: clientId, origins: [], redirectPaths: [] };
    return { deps, caller: { client, keyId: "key", scopes, cidrs: [], lastUsedAt: null }, visitor };
  };
  const call = (key: string | undefined, given: object, clientId?: string, scopes?: HostScope[]) =>
    outcome(callOperation(makeThing, contextOf(clientId, scopes), { given, idempotencyKey: key }));
  const first = { id: "id 1", url: "secret-of-1", userId: "alice" };
  const repeated = { id: "id 1", userId: "alice", note: "url was in the first answer and is shown once." };

  it("makes one thing once for the same request, and shows its secret once [T115]", async () => {
    expect(await call("k1", { name: "a" })).toEqual(first);
    expect(await call("k1", { size: 1, name: "a" })).toEqual(repeated);
    expect(made).toEqual(["a"]);
    expect((await harness.bytes()).includes("secret-of-1")).toBe(false);
    expect((await rowsOf(deps.db, "idempotencyKeys")).find(({ key }) => key === "k1")).toMatchObject({
      ...{ clientId: "shop", status: 200, userId: "alice", answer: '{"id":"id 1","userId":"alice"}' },
    });
    // Without a key, each request makes one.
    await call(undefined, { name: "a" });
    expect(made).toEqual(["a", "a"]);
  });

  it("is that of the same request whatever the order of its fields and of the key's scopes [T115]", async () => {
    const parts = [
      { a: "1", b: "2" },
      { a: "3", b: "4" },
    ];
    const scopes: HostScope[] = ["bind", "tickets"];
    expect(await call("k0", { name: "a", parts }, "shop", scopes)).toEqual(first);
    const turned = { parts: parts.map(({ a, b }) => ({ b, a })), name: "a" };
    expect(await call("k0", turned, "shop", scopes.toReversed())).toEqual(repeated);
    for (const other of [{ name: "a" }, { name: "a", parts: parts.toReversed() }]) {
      expect(await call("k0", other, "shop", scopes)).toBe("idempotency_key_reused");
    }
    expect(made).toEqual(["a"]);
  });

  it("tells its first answer from a repeated one, and keeps an answer without a secret whole", async () => {
    const replayed: string[] = [];
    const { secretFields: _, ...open } = makeThing;
    for (const n of ["first", "second"]) {
      const options = { given: { name: "a" }, idempotencyKey: "k10", onReplay: () => replayed.push(n) };
      expect(await callOperation(open, contextOf(), options)).toEqual(first);
    }
    expect(replayed).toEqual(["second"]);
  });

  it("names each secret that a repeated answer leaves out", async () => {
    const two = { ...makeThing, secretFields: ["url", "id"] } as Operation;
    const options = { given: { name: "a" }, idempotencyKey: "k11" };
    expect(await callOperation(two, contextOf(), options)).toEqual(first);
    expect(await callOperation(two, contextOf(), options)).toEqual({
      ...{ userId: "alice", note: "url, id was in the first answer and is shown once." },
    });
  });

  it("keeps the user whom the answer names, or else the path, for an erasure to find", async () => {
    const output = z.object({ id: z.string() });
    for (const [key, path] of [
      ["k12", "/users/{id}/block"],
      ["k13", "/things/{id}"],
      ["k14", "/merges/of/users/{id}"],
    ] as const) {
      const operation: Operation = {
        ...{ name: key, method: "POST", path, scope: "bind", summary: "Acts on one" },
        ...{ input: output, output, run: async (_context, { id }) => ({ id }) },
      };
      await callOperation(operation, contextOf(), { given: { id: "bob" }, idempotencyKey: key });
    }
    const kept = (await rowsOf(deps.db, "idempotencyKeys")).filter(({ key }) => /^k1[2-4]$/.test(key));
    expect(Object.fromEntries(kept.map(({ key, userId }) => [key, userId]))).toEqual({
      ...{ k12: "bob", k13: null, k14: null },
    });
  });

  it("is refused for another body, and for a key with other scopes [T115]", async () => {
    await call("k2", { name: "a" });
    for (const other of [{ name: "b" }, { name: "a", size: 2 }]) {
      expect(await call("k2", other)).toBe("idempotency_key_reused");
    }
    expect(await call("k2", { name: "a" }, "shop", ["bind", "identities:read"])).toBe(
      "idempotency_key_reused",
    );
    expect(await call("k2", { name: "a" }, "shop", ["tickets"])).toBe("scope_missing");
    expect(await call("k2", { name: "a" })).toEqual(repeated);
    expect(made).toEqual(["a"]);
  });

  it("of one host is not the same key of another [T115]", async () => {
    expect(await call("k3", { name: "a" })).toEqual(first);
    expect(await call("k3", { name: "b" }, "forum")).toMatchObject({ id: "id 2", url: "secret-of-2" });
    expect(await call("k3", { name: "a" })).toEqual(repeated);
  });

  it("makes one thing if 30 requests with it arrive at once: the others are told to wait [T115]", async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => call("k4", { name: "a" })));
    expect(made).toEqual(["a"]);
    expect(answers.filter((answer) => JSON.stringify(answer) === JSON.stringify(first))).toHaveLength(1);
    for (const answer of answers) {
      expect([first, repeated, "idempotency_in_progress"]).toContainEqual(answer);
    }
  });

  it("is given back by a refused request, and after a minute by one whose process died [T115]", async () => {
    failing = new HostError("conflict", "not now");
    expect(await call("k5", { name: "a" })).toBe("conflict");
    failing = undefined;
    expect(await call("k5", { name: "corrected" })).toEqual(first);

    blocked = new Promise(() => {}); // the process dies here
    void call("k6", { name: "a" });
    await vi.waitFor(async () =>
      expect((await rowsOf(deps.db, "idempotencyKeys")).map(({ key }) => key)).toContain("k6"),
    );
    blocked = undefined;
    harness.advance(59.999);
    const waiting = { given: { name: "a" }, idempotencyKey: "k6" };
    await expect(callOperation(makeThing, contextOf(), waiting)).rejects.toMatchObject({
      ...{ code: "idempotency_in_progress", retryAfterSeconds: 1 },
    });
    harness.advance(0.001);
    expect(await call("k6", { name: "a" })).toMatchObject({ id: "id 2", url: "secret-of-2" });
  });

  it("is still in progress for a request that comes at the moment when the first one gives it back", async () => {
    // The claim finds the key taken; a moment later its row is gone.
    const run = vi.spyOn(deps.db, "run").mockResolvedValueOnce([]);
    expect(await call("k15", { name: "a" })).toBe("idempotency_in_progress");
    run.mockRestore();
    expect(made).toEqual([]);
    expect(await call("k15", { name: "a" })).toEqual(first);
  });

  it("hides no error of the operation if it cannot be given back", async () => {
    failing = new HostError("conflict", "not now");
    const run = vi
      .spyOn(deps.db, "run")
      .mockResolvedValueOnce([{ key: "k16" }])
      .mockRejectedValueOnce(new Error("the database is away"));
    expect(await call("k16", { name: "a" })).toBe("conflict");
    expect(run).toHaveBeenCalledTimes(2);
    run.mockRestore();
  });

  it("of a request that was taken over keeps the later one's answer [T115]", async () => {
    const { promise, resolve } = withResolver();
    blocked = promise;
    const slow = call("k7", { name: "slow" });
    await vi.waitFor(async () =>
      expect((await rowsOf(deps.db, "idempotencyKeys")).map(({ key }) => key)).toContain("k7"),
    );
    harness.advance(60);
    blocked = undefined;
    expect(await call("k7", { name: "slow" })).toEqual(first);
    resolve();
    expect(await slow).toMatchObject({ id: "id 2" });
    expect(await call("k7", { name: "slow" })).toEqual(repeated);
  });

  it("of a request that was taken over is not given back, or answered, while the later one runs [T115]", async () => {
    for (const ends of ["refused", "done"]) {
      const [slow, later] = [withResolver(), withResolver()];
      const key = `k17-${ends}`;
      const rows = async () => (await rowsOf(deps.db, "idempotencyKeys")).filter((row) => row.key === key);
      blocked = slow.promise;
      const first = call(key, { name: "slow" });
      await vi.waitFor(async () => expect(await rows()).toHaveLength(1));
      harness.advance(60);
      blocked = later.promise;
      const second = call(key, { name: "slow" });
      const takenOver = { createdAt: deps.now(), status: null, answer: null };
      await vi.waitFor(async () => expect(await rows()).toMatchObject([takenOver]));
      failing = ends === "refused" ? new HostError("conflict", "not now") : undefined;
      slow.resolve();
      if (ends === "refused") expect(await first).toBe("conflict");
      else expect(await first).toMatchObject({ userId: "alice" });
      failing = undefined;
      expect(await rows()).toMatchObject([takenOver]);
      expect(await call(key, { name: "slow" })).toBe("idempotency_in_progress");
      later.resolve();
      expect(await second).toMatchObject({ userId: "alice" });
    }
  });

  it("is kept for 24 hours, then deleted [T115]", async () => {
    await call("k8", { name: "a" });
    harness.advance(86_399.999);
    await deleteExpired(deps);
    expect(await call("k8", { name: "a" })).toEqual(repeated);
    harness.advance(0.001);
    expect(await call("k8", { name: "a" })).toMatchObject({ id: "id 2" });
    harness.advance(86_400);
    await deleteExpired(deps);
    expect(await rowsOf(deps.db, "idempotencyKeys")).toEqual([]);
  });

  it.each(["", "a b", "é", "x".repeat(201), "a\n"])("of the form %j is refused", async (key) => {
    expect(await call(key, { name: "a" })).toBe("input_invalid");
    expect(made).toEqual([]);
  });

  it("changes nothing for an operation that makes nothing", async () => {
    for (const reading of [{ isReadOnly: true as const }, { method: "GET" as const }]) {
      made.length = 0;
      const options = { given: { name: "a" }, idempotencyKey: "k9" };
      await callOperation({ ...makeThing, ...reading }, contextOf(), options);
      await callOperation({ ...makeThing, ...reading }, contextOf(), options);
      expect(made).toEqual(["a", "a"]);
    }
  });
});

function withResolver() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
