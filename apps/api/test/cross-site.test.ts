import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Browser } from "./support/browser.js";
import { accounts, type Console, makeOperator } from "./support/operator.js";
import { allProcedures, type NamedProcedure } from "./support/procedures.js";
import { send } from "./support/raw-http.js";
import { rowsOf } from "./support/rows.js";
import { type System, startSystem } from "./support/system.js";

// Requests that a page of another site could make a signed-in browser send, with its cookies.

let system: System;
let person: Browser;
let console: Console;
beforeAll(async () => {
  system = await startSystem();
  console = await makeOperator(system);
});
beforeEach(async () => {
  person = system.browser();
  await person.signIn();
});
afterAll(() => system.close());

const mutations = allProcedures.filter(({ type }) => type === "mutation");

/** An input with which the mutation succeeds if our own page sends it. */
async function workingInput({ path }: NamedProcedure): Promise<unknown> {
  const [session] = await rowsOf(system.db, "sessions");
  const [binding] = await rowsOf(system.db, "bindings");
  const inputs: Record<string, unknown> = {
    "session.revoke": { id: session?.id },
    "bindings.start": { app: "web" },
    "bindings.remove": { id: binding?.id },
    "operator.signIn": accounts.owner,
    "operator.redeemLink": { secret: "a".repeat(43), username: "mallory", password: "mallory was here" },
    "operator.changePassword": { current: accounts.owner.password, next: "mallory was here" },
    "tokens.refreshApp": { appId: system.officialAccount.appId, reason: "a try" },
  };
  return inputs[path] ?? {};
}

const cookieFor = ({ base }: NamedProcedure) =>
  base === "/trpc" ? person.cookieHeader() : console.browser.cookieHeader();

/** The rows of every table that a mutation could change, as one text to compare before and after. */
async function stateOf({ db }: System): Promise<string> {
  const tables = [
    "bindings",
    "signIns",
    "sessions",
    "operatorSessions",
    "operators",
    "auditLog",
    "appTokens",
    "throttles",
  ] as const;
  const rows = await Promise.all(tables.map((table) => rowsOf(db, table)));
  // lastSeenAt does not count as a change of state.
  return JSON.stringify(rows, (key, value: unknown) => (key === "lastSeenAt" ? undefined : value));
}

async function expectNoEffect(
  requests: (procedure: NamedProcedure) => Promise<Parameters<typeof send>[1][]>,
) {
  const before = await stateOf(system);
  for (const procedure of mutations) {
    for (const request of await requests(procedure)) {
      const answer = await send(system, request);
      const what = `${request.method} ${request.path} ${JSON.stringify(request.headers)}`;
      expect(answer.status, what).toBeGreaterThanOrEqual(400);
      expect(answer.status, what).toBeLessThan(500);
      expect(answer.headers["set-cookie"], what).toBeUndefined();
    }
  }
  expect(await stateOf(system)).toBe(before);
  expect((await person.query("session.list")).status).toBe(200);
  expect((await console.query("operator.me")).data).toMatchObject({ username: accounts.owner.username });
}

describe("a mutation", () => {
  it("works from our own page with the inputs of these tests", async () => {
    expect(mutations.map(({ path }) => path)).toEqual(
      expect.arrayContaining(["session.signOut", "operator.signOut", "operator.signIn", "tokens.refreshApp"]),
    );
    const signIn = mutations.find(({ path }) => path === "operator.signIn");
    if (!signIn) throw new Error("operator.signIn is a mutation");
    const answer = await send(system, {
      method: "POST",
      path: "/admin/trpc/operator.signIn",
      headers: { "content-type": "application/json", origin: system.url },
      body: JSON.stringify(await workingInput(signIn)),
    });
    expect(answer.status).toBe(200);
  });

  it("does nothing with a form, text or multipart body, or without a content type [T31]", async () => {
    const types = [
      "application/x-www-form-urlencoded",
      "text/plain",
      "text/plain; charset=utf-8; application/json",
      "multipart/form-data; boundary=x",
      "application/x-www-form-urlencoded; application/json",
      "",
    ];
    await expectNoEffect(async (procedure) => {
      const json = JSON.stringify(await workingInput(procedure));
      return types.map((type) => ({
        method: "POST",
        path: `${procedure.base}/${procedure.path}`,
        headers: { cookie: cookieFor(procedure), ...(type === "" ? {} : { "content-type": type }) },
        body: type.startsWith("multipart") ? `--x\r\n\r\n${json}\r\n--x--\r\n` : json,
      }));
    });
  });

  it("does nothing with a foreign Origin, Referer or Sec-Fetch-Site [T32]", async () => {
    const { port } = system;
    const marks: Record<string, string>[] = [
      { origin: "https://evil.example" },
      { origin: "null" },
      { origin: `http://localhost:${port}.evil.example` },
      { origin: `https://localhost:${port}` },
      { origin: `http://127.0.0.1:${port}` },
      { origin: system.simulator.url },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { origin: system.url, "sec-fetch-site": "cross-site" },
      { referer: "https://evil.example/" },
      { referer: `${system.url}.evil.example/` },
      { referer: "no address" },
    ];
    await expectNoEffect(async (procedure) => {
      const body = JSON.stringify(await workingInput(procedure));
      return marks.map((mark) => ({
        method: "POST",
        path: `${procedure.base}/${procedure.path}`,
        headers: { cookie: cookieFor(procedure), "content-type": "application/json", ...mark },
        body,
      }));
    });
  });

  it("does nothing by GET, whatever method a header or parameter names [T29, T33]", async () => {
    const overrides: Record<string, string>[] = [
      {},
      { "x-http-method-override": "POST" },
      { "x-http-method": "POST" },
      { "x-method-override": "POST", "content-type": "application/json" },
    ];
    await expectNoEffect(async (procedure) => {
      const { base, path } = procedure;
      const input = JSON.stringify(await workingInput(procedure));
      const query = new URLSearchParams({ input, _method: "POST", method: "POST" });
      const batch = new URLSearchParams({ batch: "1", input: `{"0":${input}}` });
      return overrides.flatMap((headers) =>
        [query, batch].map((parameters) => ({
          method: "GET",
          path: `${base}/${path}?${parameters}`,
          headers: { cookie: cookieFor(procedure), ...headers },
        })),
      );
    });
  });

  it("does nothing by PUT, PATCH, DELETE or OPTIONS, and a query does nothing by POST [T33]", async () => {
    await expectNoEffect(async (procedure) => {
      const body = JSON.stringify(await workingInput(procedure));
      return ["PUT", "PATCH", "DELETE", "OPTIONS"].map((method) => ({
        method,
        path: `${procedure.base}/${procedure.path}`,
        headers: {
          cookie: cookieFor(procedure),
          "content-type": "application/json",
          origin: system.url,
          "x-http-method-override": "POST",
        },
        body,
      }));
    });
    for (const { base, path } of allProcedures.filter(({ type }) => type === "query")) {
      const answer = await send(system, {
        method: "POST",
        path: `${base}/${path}`,
        headers: { "content-type": "application/json", "x-http-method-override": "GET" },
        body: "{}",
      });
      expect(answer.status, path).toBe(405);
    }
  });

  it.each(["TRACE", "PUT", "DELETE", "PATCH"])("gets a 4xx if the method is %s [T36]", async (method) => {
    for (const path of ["/trpc/session.get", "/admin/trpc/operator.me", "/login/wechat"]) {
      const answer = await send(system, { method, path, headers: { "content-type": "application/json" } });
      expect(answer.status, path).toBeGreaterThanOrEqual(400);
      expect(answer.status, path).toBeLessThan(500);
    }
  });

  it("signs a person out only if our own page sends it [T29]", async () => {
    const elsewhere = { origin: "https://evil.example", "content-type": "application/json" };
    for (const headers of [elsewhere, { "content-type": "text/plain" }]) {
      await send(system, {
        method: "POST",
        path: "/trpc/session.signOut",
        headers: { ...headers, cookie: person.cookieHeader() },
        body: "{}",
      });
    }
    expect((await person.query("session.list")).status).toBe(200);
    expect((await person.mutate("session.signOut")).status).toBe(200);
    expect((await person.query("session.list")).status).toBe(401);
  });

  it("is logged if it is refused because of its origin [T69]", async () => {
    system.logLines.length = 0;
    await send(system, {
      method: "POST",
      path: "/trpc/session.signOut",
      headers: { origin: "https://evil.example", "content-type": "application/json" },
      body: "{}",
    });
    const noted = system.logLines.filter((line) => line.includes('"event":"foreign_origin"'));
    expect(noted).toHaveLength(1);
    expect(JSON.parse(noted[0] ?? "")).toMatchObject({ reqId: expect.any(String), time: expect.any(String) });
  });
});

describe("every response", () => {
  it("gives no origin a CORS permission, neither to a preflight nor to a request [T34]", async () => {
    const paths = [
      "/",
      "/login/account",
      "/login/wechat",
      "/login/wechat/callback",
      "/trpc/session.get",
      "/admin/",
      "/healthz",
    ];
    paths.push("/admin/trpc/operator.me", "/admin/trpc/people.list", "/readyz", "/nowhere", "/trpc/nothing");
    const origins = ["https://evil.example", "null", system.url, `${system.url}.evil.example`];
    for (const path of paths) {
      for (const origin of origins) {
        for (const method of ["GET", "OPTIONS", "POST"]) {
          const answer = await send(system, {
            method,
            path,
            headers: {
              origin,
              cookie: person.cookieHeader(),
              "access-control-request-method": "POST",
              "access-control-request-headers": "content-type",
            },
          });
          const permissions = Object.keys(answer.headers).filter((name) =>
            name.startsWith("access-control-"),
          );
          expect(permissions, `${method} ${path} from ${origin}`).toEqual([]);
        }
      }
    }
  });
});
