import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DatabaseError } from "../src/db/database.js";
import { createHost, type Host } from "./support/hosts.js";
import { type Console, makeOperator } from "./support/operator.js";
import { rowsOf } from "./support/rows.js";
import { type System, startSystem } from "./support/system.js";

/** Far from midnight (UTC), at which a new day of counts begins. */
const noon = new Date("2026-11-28T12:00:00Z");

let system: System;
let shop: Host;
let forum: Host;
let console: Console;
beforeAll(async () => {
  system = await startSystem({ at: noon });
  shop = await createHost(system, { scopes: ["tokens", "jssdk"] });
  forum = await createHost(system, { id: "forum", origin: "https://forum.example", scopes: ["tokens"] });
  console = await makeOperator(system, "viewer");
});
afterAll(() => system.close());

const token = (host = shop) => host.call("GET", "/apps/oa/token");
const report = (generation: number) => shop.call("POST", "/apps/oa/token/invalid", { generation });
const sign = (url: string, host = shop) => host.call("POST", "/apps/oa/js-sdk-signature", { url });
const fetches = () => system.simulator.calls("stable_token");

/** What WeChat issued last. */
const issued = (kind: "global_token" | "ticket") =>
  system.simulator.tokens().find((one) => one.kind === kind)?.value ?? "";

async function handOuts() {
  const rows = await rowsOf(system.db, "handOuts");
  return rows.map(({ clientId, kind, count }) => `${clientId} ${kind} ${count}`).sort();
}

/** What WeChat was asked for, and who for. */
const requesters = async () =>
  (await rowsOf(system.db, "appTokenFetches")).map(({ kind, requestedBy }) => [kind, requestedBy]);

describe("the one token of an app", () => {
  it("goes to every host with the scope, and is replaced once for all that report it as refused", async () => {
    const first = await token();
    expect(first).toEqual({
      status: 200,
      body: { token: issued("global_token"), expiresInSeconds: expect.any(Number), generation: 1 },
    });
    const { expiresInSeconds } = first.body as { expiresInSeconds: number };
    expect(expiresInSeconds).toBeGreaterThan(7190);
    expect(expiresInSeconds).toBeLessThanOrEqual(7200);
    expect(await token(forum)).toEqual({
      status: 200,
      body: { ...(first.body as object), expiresInSeconds: expect.any(Number) },
    });
    expect(fetches()).toBe(1);

    system.simulator.endToken(issued("global_token"));
    const answers = await Promise.all(Array.from({ length: 20 }, () => report(1)));
    expect(answers).toEqual(answers.map(() => ({ status: 200, body: { generation: 2 } })));
    expect(fetches()).toBe(2);
    expect((await token()).body).toMatchObject({ token: issued("global_token"), generation: 2 });

    // Reports of an earlier and of an unknown generation end no token.
    for (const generation of [0, 1, 3]) {
      expect(await report(generation)).toEqual({ status: 200, body: { generation: 2 } });
    }
    expect(fetches()).toBe(2);
    expect(await requesters()).toEqual([
      ["access_token", "host:shop"],
      ["access_token", "refused:shop"],
    ]);
  });

  it("signs pages of the host's own origins for the JS-SDK, and no other page [T111]", async () => {
    const answer = await sign("https://shop.example/a/../orders?page=2#top");
    const { timestamp, nonceStr } = answer.body as { timestamp: number; nonceStr: string };
    const text = `jsapi_ticket=${issued("ticket")}&noncestr=${nonceStr}&timestamp=${timestamp}&url=https://shop.example/orders?page=2`;
    const signature = createHash("sha1").update(text).digest("hex");
    const { appId } = system.officialAccount;
    expect(answer).toEqual({ status: 200, body: { appId, timestamp, nonceStr, signature } });
    expect(Math.abs(timestamp - noon.getTime() / 1000)).toBeLessThan(20);

    const foreign = [
      ...["https://forum.example/", "http://shop.example/", "https://shop.example.evil/", "//shop.example/"],
      ...["https://shop.example:8443/", "https://shop.example@evil.example/", "https://a@shop.example/"],
      ...["https://evil.example/#https://shop.example", "javascript:alert(1)", "/orders", ""],
      "blob:https://shop.example/0b1c",
    ];
    const before = await handOuts();
    for (const url of foreign) {
      expect([url, await sign(url)]).toEqual([
        url,
        {
          status: 400,
          body: {
            type: "/api/v1/docs#input_invalid",
            title: "Input invalid",
            status: 400,
            detail:
              "url: it must be the address of a page at an origin of this host application (https://shop.example).",
            code: "input_invalid",
            requestId: expect.any(String),
          },
        },
      ]);
    }
    expect(await handOuts()).toEqual(before);
    expect(system.simulator.calls("getticket")).toBe(1);
    expect((await requesters()).slice(2)).toEqual([["jsapi_ticket", "host:shop"]]);
  });

  it("is neither given nor signed with for a key without its scope [T111]", async () => {
    const blind = await createHost(system, {
      id: "blind",
      origin: "https://blind.example",
      scopes: ["tickets", "users:read", "identities:read", "events"],
    });
    const before = await handOuts();
    const answers = [
      await token(blind),
      await blind.call("POST", "/apps/oa/token/invalid", { generation: 2 }),
      await sign("https://blind.example/", blind),
      await sign("https://forum.example/", forum),
    ];
    expect(answers.map(({ status, body }) => [status, (body as { detail: string }).detail])).toEqual([
      [403, "This key lacks the scope tokens."],
      [403, "This key lacks the scope tokens."],
      [403, "This key lacks the scope jssdk."],
      [403, "This key lacks the scope jssdk."],
    ]);
    expect(await handOuts()).toEqual(before);
    expect(fetches()).toBe(2);
  });

  it("has each hand-out counted, which the console shows for today [T111]", async () => {
    await Promise.all(Array.from({ length: 30 }, () => token(forum)));
    expect(await handOuts()).toEqual([
      "forum access_token 31",
      "shop access_token 2",
      "shop js_sdk_signature 1",
    ]);
    const shown = async () =>
      (
        await console.query<{ items: { key: string; handedOutToday: object[] }[] }>("tokens.listApps")
      ).data?.items.map(({ key, handedOutToday }) => ({ key, handedOutToday }));
    const lastAt = expect.any(String);
    expect(await shown()).toEqual([
      {
        key: "oa",
        handedOutToday: [
          { clientId: "forum", kind: "access_token", count: 31, lastAt },
          { clientId: "shop", kind: "access_token", count: 2, lastAt },
          { clientId: "shop", kind: "js_sdk_signature", count: 1, lastAt },
        ],
      },
      { key: "web", handedOutToday: [] },
    ]);
    system.advance(86_400);
    console = await makeOperator(system, "operator"); // the viewer's session has ended
    await token(forum);
    expect(await shown()).toEqual([
      { key: "oa", handedOutToday: [{ clientId: "forum", kind: "access_token", count: 1, lastAt }] },
      { key: "web", handedOutToday: [] },
    ]);
  });

  it("is not given, nor signed with, where the hand-out cannot be counted [T111]", async () => {
    const { run } = system.db;
    system.db.run = (statement, values) =>
      statement.name === "add_hand_out"
        ? Promise.reject(new DatabaseError("unavailable", { cause: new Error("disk full") }))
        : run(statement, values);
    const uncounted = [await token(), await sign("https://shop.example/")];
    system.db.run = run;
    const unavailable = { status: 503, body: expect.objectContaining({ code: "unavailable" }) };
    expect(uncounted).toEqual([unavailable, unavailable]);
    const given = issued("global_token");
    expect(JSON.stringify(uncounted)).not.toContain(given);
    expect((await token()).body).toMatchObject({ token: given });
  });

  it("does not exist for a website app or an unknown one", async () => {
    for (const key of ["web", "none", "__proto__"]) {
      expect(await shop.call("GET", `/apps/${key}/token`)).toEqual({
        status: 404,
        body: expect.objectContaining({
          code: "not_found",
          detail: "No Official Account has this key. There are: oa.",
        }),
      });
    }
  });

  it("is refused with WeChat's errcode, what to do and when to try again", async () => {
    system.advance(2 * 86_400);
    system.simulator.fail("stable_token", { kind: "errcode", errcode: 40164 });
    const answer = await fetch(`${system.url}/api/v1/apps/oa/token`, {
      headers: { authorization: `Bearer ${shop.key}` },
    });
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    const { detail, ...problem } = (await answer.json()) as { detail: string };
    expect(problem).toEqual({
      type: "/api/v1/docs#token_unavailable",
      title: "Token unavailable",
      status: 424,
      code: "token_unavailable",
      errcode: "40164",
      requestId: expect.any(String),
    });
    expect(detail).toMatch(/^WeChat gave no token \(40164\)\. .*IP/);
    expect(system.logLines.join("")).not.toContain(shop.key);
  });
});
