import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { limitCallbacks } from "../src/http/callback-limit.js";

let app: FastifyInstance;
/** Each lets one waiting request go on. */
let waiting: (() => void)[];
beforeEach(() => {
  waiting = [];
  app = Fastify();
  limitCallbacks(app);
  const wait = () => new Promise<string>((resolve) => waiting.push(() => resolve("answered")));
  app.get("/login/wechat/callback", wait);
  app.get("/login/wechat", async () => "begun");
});
afterEach(() => app.close());

const callback = () => app.inject("/login/wechat/callback?state=x&code=y");

describe("the callbacks that wait for WeChat", () => {
  it("are a hundred at most: one more is told to come back in 5 s, and other requests are answered", async () => {
    const held = Array.from({ length: 100 }, callback);
    await expect.poll(() => waiting.length).toBe(100);

    const { statusCode, headers, body } = await callback();
    expect([statusCode, headers["retry-after"], JSON.parse(body)]).toEqual([
      ...[503, "5"],
      {
        ...{ statusCode: 503, error: "Service Unavailable" },
        message: "too many callbacks are waiting for WeChat",
      },
    ]);
    expect((await app.inject("/login/wechat")).body).toBe("begun");

    waiting.shift()?.();
    await Promise.race(held);
    const next = callback();
    await expect.poll(() => waiting.length).toBe(100);
    for (const answer of waiting) answer();
    for (const one of [...held, next]) expect((await one).body).toBe("answered");
  });
});
