import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createHost } from "./support/hosts.js";
import { makeOperator } from "./support/operator.js";
import { send } from "./support/raw-http.js";
import { rowsOf } from "./support/rows.js";
import { type System, startSystem } from "./support/system.js";

let system: System;
afterEach(() => system.close());

/** Headers with which a client can claim another address, host or protocol. */
const forged = {
  "x-forwarded-for": "203.0.113.9",
  "x-forwarded-host": "evil.example",
  "x-forwarded-proto": "https",
  "x-forwarded-port": "443",
  "x-real-ip": "203.0.113.9",
  forwarded: "for=203.0.113.9;host=evil.example;proto=https",
  "x-original-url": "/admin/",
  "x-rewrite-url": "/admin/",
};

async function start(headers: Record<string, string>) {
  const answer = await send(system, { path: "/login/wechat", headers: { ...headers, accept: "text/html" } });
  const [signIn] = (await rowsOf(system.db, "signIns")).slice(-1);
  return { answer, ip: signIn?.ip };
}

const loopback = /^(127\.0\.0\.1|::1|::ffff:127\.0\.0\.1)$/;

describe("a server without a trusted proxy", () => {
  it("ignores forwarding headers for the address, the links, the cookies and the log [T16, T17]", async () => {
    system = await startSystem();
    const plain = await start({});
    const dressed = await start(forged);
    expect(dressed.answer.status).toBe(302);
    expect(dressed.ip).toMatch(loopback);
    const redirectUri = (location = "") => new URL(location).searchParams.get("redirect_uri");
    expect(redirectUri(dressed.answer.headers.location)).toBe(redirectUri(plain.answer.headers.location));
    expect(String(dressed.answer.headers["set-cookie"])).not.toMatch(/Secure|Domain|__Host-/);
    expect(system.logLines.join("")).not.toMatch(/203\.0\.113\.9|evil\.example/);
  });
});

describe("X-Forwarded-For on a server without a trusted proxy", () => {
  const warnings = () => system.logLines.filter((line) => line.includes('"forwarded_for_ignored"'));

  it("is warned of once in the log and shown in the console, with TRUST_PROXY as the remedy", async () => {
    system = await startSystem();
    const console = await makeOperator(system, "operator");
    const notices = async () => (await console.query<{ items: object[] }>("system.notices")).data?.items;
    await start({});
    expect(warnings()).toEqual([]);
    expect(await notices()).toEqual([]);
    const before = system.app.deps.now();
    await start({ "x-forwarded-for": "203.0.113.9" });
    const after = system.app.deps.now();
    system.advance(60);
    for (let requests = 0; requests < 2; requests++) await start({ "x-forwarded-for": "203.0.113.9" });
    expect(warnings()).toHaveLength(1);
    expect(JSON.parse(warnings()[0] ?? "{}")).toMatchObject({
      level: 40,
      ip: expect.stringMatching(loopback),
      msg: expect.stringContaining("TRUST_PROXY"),
    });
    expect(await notices()).toEqual([
      { kind: "forwarded_for_ignored", since: expect.any(String), ip: expect.stringMatching(loopback) },
    ]);
    const [{ since } = { since: new Date(0) }] = system.app.deps.notices.list();
    expect(since.getTime()).toBeGreaterThanOrEqual(before.getTime());
    expect(since.getTime()).toBeLessThanOrEqual(after.getTime());
  });

  it.each(["1", "192.0.2.1"])("is no reason for a warning where TRUST_PROXY=%s is set", async (trusted) => {
    system = await startSystem({ env: { TRUST_PROXY: trusted } });
    await start({ "x-forwarded-for": "203.0.113.9" });
    expect(warnings()).toEqual([]);
    expect(system.app.deps.notices.list()).toEqual([]);
  });
});

describe("a server behind one trusted proxy", () => {
  it("takes the address that the proxy added, and ignores what the client wrote before it [T17]", async () => {
    system = await startSystem({ env: { TRUST_PROXY: "1" } });
    const { ip } = await start({ "x-forwarded-for": "198.51.100.66, 203.0.113.9" });
    expect(ip).toBe("203.0.113.9");
    expect((await start({ ...forged, "x-forwarded-for": "203.0.113.9" })).answer.headers.location).toContain(
      encodeURIComponent(system.url),
    );
  });

  it("takes the header of a proxy that is trusted by its address [T17]", async () => {
    system = await startSystem({ env: { TRUST_PROXY: "127.0.0.1,::1" } });
    expect((await start({ "x-forwarded-for": "203.0.113.9" })).ip).toBe("203.0.113.9");
  });

  it("ignores the header of a machine with another address [T17]", async () => {
    system = await startSystem({ env: { TRUST_PROXY: "192.0.2.1" } });
    expect((await start({ "x-forwarded-for": "203.0.113.9" })).ip).toMatch(loopback);
  });
});

describe("a key of a host application that is bound to a network", () => {
  async function statusesOf(env: Record<string, string>, headers: readonly Record<string, string>[]) {
    system = await startSystem({ env });
    const { key } = await createHost(system, { cidrs: ["203.0.113.0/24"] });
    const statuses: number[] = [];
    for (const claimed of headers) {
      const request = { path: "/api/v1/client", headers: { ...claimed, authorization: `Bearer ${key}` } };
      statuses.push((await send(system, request)).status);
    }
    return statuses;
  }

  it("is refused to a client that claims an address of it where no proxy is trusted [T17, T110]", async () => {
    const claims = [
      forged,
      { "x-forwarded-for": "::ffff:203.0.113.9" },
      { "cf-connecting-ip": "203.0.113.9" },
      { "true-client-ip": "203.0.113.9" },
    ];
    expect(await statusesOf({}, claims)).toEqual([403, 403, 403, 403]);
  });

  it("works from the address that the trusted proxy saw, in any spelling, and from no other one [T17, T110]", async () => {
    const claims = ["203.0.113.9", "203.0.113.9:50001", "::ffff:203.0.113.9", "198.51.100.6, 203.0.113.9"];
    const others = ["198.51.100.6", "203.0.113.9, 198.51.100.6", "unknown", "2001:db8::cb00:7109"];
    const headers = [...claims, ...others].map((address) => ({ "x-forwarded-for": address }));
    expect(await statusesOf({ TRUST_PROXY: "1" }, headers)).toEqual([200, 200, 200, 200, 403, 403, 403, 403]);
  });
});

describe("the source of a request", () => {
  beforeEach(async () => {
    system = await startSystem({ env: { RATE_LIMIT: "5", TRUST_PROXY: "1" } });
  });

  const statusFrom = async (address: string) =>
    (await system.browser().visit("/login/wechat", { headers: { "x-forwarded-for": address } })).status;

  it("is the same for every port that a proxy adds to the address [T100]", async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 8; n++) statuses.push(await statusFrom(`203.0.113.7:${50_000 + n}`));
    for (let n = 0; n < 8; n++) statuses.push(await statusFrom(`[2001:db8:1:2::7]:${50_000 + n}`));
    expect(statuses.filter((status) => status === 302)).toHaveLength(10);
  });

  it("is the proxy if the forwarded value is not an address [T97]", async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 8; n++) statuses.push(await statusFrom(`${"x".repeat(1000)}${n}`));
    expect(statuses.filter((status) => status === 302)).toHaveLength(5);
    for (const { ip } of await rowsOf(system.db, "signIns")) expect(ip).toMatch(loopback);
  });

  it("is the /64 network of an IPv6 address when operators' passwords are guessed [T41]", async () => {
    const guess = async (n: number) =>
      send(system, {
        method: "POST",
        path: "/admin/trpc/operator.signIn",
        headers: {
          "content-type": "application/json",
          origin: system.url,
          "x-forwarded-for": `2001:db8:1:2::${n}`,
        },
        body: JSON.stringify({ username: `name${n}`, password: "x".repeat(300) }), // too long to cost a hash
      });
    const statuses: number[] = [];
    for (let n = 1; n <= 11; n++) statuses.push((await guess(n)).status);
    expect(statuses).toEqual([...Array(10).fill(401), 429]);
  });
});
