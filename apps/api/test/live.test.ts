import { get } from "node:http";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Database } from "../src/db/database.js";
import { setSecondFactorPolicy } from "../src/db/operator-factors.js";
import type { Ticker } from "../src/domain/console/live-tail.js";
import { type TestDatabase, testDatabase } from "./support/engine.js";
import { type Console, seedOperator } from "./support/operator.js";
import { seedFailure } from "./support/seed.js";
import { type System, startSystem } from "./support/system.js";

/** Ticks when the test says so. */
class Clock {
  readonly ticks = new Set<() => Promise<void>>();
  readonly ticker: Ticker = (tick) => {
    this.ticks.add(tick);
    return { stop: () => void this.ticks.delete(tick) };
  };
  async tick(): Promise<void> {
    await Promise.all([...this.ticks].map((tick) => tick()));
  }
}

let look: Clock;
let beat: Clock;
let database: TestDatabase;
let db: Database;
let system: System;
let reads = 0;
beforeEach(async () => {
  [look, beat] = [new Clock(), new Clock()];
  database = await testDatabase();
  const opened = await database.open();
  const consoleQuery = ((build) => {
    reads++;
    return opened.consoleQuery(build);
  }) as Database["consoleQuery"];
  db = { ...opened, consoleQuery };
  system = await startSystem({ db, live: { look: look.ticker, beat: beat.ticker } });
});
afterEach(async () => {
  await system.close();
  await db.close();
  await database.remove();
});

const moment = (count: number) => new Date(Date.UTC(2026, 2, 1) + count * 1000);
const fail = (count: number) =>
  seedFailure(db, {
    at: moment(count),
    appId: system.officialAccount.appId,
    errcode: "40163",
    openid: "oAlice",
  });

/** An open connection, and what came so far: ids of newest rows, heartbeats and the end. */
async function watch(console: Console, path: string, headers: Record<string, string> = {}) {
  const events: string[] = [];
  const state = {
    events,
    /** As it crossed the wire. */
    text: "",
    isClosed: false,
    close: () => {},
    headers: {} as Record<string, unknown>,
    status: 0,
  };
  await new Promise<void>((resolve, reject) => {
    const request = get(
      `${system.url}/admin/live/${path}`,
      { headers: { cookie: console.browser.cookieHeader(), ...headers } },
      (response) => {
        state.status = response.statusCode ?? 0;
        state.headers = response.headers;
        state.close = () => response.destroy();
        response.setEncoding("utf8").on("data", (text: string) => {
          state.text += text;
          for (const event of text.split("\n\n").filter(Boolean)) {
            const id = /^id: (.*)$/m.exec(event)?.[1];
            if (id !== undefined) events.push(id);
            else if (event.startsWith(":")) events.push("beat");
            else if (event.startsWith("event: end")) events.push("end");
          }
        });
        response.on("error", () => {});
        response.on("close", () => {
          state.isClosed = true;
        });
        resolve();
      },
    );
    request.on("error", reject);
  });
  return state;
}

describe("a list of the console that is watched", () => {
  it("says which row is the newest, at once and whenever there is another one, and nothing of the row itself [T56]", async () => {
    const console = await seedOperator(system, "viewer");
    const first = await fail(1);
    const live = await watch(console, "failures");
    expect([live.status, live.headers]).toMatchObject([
      200,
      {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store",
        "x-accel-buffering": "no",
      },
    ]);
    await look.tick();
    await look.tick();
    await expect.poll(() => live.events).toEqual([first]);
    const second = await fail(2);
    await look.tick();
    await expect.poll(() => live.events).toEqual([first, second]);
    // Written late, with an earlier time.
    await fail(1.5);
    await look.tick();
    await expect.poll(() => live.events).toEqual([first, second, second]);
    await beat.tick();
    await console.mutate("operator.signOut");
    await beat.tick();
    await expect.poll(() => live.isClosed).toBe(true);
    const newer = (id: string) => `id: ${id}\nevent: newer\ndata:\n\n`;
    expect(live.text).toBe(
      `retry: 2000\n\n${newer(first)}${newer(second)}${newer(second)}:\n\nevent: end\ndata:\n\n`,
    );
  });

  it("is watched by a hundred at once; one more is told to wait until one of them has left", async () => {
    const console = await seedOperator(system, "viewer");
    const watchers = await Promise.all(Array.from({ length: 100 }, () => watch(console, "failures")));
    expect(new Set(watchers.map(({ status }) => status))).toEqual(new Set([200]));
    const refused = await console.browser.visit("/admin/live/failures");
    expect([refused.status, refused.headers.get("retry-after"), JSON.parse(refused.html)]).toEqual([
      ...[429, null],
      { code: "too_many_lists", error: "too_many_lists", requestId: expect.any(String) },
    ]);
    watchers[0]?.close();
    await expect.poll(() => beat.ticks.size).toBe(99);
    const next = await watch(console, "failures");
    expect(next.status).toBe(200);
    for (const { close } of [...watchers, next]) close();
  });

  it("tells of a sign-in when it begins and when it ends", async () => {
    const console = await seedOperator(system, "viewer");
    const live = await watch(console, "sign-ins");
    await look.tick();
    expect(live.events.length).toBeLessThan(2);
    await system.browser().signIn();
    await look.tick();
    await expect.poll(() => live.events.at(-1)).toMatch(/^[0-9A-Z]{26}$/);
    live.close();
  });

  it("goes on after a lost connection: what is newer than the last id is told, and what is not is not", async () => {
    const console = await seedOperator(system);
    const first = await fail(1);
    const current = await watch(console, "failures", { "last-event-id": first });
    await look.tick();
    await beat.tick();
    await expect.poll(() => current.events).toEqual(["beat"]);
    current.close();
    await expect.poll(() => look.ticks.size).toBe(0);
    const second = await fail(2);
    const behind = await watch(console, `failures?after=${first}`);
    await look.tick();
    await expect.poll(() => behind.events).toEqual([second]);
    behind.close();
    // The page's address is that of the first connection.
    const again = await watch(console, `failures?after=${first}`, { "last-event-id": second });
    await look.tick();
    await beat.tick();
    await expect.poll(() => again.events).toEqual(["beat"]);
    again.close();
  });

  it("is looked at once for all who watch it, and not at all when no one does", async () => {
    const console = await seedOperator(system);
    expect(look.ticks.size).toBe(0);
    const three = await Promise.all([1, 2, 3].map(() => watch(console, "failures")));
    expect(look.ticks.size).toBe(1);
    reads = 0;
    await look.tick();
    expect(reads).toBe(1);
    await fail(1);
    await look.tick();
    for (const { events } of three) await expect.poll(() => events.length).toBeGreaterThan(0);
    for (const live of three) live.close();
    await expect.poll(() => [look.ticks.size, beat.ticks.size]).toEqual([0, 0]);
  });

  it("beats every ten seconds by itself, until it is closed", async () => {
    await system.close();
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    try {
      system = await startSystem({ db });
      const console = await seedOperator(system);
      const before = vi.getTimerCount();
      const live = await watch(console, "sign-ins", { "last-event-id": "01M00000000000000000000000" });
      const beats = () => live.events.filter((event) => event === "beat").length;
      await vi.advanceTimersByTimeAsync(9_999);
      expect(beats()).toBe(0);
      for (const count of [1, 2]) {
        await vi.advanceTimersByTimeAsync(count === 1 ? 1 : 10_000);
        await expect.poll(beats).toBe(count);
      }
      live.close();
      await expect.poll(() => vi.getTimerCount()).toBe(before);
    } finally {
      vi.useRealTimers();
    }
  });

  it("goes on where the database cannot say whether the operator is still signed in", async () => {
    const live = await watch(await seedOperator(system), "failures");
    const { run } = system.app.deps.db;
    system.app.deps.db.run = () => Promise.reject(new Error("the database is away"));
    await beat.tick();
    await expect.poll(() => live.events).toEqual(["beat"]);
    system.app.deps.db.run = run;
    live.close();
  });

  it("ends within a heartbeat when the operator gets another role, needs a second factor or signs out [T47]", async () => {
    const owner = await seedOperator(system, "owner");
    const viewer = await seedOperator(system, "viewer");
    const { data: me } = await viewer.query<{ id: string }>("operator.me");
    const before = await watch(viewer, "failures");
    await beat.tick();
    await expect.poll(() => before.events).toEqual(["beat"]);
    await owner.mutate("operators.changeRole", { id: me?.id, from: "viewer", to: "operator" });
    await beat.tick();
    await expect.poll(() => [before.events, before.isClosed]).toEqual([["beat", "end"], true]);

    // As soon as everyone needs a second factor.
    const otto = await watch(viewer, "failures");
    await owner.mutate("operators.setFactorPolicy", { policy: "required" });
    await beat.tick();
    await expect.poll(() => [otto.events, otto.isClosed]).toEqual([["end"], true]);
    await system.app.deps.db.run(setSecondFactorPolicy, { value: "optional" });

    const again = await watch(viewer, "failures");
    await viewer.mutate("operator.signOut");
    await beat.tick();
    await expect.poll(() => [again.events, again.isClosed]).toEqual([["end"], true]);
    expect(beat.ticks.size).toBe(0);
  });

  it("does not keep a session alive that is idle otherwise [T25]", async () => {
    const console = await seedOperator(system);
    const live = await watch(console, "failures");
    system.advance(29 * 60);
    await beat.tick();
    system.advance(2 * 60);
    await beat.tick();
    await expect.poll(() => live.events).toEqual(["beat", "end"]);
  });

  it("is refused without a session and to a page of another site, and unknown lists are not found [T32, T44]", async () => {
    const console = await seedOperator(system);
    const statusOf = async (path: string, headers: Record<string, string> = {}) => {
      const live = await watch(console, path, headers);
      live.close();
      return live.status;
    };
    expect(await statusOf("failures", { cookie: "" })).toBe(401);
    expect(await statusOf("failures", { "sec-fetch-site": "cross-site" })).toBe(403);
    expect(await statusOf("failures", { origin: "https://evil.example" })).toBe(403);
    const unknown = await console.browser.visit("/admin/live/people");
    expect([unknown.status, unknown.headers.get("retry-after"), JSON.parse(unknown.html)]).toEqual([
      ...[404, null],
      { code: "not_found", error: "There is no such list to watch.", requestId: expect.any(String) },
    ]);
    expect(await statusOf("sign-ins", { "sec-fetch-site": "same-origin" })).toBe(200);
  });

  it("is not watched by a HEAD, which nothing would end", async () => {
    const console = await seedOperator(system);
    await console.browser.visit("/admin/live/failures", { method: "HEAD" });
    expect([look.ticks.size, beat.ticks.size]).toEqual([0, 0]);
  });

  it("ends when the server stops, which does not wait for it [T90]", async () => {
    const live = await watch(await seedOperator(system), "failures");
    await system.app.server.close();
    await expect.poll(() => live.isClosed).toBe(true);
    expect(look.ticks.size).toBe(0);
  });
});
