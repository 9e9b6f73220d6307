import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHost } from "./support/hosts.js";
import { send } from "./support/raw-http.js";
import { type System, startSystem } from "./support/system.js";

let system: System;
beforeAll(async () => {
  system = await startSystem({ env: { TRUST_PROXY: "1" } });
});
afterAll(() => system.close());

/** Tries passwords that are too long to cost a hash. */
const guess = (usernames: string[], from: string) =>
  send(system, {
    method: "POST",
    path: `/admin/trpc/${usernames.map(() => "operator.signIn").join(",")}?batch=1`,
    headers: { "content-type": "application/json", "x-forwarded-for": from },
    body: JSON.stringify(
      Object.fromEntries(usernames.map((username, n) => [n, { username, password: "x".repeat(300) }])),
    ),
  });

describe("Retry-After", () => {
  it("is the longest wait of the calls in a batch, in seconds, and absent where none has to wait", async () => {
    const first = await guess(Array(10).fill("anna"), "203.0.113.1");
    expect([first.status, first.headers["retry-after"]]).toEqual([401, undefined]);
    system.advance(300);
    await guess(Array(10).fill("benno"), "203.0.113.2");
    for (const usernames of [
      ["anna", "benno"],
      ["benno", "anna"],
    ]) {
      const { status, headers } = await guess(usernames, `203.0.113.${usernames[0]?.length}`);
      expect(status).toBe(429);
      // A window of 15 minutes, less what the test itself takes.
      expect(Number(headers["retry-after"])).toBeGreaterThan(870);
      expect(Number(headers["retry-after"])).toBeLessThanOrEqual(900);
    }
    const alone = await guess(["anna"], "203.0.113.6");
    expect(Number(alone.headers["retry-after"])).toBeGreaterThan(570);
    expect(Number(alone.headers["retry-after"])).toBeLessThanOrEqual(600);
  });
});

describe("a batch", () => {
  it("has ten calls at most: with one more none of them is answered", async () => {
    const batch = async (count: number) => {
      const names = Array(count).fill("session.get").join(",");
      const { status, text } = await send(system, { path: `/trpc/${names}?batch=1&input=%7B%7D` });
      return [status, JSON.parse(text)];
    };
    expect(await batch(10)).toEqual([200, Array(10).fill({ result: { data: null } })]);
    const [status, answer] = await batch(11);
    expect([status, JSON.stringify(answer)]).toEqual([400, expect.not.stringContaining('"result"')]);
  });
});

describe("a call of a host application's key", () => {
  it("is refused if a page of another site sends it, by its name as at its address [T32]", async () => {
    const { key } = await createHost(system);
    const authorization = `Bearer ${key}`;
    const call = async (path: string, origin: string) => {
      const { status, text } = await send(system, { path, headers: { authorization, origin } });
      return [status, text.includes("foreign_origin")];
    };
    for (const path of ["/trpc/host.client.get", "/api/v1/client"]) {
      expect(await call(path, system.url)).toEqual([200, false]);
      expect(await call(path, "https://evil.example")).toEqual([403, true]);
    }
  });
});
