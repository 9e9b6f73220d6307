import { get } from "node:http";
import { parse } from "csv-parse/sync";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Database } from "../src/db/database.js";
import { newId } from "../src/domain/ids.js";
import { mostSilentMs } from "../src/http/exports.js";
import { timeouts } from "../src/http/timeouts.js";
import { type Breakage, breakable } from "./support/breakable-database.js";
import { type TestDatabase, testDatabase } from "./support/engine.js";
import { type Console, seedOperator } from "./support/operator.js";
import { addRows, rowsOf } from "./support/rows.js";
import { seedPerson } from "./support/seed.js";
import { type System, startSystem } from "./support/system.js";

let database: TestDatabase;
/** Without what the tests do to the reads of lists. */
let raw: Database;
let db: Database & { breakage: Breakage };
let system: System;
/** Called before each query of a list, with how many there were. */
let beforeRead: (count: number) => Promise<void> | void = () => {};
let reads = 0;
beforeEach(async () => {
  database = await testDatabase();
  raw = await database.open();
  reads = 0;
  beforeRead = () => {};
  const consoleQuery = (async (build) => {
    await beforeRead(++reads);
    return raw.consoleQuery(build);
  }) as Database["consoleQuery"];
  db = breakable({ ...raw, consoleQuery });
  system = await startSystem({ db });
});
afterEach(async () => {
  db.breakage = "none";
  await system.close();
  await db.close();
  await database.remove();
});

const moment = (count: number) => new Date(Date.UTC(2026, 2, 1) + count * 1000);

/** Failures whose latency is their number: the highest is the newest. */
async function addFailures(count: number, change: object = {}, from = 0) {
  for (let added = 0; added < count; added += 1000) {
    await addRows(
      raw,
      "apiFailures",
      Array.from({ length: Math.min(1000, count - added) }, (_, index) => {
        const number = from + added + index;
        const at = moment(number);
        return {
          ...{
            id: newId(at),
            at,
            appId: system.officialAccount.appId,
            endpoint: "sns/userinfo",
            errcode: "40163",
          },
          ...{
            errmsg: "code been used",
            openid: `oPerson${number}`,
            attempt: 1,
            latencyMs: number,
            ...change,
          },
        };
      }),
    );
  }
}

const newestFirst = (count: number) => Array.from({ length: count }, (_, index) => count - 1 - index);

async function exported(console: Console, path: string, headers: Record<string, string> = {}) {
  const visit = await console.browser.visit(`/admin/export/${path}`, {
    headers: { accept: "*/*", ...headers },
  });
  return { ...visit, text: visit.html };
}

const rowsOfNdjson = (text: string): Record<string, unknown>[] =>
  text
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** What an export sends until `until` says that it is enough; then the connection is cut, or ends by itself. */
function stream(
  console: Console,
  path: string,
  until: (text: string) => boolean = () => false,
  { url }: { url: string } = system,
) {
  return new Promise<{ text: string; complete: boolean }>((resolve, reject) => {
    const request = get(`${url}/admin/export/${path}`, {
      headers: { cookie: console.browser.cookieHeader() },
    });
    request.on("error", reject);
    request.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
        if (until(text)) response.destroy();
      });
      response.on("error", () => {});
      response.on("close", () => resolve({ text, complete: response.complete }));
    });
  });
}

describe("an export of a list of the console", () => {
  it("has each row of more than three pages once and in the order of the list, and none that is added meanwhile [T101, T121]", async () => {
    await addFailures(1_234);
    const console = await seedOperator(system);
    reads = 0;
    beforeRead = async (count) => {
      if (count === 4 || count === 8) await addFailures(3, {}, 5_000 + count);
    };
    const { text, status, headers } = await exported(console, "failures?format=ndjson");
    beforeRead = () => {};
    expect(status).toBe(200);
    expect(rowsOfNdjson(text).map(({ latencyMs }) => latencyMs)).toEqual(newestFirst(1_234));
    expect((await rowsOf(raw, "apiFailures")).length, "rows after it").toBe(1_240);
    expect(
      Object.fromEntries(
        ["content-type", "cache-control", "x-accel-buffering", "content-encoding"].map((name) => [
          name,
          headers.get(name),
        ]),
      ),
    ).toEqual({
      "content-type": "application/x-ndjson; charset=utf-8",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
      "content-encoding": null,
    });
    expect(headers.get("content-disposition")).toMatch(
      /^attachment; filename="failures-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.ndjson"$/,
    );
  });

  it("has only the rows of the filter, as the list has them, and refuses a filter that the list does not know", async () => {
    await addFailures(3);
    await addFailures(2, { errcode: "48001" }, 10);
    const console = await seedOperator(system);
    const latencies = async (filter: string) =>
      rowsOfNdjson((await exported(console, `failures?format=ndjson&${filter}`)).text).map(
        ({ latencyMs }) => latencyMs,
      );
    expect(await latencies("errcode=48001")).toEqual([11, 10]);
    expect(await latencies(`to=${encodeURIComponent(moment(1).toJSON())}`)).toEqual([1, 0]);
    expect(await latencies("q=oPerson2")).toEqual([2]);
    const listed = await console.query<{ items: object[] }>("failures.list", { errcode: "48001" });
    expect(rowsOfNdjson((await exported(console, "failures?format=ndjson&errcode=48001")).text)).toEqual(
      listed.data?.items,
    );

    const answers = await Promise.all(
      [
        "failures?format=ndjson&errorcode=1",
        "failures?format=xlsx",
        "failures",
        "failures?format=csv&errcode=1&errcode=2",
        "sessions?format=csv",
      ].map(async (path) => {
        const { status, text } = await exported(console, path);
        return [status, JSON.parse(text)];
      }),
    );
    const requestId = expect.any(String);
    const error = "The format is csv or ndjson, and the list has no such filter.";
    expect(answers).toEqual([
      ...Array(4).fill([400, { code: "input_invalid", error, requestId }]),
      [404, { code: "not_found", error: "There is no such list to export.", requestId }],
    ]);
  });

  it("is CSV by RFC 4180 that no spreadsheet takes for a formula, whatever the texts are [T57, T121]", async () => {
    const hostile = [
      "=1+1",
      "+1",
      "-1",
      "@SUM(A1)",
      "\t=1",
      "\r=1",
      "\n=1",
      " =1",
      "\u{200b}=1",
      "＝1",
      '"=1,"',
      "a;=1",
      "line\r\nbreak",
      "，逗号 ‘引号’ \u{1f98a}",
      "plain",
    ];
    for (const [index, errmsg] of hostile.entries())
      await addFailures(1, { errmsg, errcode: "-1" }, 100 - index);
    const { text } = await stream(await seedOperator(system), "failures?format=csv");
    expect(text.startsWith('\u{feff}"id","at","app",')).toBe(true);
    expect(text.endsWith("\r\n")).toBe(true);
    const rows = parse(text, { bom: true, columns: true, record_delimiter: "\r\n" }) as Record<
      string,
      string
    >[];
    expect(rows.map(({ errmsg }) => errmsg)).toEqual(
      hostile.map((cell, index) => (index < 10 ? `'${cell}` : cell)),
    );
    expect(rows.map(({ errcode }) => errcode)).toEqual(hostile.map(() => "'-1"));
    expect(text).toContain('"a;=1"');
  });

  it.each([
    ["people", ["userId", "nickname", "status", "apps", "openids", "unionids", "createdAt", "lastSignInAt"]],
    [
      "sign-ins",
      [
        "id",
        "createdAt",
        "app",
        "outcome",
        "outcomeAt",
        "openid",
        "userId",
        "nickname",
        "isGuess",
        "ip",
        "device",
      ],
    ],
    [
      "user-tokens",
      [
        "bindingId",
        "app",
        "openid",
        "userId",
        "nickname",
        "state",
        "scope",
        "expiresAt",
        "refreshExpiresAt",
        "updatedAt",
        "checkedAt",
        "refusedErrcode",
      ],
    ],
    [
      "audit",
      [
        "id",
        "at",
        "actor",
        "actorName",
        "event",
        "target",
        "targetName",
        "result",
        "errcode",
        "reason",
        "detail",
        "ip",
        "sealNumber",
      ],
    ],
  ])("has the rows of %s, and of no token or secret more than its state [T49]", async (list, columns) => {
    await system.browser().signIn();
    const console = await seedOperator(system);
    const { text, headers } = await exported(console, `${list}?format=csv`);
    expect(headers.get("content-type")).toBe("text/csv; charset=utf-8");
    const [head, ...rows] = parse(text, { bom: true }) as string[][];
    expect(head).toEqual(columns);
    expect(rows.length).toBe(1);
    const ndjson = await exported(console, `${list}?format=ndjson`);
    expect(rowsOfNdjson(ndjson.text).length).toBe(list === "audit" ? 2 : 1);
    const stored = [...(await rowsOf(raw, "userTokens")), ...(await rowsOf(raw, "sessions"))];
    const secrets = stored.flatMap((row) =>
      Object.entries(row).filter(([name]) => /Token$|Hash$/.test(name)),
    );
    expect(secrets.length).toBeGreaterThan(2);
    for (const [name, secret] of secrets) expect(text + ndjson.text, name).not.toContain(secret);
  });

  it("shows a viewer masked values in both formats, as the list does [T44, T121]", async () => {
    const { appId } = system.officialAccount;
    await seedPerson(raw, {
      at: moment(0),
      appId,
      nickname: "王小明和他的三个朋友们",
      openid: "oSecretSecretSecret01",
    });
    const viewer = await seedOperator(system, "viewer");
    const operator = await seedOperator(system, "operator");
    for (const format of ["csv", "ndjson"]) {
      const masked = (await exported(viewer, `people?format=${format}`)).text;
      expect(masked).not.toMatch(/oSecretSecretSecret01|王小明和/);
      expect(masked).toContain("oSe…t01");
      const whole = (await exported(operator, `people?format=${format}`)).text;
      for (const value of ["王小明和他的三个朋友们", "oSecretSecretSecret01"]) expect(whole).toContain(value);
    }
  });

  it("is in the audit log before its first row is read, with list, format and filter, and without what a person was searched by [T50, T121]", async () => {
    await addFailures(1);
    const console = await seedOperator(system);
    let entries = 0;
    beforeRead = async () => {
      beforeRead = () => {};
      entries = (await rowsOf(raw, "auditLog")).length;
    };
    await exported(console, "failures?format=csv&q=oPerson0&errcode=40163");
    expect(entries, "entries before the first read").toBe(1);
    const log = await console.query<{ items: object[] }>("audit.list", { event: "list.export" });
    expect(log.data?.items).toMatchObject([
      {
        target: "failures",
        detail: "csv q=o… errcode=40163",
        result: "ok",
        actor: { name: "otto" },
        ip: expect.stringMatching(/127\.0\.0\.1|::1/),
      },
    ]);
    db.breakage = "unavailable";
    expect((await exported(console, "failures?format=csv")).status).toBe(503);
    // What is no fault that an operator is told of is answered as anywhere else.
    db.breakage = "driver";
    const failed = await exported(console, "failures?format=csv");
    expect([failed.status, JSON.parse(failed.text)]).toEqual([
      ...[500, { error: "Something went wrong here.", requestId: expect.any(String) }],
    ]);
    const lines = system.logLines.map((line) => JSON.parse(line));
    expect(lines.filter(({ event }) => event === "request_failed")).toMatchObject([
      { level: 50, err: { type: "Error" } },
    ]);
  });

  it("is an empty file where the list is empty", async () => {
    const file = await stream(await seedOperator(system), "failures?format=ndjson");
    expect(file).toEqual({ text: "", complete: true });
  });

  it("is never silent for as long as this server lets a connection be", () => {
    expect(mostSilentMs).toBeLessThan(timeouts.connectionTimeout / 2);
  });

  it("is cut off, and does not look complete, when the server stops [T90, T121]", async () => {
    await addFailures(1_300);
    const console = await seedOperator(system);
    reads = 0;
    beforeRead = async (count) => {
      if (count !== 4) return;
      void system.app.server.close();
      await expect.poll(() => system.app.server.server.listening).toBe(false);
    };
    expect((await stream(console, "failures?format=csv")).complete).toBe(false);
  });

  it("is refused without a session, to a person, to a page of another site, and writes nothing then [T31, T32, T44]", async () => {
    const person = system.browser();
    await person.signIn();
    const console = await seedOperator(system);
    const statusOf = async (headers: Record<string, string>) =>
      (await exported(console, "people?format=csv", headers)).status;
    const refused = await person.visit("/admin/export/people?format=csv");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([401, null]);
    expect(await statusOf({ "sec-fetch-site": "cross-site" })).toBe(403);
    expect(await statusOf({ "sec-fetch-site": "same-site" })).toBe(403);
    expect(await statusOf({ origin: "https://evil.example" })).toBe(403);
    await console.browser.visit("/admin/export/people?format=csv", { method: "HEAD" });
    expect(await rowsOf(raw, "auditLog")).toEqual([]);
    expect(await statusOf({ "sec-fetch-site": "same-origin" })).toBe(200);
  });

  it.each(["csv", "ndjson"])(
    "sends something while a search finds nothing for long, and is the same file: %s [T121]",
    async (format) => {
      await addFailures(60);
      const slow = await startSystem({ db, exports: { pauseMs: 1 } });
      try {
        const console = await seedOperator(slow);
        const whole = await stream(console, `failures?format=${format}`);
        let go = () => {};
        const isRead = new Promise<void>((resolve) => {
          go = resolve;
        });
        // No page is read before the browser has something.
        beforeRead = () => isRead;
        const goOnceSomethingCame = (sent: string) => {
          if (sent.length > 3) go();
          return false;
        };
        const file = await stream(console, `failures?format=${format}`, goOnceSomethingCame, slow);
        // JSON may begin with blanks.
        expect({ ...file, text: file.text.replace(/^ +/gm, "") }).toEqual(whole);
        expect(whole).toEqual({ complete: true, text: expect.stringMatching(/(.+\r?\n){60}$/) });
      } finally {
        beforeRead = () => {};
        await slow.close();
      }
    },
  );

  it("is cut off, and does not look complete, when the database fails between two pages [T121]", async () => {
    await addFailures(1_300);
    const console = await seedOperator(system);
    for (const format of ["csv", "ndjson"]) {
      reads = 0;
      beforeRead = (count) => {
        if (count === 4) db.breakage = "driver";
      };
      const { text, complete } = await stream(console, `failures?format=${format}`);
      expect([complete, text.split("\n").length > 50], format).toEqual([false, true]);
      expect(text).not.toContain("secret_table");
      db.breakage = "none";
    }
    beforeRead = () => {};
    expect((await stream(console, "failures?format=csv")).complete, "afterwards").toBe(true);
  });

  it("gives its place back when its first page cannot be read", async () => {
    const console = await seedOperator(system);
    for (const status of [500, 500, 500, 200]) {
      beforeRead = () => {
        if (status === 500) throw new Error("of the driver");
      };
      expect((await exported(console, "failures?format=csv")).status).toBe(status);
    }
  });

  it("stops reading when its reader goes, and gives its place back [T121]", async () => {
    await addFailures(2_600);
    const console = await seedOperator(system);
    let cut: (() => void) | undefined;
    const isCut = new Promise<void>((resolve) => {
      cut = resolve;
    });
    // The third page is read only after the connection was cut.
    beforeRead = (count) => (count > 8 ? isCut : undefined);
    const { complete } = await stream(console, "failures?format=ndjson", (text) => text.length > 1000);
    cut?.();
    expect(complete).toBe(false);
    await expect.poll(async () => (await exported(console, "failures?format=csv&q=none")).status).toBe(200);
    const after = reads;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(reads - after, "reads after it").toBe(0);
    expect(after).toBeLessThan(20);
  });

  it.each([
    ["is disabled", "operators.disable", {}],
    ["gets another role", "operators.changeRole", { from: "operator", to: "viewer" }],
  ])("ends when its operator %s meanwhile [T47]", async (_, path, input) => {
    await addFailures(1_300);
    const [owner, console] = [await seedOperator(system, "owner"), await seedOperator(system, "operator")];
    const { data: me } = await console.query<{ id: string }>("operator.me");
    let status = 0;
    reads = 0;
    const act = async () => {
      beforeRead = () => {};
      status = (await owner.mutate(path, { id: me?.id, ...input })).status;
    };
    beforeRead = async (count) => {
      if (count === 4) await act();
    };
    expect((await stream(console, "failures?format=csv")).complete).toBe(false);
    expect(status, "of the act").toBe(200);
  });

  it("is limited to two at once for an operator, with a clear answer beyond, and frees its place at the end", async () => {
    await addFailures(700);
    const console = await seedOperator(system);
    let go: (() => void) | undefined;
    const mayGo = new Promise<void>((resolve) => {
      go = resolve;
    });
    beforeRead = () => mayGo;
    reads = 0; // of the operator's sign-in
    const two = [stream(console, "failures?format=csv"), stream(console, "failures?format=csv")];
    await expect.poll(() => reads).toBe(2);
    const third = await exported(console, "failures?format=csv");
    expect([third.status, third.headers.get("retry-after"), JSON.parse(third.text)]).toEqual([
      429,
      "30",
      {
        code: "too_many_exports",
        error: expect.stringContaining("Wait until one export ends, or cancel it."),
        requestId: expect.any(String),
      },
    ]);
    go?.();
    expect((await Promise.all(two)).map(({ complete }) => complete)).toEqual([true, true]);
    expect((await exported(console, "failures?format=csv")).status).toBe(200);
  });
});
