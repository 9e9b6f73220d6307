import { afterAll, beforeAll, describe, expect, it } from "vitest";
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
