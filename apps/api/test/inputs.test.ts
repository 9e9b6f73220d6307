import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Browser } from "./support/browser.js";
import { accounts, type Console, makeOperator } from "./support/operator.js";
import { allProcedures, type NamedProcedure } from "./support/procedures.js";
import { type RawResponse, send } from "./support/raw-http.js";
import { rowsOf } from "./support/rows.js";
import { type System, startSystem } from "./support/system.js";

let system: System;
let person: Browser;
let console: Console;
beforeAll(async () => {
  system = await startSystem();
  console = await makeOperator(system);
  person = system.browser();
  await person.signIn();
});
afterAll(() => system.close());

/** Left out, because they would end the session that the other calls need. */
const endsSession = new Set(["session.signOut", "session.signOutEverywhere", "operator.signOut"]);
const tested = allProcedures.filter(({ path }) => !endsSession.has(path));

/** Calls a procedure as a signed-in caller of its router, with the JSON text as it is. */
function call({ base, path, type }: NamedProcedure, json: string, query = ""): Promise<RawResponse> {
  const cookie = base === "/trpc" ? person.cookieHeader() : console.browser.cookieHeader();
  if (type === "mutation") {
    return send(system, {
      method: "POST",
      path: `${base}/${path}${query && `?${query}`}`,
      headers: { cookie, "content-type": "application/json", origin: system.url },
      body: json,
    });
  }
  return send(system, {
    path: `${base}/${path}?input=${encodeURIComponent(json)}${query && `&${query}`}`,
    headers: { cookie },
  });
}

function expectNoServerError(answer: RawResponse, what: string) {
  expect(answer.status, `${what} → ${answer.text.slice(0, 200)}`).toBeLessThan(500);
  expect(answer.text, what).not.toMatch(/node_modules|\.ts:\d|SQLITE|select .* from/i);
  expect(answer.headers["set-cookie"], what).toBeUndefined();
}

const deep = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;

describe("the input of a procedure", () => {
  it("gets a 400 from every procedure if its type or shape is wrong [T36]", async () => {
    const taking = ["session.revoke", "operator.signIn", "operator.redeemLink", "operator.changePassword"];
    taking.push(
      "people.get",
      "tokens.getUser",
      "tokens.refreshApp",
      "failures.get",
      "signIns.get",
      "search.find",
    );
    taking.push("people.list", "tokens.listUsers", "failures.list", "failures.groups", "signIns.list");
    taking.push("operator.passFactor", "operators.resetFactors", "operators.setFactorPolicy");
    const ofFactors = tested.filter(({ path, type }) => /^secondFactor\./.test(path) && type === "mutation");
    taking.push(...ofFactors.map(({ path }) => path));
    const wrong = ["null", '"text"', "7", "true", "[]", "[{}]", '{"id":{}}', '{"limit":"ten"}', '{"q":[1]}'];
    for (const procedure of tested.filter(({ path }) => taking.includes(path))) {
      const isList = /list|groups/i.test(procedure.path);
      for (const json of wrong) {
        if (isList && json === '{"id":{}}') continue; // a list requires nothing and ignores an unknown key
        if (procedure.path === "failures.groups" && json.includes("limit")) continue; // this list has no pages, so it ignores the limit
        const answer = await call(procedure, json);
        expect(answer.status, `${procedure.path} ${json} → ${answer.text}`).toBe(400);
      }
    }
  });

  it("gets a 400 if it contains NUL, which PostgreSQL cannot store or search [T36]", async () => {
    const fields: Record<string, string[]> = {
      "people.list": ["q", "appId", "cursor"],
      "tokens.listUsers": ["q", "appId", "cursor"],
      "signIns.list": ["q", "appId", "cursor"],
      "failures.list": ["q", "appId", "endpoint", "errcode", "cursor"],
      "failures.groups": ["q", "appId", "endpoint", "errcode"],
      "failures.people": ["q", "appId", "endpoint", "errcode", "cursor"],
      "failures.count": ["q", "appId", "endpoint", "errcode"],
      "people.count": ["q", "appId"],
      "tokens.countUsers": ["q", "appId"],
      "signIns.count": ["q", "appId"],
      "audit.count": ["operatorId", "target"],
      "overview.bars": ["appId", "endpoint", "errcode"],
      "search.find": ["text"],
      "tokens.refreshApp": ["appId"],
      "operator.signIn": ["username"],
      "operator.passFactor": ["code"],
      "secondFactor.confirmTotp": ["name"],
      "secondFactor.confirmPasskey": ["name"],
    };
    // What the other fields need, so that NUL is the reason of the refusal.
    const rest = { password: "any password", kind: "recovery_code", code: "000000", response: { id: "key" } };
    for (const procedure of tested) {
      for (const field of fields[procedure.path] ?? []) {
        const input = { ...rest, [field]: "a\u0000b" };
        const answer = await call(procedure, JSON.stringify(input));
        expect(answer.status, `${procedure.path} ${field}`).toBe(400);
      }
    }
  });

  it.each([
    ["people.list", "q", 200],
    ["people.list", "appId", 64],
    ["tokens.listUsers", "q", 200],
    ["tokens.listUsers", "appId", 64],
    ["signIns.list", "q", 200],
    ["signIns.list", "appId", 64],
    ["failures.list", "q", 200],
    ["failures.list", "appId", 64],
    ["failures.list", "endpoint", 64],
    ["failures.list", "errcode", 32],
    ["failures.groups", "errcode", 32],
    ["search.find", "text", 200],
  ])("may have in %s a text of %s with %i characters and no more", async (path, field, length) => {
    const status = async (text: string) => (await console.query(path, { [field]: text })).status;
    expect([await status("x".repeat(length)), await status("x".repeat(length + 1))]).toEqual([200, 400]);
  });

  it.each([
    ["1970-01-01T00:00:00.000Z", 200],
    ["1969-12-31T23:59:59.999Z", 400],
    ["1970-01-01T08:00:00.000+08:00", 200],
    ["9999-12-31T23:59:59.999Z", 200],
    ["9999-12-31T23:59:59.999-00:01", 400],
    ["2026-03-01T12:00:00", 400],
    ["2026-03-01", 400],
    ["", 400],
  ])("may have the moment %j: %i", async (moment, status) => {
    for (const path of ["signIns.list", "failures.list", "failures.groups"]) {
      for (const field of ["from", "to"]) {
        expect((await console.query(path, { [field]: moment })).status, `${path} ${field}`).toBe(status);
      }
    }
  });

  it.each([
    ["people.list", { unionid: "yes" }, { unionid: "maybe" }],
    ["failures.groups", { state: "regressed", sort: "trend" }, { state: "closed" }],
    ["failures.groups", { state: "all" }, { sort: "appId" }],
    ["people.list", { status: "blocked" }, { status: "deleted" }],
    ["tokens.listUsers", { state: "refused" }, { state: "old" }],
    ["signIns.list", { outcome: "in_progress" }, { outcome: "started" }],
    ["signIns.list", { userId: "01M00000000000000000000000" }, { userId: "01M0000000000000000000000I" }],
    ["search.find", { text: " x " }, { text: "  " }],
  ])("(%s) may be %j and not %j", async (path, right, wrong) => {
    const statuses = [(await console.query(path, right)).status, (await console.query(path, wrong)).status];
    expect(statuses).toEqual([200, 400]);
  });

  it("may mute an error group for a minute to 90 days, and name a generation from 1 on", async () => {
    const group = { id: "01M00000000000000000000000", stateAt: null };
    const token = { appId: "wx-unknown", reason: "it leaked" };
    const statuses = (path: string, input: object, field: string, values: number[]) =>
      Promise.all(values.map(async (n) => (await console.mutate(path, { ...input, [field]: n })).status));
    // Neither exists, so what may be asked is not found.
    expect(await statuses("failures.mute", group, "minutes", [0, 1, 1.5, 129_600, 129_601])).toEqual([
      ...[400, 404, 400, 404, 400],
    ]);
    expect(await statuses("tokens.invalidateApp", token, "generation", [0, 1])).toEqual([400, 404]);
  });

  // Over a thousand requests, one after the other.
  it("never causes a 5xx if it is not JSON or is very deep [T36]", { timeout: 60_000 }, async () => {
    const broken = [
      "{",
      "",
      "undefined",
      "NaN",
      "'a'",
      '{"a":1}}',
      "\u0000",
      "[1,",
      deep(300),
      `[${"[".repeat(900)}`,
    ];
    for (const procedure of tested) {
      for (const json of broken)
        expectNoServerError(await call(procedure, json), `${procedure.path} ${json.slice(0, 20)}`);
      if (procedure.type === "mutation")
        expectNoServerError(await call(procedure, deep(9_000)), procedure.path);
    }
  });

  it("has no effect through keys such as __proto__ or constructor [T36]", async () => {
    const poisons = [
      '{"__proto__":{"limit":1,"role":"owner","polluted":true}}',
      '{"constructor":{"prototype":{"polluted":true}}}',
      '{"q":"a","__proto__":{"polluted":true},"filter":{"__proto__":{"polluted":true}}}',
    ];
    for (const procedure of tested) {
      for (const json of poisons)
        expectNoServerError(await call(procedure, json), `${procedure.path} ${json}`);
    }
    for (const path of [
      "__proto__",
      "constructor",
      "toString",
      "session.__proto__",
      "session",
      "session.get.apply",
    ]) {
      for (const base of ["/trpc", "/admin/trpc"]) {
        expect((await send(system, { path: `${base}/${path}` })).status, path).toBe(404);
      }
    }
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    const query = await send(system, {
      path: "/login/wechat?__proto__[app]=web&constructor=1&return_to[]=/x&return_to[__proto__]=1&app=oa",
      headers: { cookie: person.cookieHeader() },
    });
    expect(query.status).toBeLessThan(400);
  });

  it("never causes a 5xx, for generated values [T36]", async () => {
    const ids = (await rowsOf(system.db, "users")).map(({ id }) => id);
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.string({ unit: "binary", maxLength: 40 }),
      fc.constantFrom(
        "%",
        "\\",
        "'",
        "\u0000",
        "\ud800",
        "1e999",
        -1,
        1e21,
        2 ** 53,
        "wx51a0b1c2d3e4f501",
        ...ids,
      ),
      fc.date({ noInvalidDate: true }).map((date) => date.toJSON()),
      fc.constantFrom(
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59+14:00",
        "2024-02-29T12:00Z",
        "2023-02-29T00:00:00Z",
      ),
    );
    const keys = [
      "cursor",
      "limit",
      "q",
      "appId",
      "status",
      "unionid",
      "state",
      "errcode",
      "endpoint",
      "from",
    ];
    keys.push("to", "outcome", "userId", "id", "text", "bindingId");
    const input = fc.oneof(fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 4 }), value);
    // Without operator sign-ins, which hash a password on every well-formed attempt and are tested elsewhere.
    const cheap = tested.filter(({ path }) => !/^operator\.|refreshApp/.test(path));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...cheap), input, async (procedure, given) => {
        const json = JSON.stringify(given) ?? "null";
        fc.pre(json.length < 3000);
        expectNoServerError(await call(procedure, json), `${procedure.path} ${json}`);
      }),
      { numRuns: 250 },
    );
  });

  it("never causes a 5xx if the request also asks for a stream or has a socket's parameters [T36]", async () => {
    const [list] = tested.filter(({ path }) => path === "people.list");
    if (!list) throw new Error("there is people.list");
    for (const query of [
      "batch=1",
      "batch=x",
      "connectionParams=1",
      "connectionParams=%7B",
      "lastEventId=%00",
    ]) {
      expectNoServerError(await call(list, "{}", query), query);
    }
    const streamed = await send(system, {
      path: "/admin/trpc/people.list?batch=1&input=%7B%7D",
      headers: { "trpc-accept": "application/jsonl" },
    });
    expectNoServerError(streamed, "application/jsonl");
    expect(streamed.text).toContain("UNAUTHORIZED");
  });

  it.each([
    "application/xml",
    "text/json",
    "application/json-patch+json",
    "image/png",
    "application/x-www-form-urlencoded",
  ])("gets a 415 if it is sent as %s [T36]", async (type) => {
    for (const { base, path } of tested.filter((procedure) => procedure.type === "mutation")) {
      const answer = await send(system, {
        method: "POST",
        path: `${base}/${path}`,
        headers: { "content-type": type },
        body: "{}",
      });
      expect(answer.status, path).toBe(415);
    }
  });
});

describe("a batch", () => {
  const batch = (count: number, path = "session.get") =>
    send(system, { path: `/trpc/${Array(count).fill(path).join(",")}?batch=1&input=%7B%7D` });

  it("may have 10 calls, and is refused as a whole with 11 [T35]", async () => {
    const ten = await batch(10);
    expect(ten.status).toBe(200);
    expect(JSON.parse(ten.text)).toHaveLength(10);
    const eleven = await batch(11);
    expect(eleven.status).toBe(400);
    expect(eleven.text).not.toContain('"result"');
  });

  it("has no effect if it has 11 mutations [T35]", async () => {
    const before = await rowsOf(system.db, "auditLog");
    const answer = await send(system, {
      method: "POST",
      path: `/admin/trpc/${Array(11).fill("operator.signIn").join(",")}?batch=1`,
      headers: { "content-type": "application/json" },
      body: JSON.stringify(
        Object.fromEntries(Array.from({ length: 11 }, (_, call) => [call, accounts.owner])),
      ),
    });
    expect(answer.status).toBe(400);
    expect(answer.headers["set-cookie"]).toBeUndefined();
    expect(await rowsOf(system.db, "auditLog")).toHaveLength(before.length);
  });

  it("authorizes each call as if it were sent alone [T35]", async () => {
    const answer = await send(system, {
      path: "/trpc/session.get,session.list,bindings.list?batch=1&input=%7B%7D",
    });
    const calls = JSON.parse(answer.text) as { result?: unknown; error?: { data: { httpStatus: number } } }[];
    expect(calls.map((one) => one.error?.data.httpStatus ?? 200)).toEqual([200, 401, 401]);
  });
});
