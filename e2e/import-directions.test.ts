import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));

// biome.json says which folder may import which. Its overrides of one rule replace each other, which can silently
// drop a restriction, so each one is tested here with a file that violates it.

const http = "apps/api/src/http/x.ts";
const trpc = "apps/api/src/trpc/x.ts";
const router = "apps/api/src/trpc/routers/x.ts";
const domain = "apps/api/src/domain/x.ts";
const signIn = "apps/api/src/domain/sign-in/x.ts";
const db = "apps/api/src/db/x.ts";
const app = "apps/api/src/app.ts";
const env = "apps/api/src/env.ts";
const admin = "apps/admin/src/pages/x.tsx";
const login = "apps/login/src/x.ts";
const simulator = "packages/wechat-simulator/src/x.ts";
const library = "packages/wechat-oauth/src/x.ts";

const one = (from: string) => `import { a } from "${from}";\nexport const b = a;\n`;
const type = (from: string) => `import type { A } from "${from}";\nexport type B = A;\n`;
const reexport = (from: string) => `export { a } from "${from}";\n`;
const dynamic = (from: string) => `export const a = () => import("${from}");\n`;
const settingsType = (from: string) =>
  `import type { Settings } from "${from}";\nexport type B = Settings;\n`;

/** The rule, the file that violates it, its text, and part of the message that the linter gives. */
const refused: [direction: string, file: string, text: string, advice: string][] = [
  ["http does not reach past domain to db", http, one("../db/people.js"), "call a function of domain/"],
  ["http does not reach past domain for a type of db", http, type("../db/people.js"), "take its types too"],
  ["http does not re-export db", http, reexport("../db/people.js"), "call a function of domain/"],
  ["http does not import db dynamically", http, dynamic("../db/people.js"), "call a function of domain/"],
  ["http uses no database driver", http, one("better-sqlite3"), "call a function of domain/"],
  ["http does not call WeChat", http, one("@wechat-login/oauth"), "Only domain/ speaks to WeChat"],
  ["http does not read WeChat's errcodes", http, one("@wechat-login/oauth/errcodes"), "Only domain/ speaks"],
  [
    "http does not import the modules that assemble the application",
    http,
    one("../app.js"),
    "as a parameter",
  ],
  ["http does not know the simulator", http, one("@wechat-login/simulator"), "over HTTP only"],
  ["http does not import from tests", http, one("../../test/support/start.js"), "Nothing but a test"],
  ["trpc does not reach past domain to db", trpc, one("../db/people.js"), "call a function of domain/"],
  ["trpc does not reach past domain for a type of db", router, type("../../db/people.js"), "its types too"],
  ["trpc uses no database driver", router, one("drizzle-orm/sqlite-core"), "call a function of domain/"],
  ["trpc does not know http", router, one("../../http/cookies.js"), "take what you need from the context"],
  ["trpc does not call WeChat", trpc, one("@wechat-login/oauth"), "Only domain/ speaks to WeChat"],
  [
    "trpc does not import the modules that assemble the application",
    trpc,
    one("../main.js"),
    "as a parameter",
  ],
  ["trpc does not know the simulator", trpc, one("@wechat-login/simulator"), "over HTTP only"],
  ["trpc does not import from tests", trpc, one("../../test/support/start.js"), "Nothing but a test"],
  ["domain does not know Fastify", domain, type("fastify"), "neither Fastify nor tRPC"],
  ["domain does not know tRPC", signIn, one("@trpc/server"), "neither Fastify nor tRPC"],
  ["domain does not know http", signIn, one("../../http/cookies.js"), "neither Fastify nor tRPC"],
  ["domain does not know trpc", domain, one("../trpc/context.js"), "neither Fastify nor tRPC"],
  ["domain contains no query", domain, one("drizzle-orm"), "put the query into db/"],
  ["domain does not know SQLite", domain, one("better-sqlite3"), "put the query into db/"],
  ["domain does not know PostgreSQL", domain, one("pg"), "put the query into db/"],
  ["domain does not read the environment", domain, one("../env.js"), "import type { Settings }"],
  [
    "domain does not import the modules that assemble the application",
    domain,
    one("../app.js"),
    "as a parameter",
  ],
  ["domain does not start the system", signIn, one("../../main.js"), "as a parameter"],
  ["domain does not know the simulator", domain, one("@wechat-login/simulator"), "over HTTP only"],
  ["domain does not import from tests", signIn, one("../../../test/support/start.js"), "Nothing but a test"],
  ["db does not know domain", db, type("../domain/people.js"), "Move the rule to domain/"],
  ["db does not know http", db, one("../http/cookies.js"), "Move the rule to domain/"],
  ["db does not know trpc", db, one("../trpc/context.js"), "Move the rule to domain/"],
  ["db does not call WeChat", db, one("@wechat-login/oauth/errcodes"), "Move the rule to domain/"],
  ["db does not know the settings", db, settingsType("../env.js"), "as a parameter"],
  ["db does not import the modules that assemble the application", db, one("../app.js"), "as a parameter"],
  ["db does not know the simulator", db, one("@wechat-login/simulator"), "over HTTP only"],
  ["db does not import from tests", db, one("../../test/support/start.js"), "Nothing but a test"],
  [
    "app.ts calls WeChat only through domain",
    app,
    one("@wechat-login/oauth"),
    "Only domain/ speaks to WeChat",
  ],
  [
    "env.ts calls WeChat only through domain",
    env,
    type("@wechat-login/oauth"),
    "Only domain/ speaks to WeChat",
  ],
  ["app.ts does not know the simulator", app, one("@wechat-login/simulator"), "over HTTP only"],
  ["app.ts does not import from tests", app, one("../test/support/start.js"), "Nothing but a test"],
  ["admin does not reach into the api", admin, type("../../../api/src/db/people.js"), "router types"],
  ["admin does not reach into login", admin, one("../../../login/src/message.js"), "share no file"],
  ["admin does not import from tests", admin, one("../../test/places.js"), "Nothing but a test"],
  ["admin runs in a browser, not in Node", admin, one("node:fs"), "router types"],
  ["login does not reach into the api", login, one("../../api/src/domain/apps.js"), "router types"],
  ["login does not reach into admin", login, one("../../admin/src/theme.js"), "share no file"],
  ["login does not call WeChat", login, one("@wechat-login/oauth"), "router types"],
  ["login does not import from tests", login, one("../test/support/page.js"), "Nothing but a test"],
  ["the simulator shares nothing with the library", simulator, type("@wechat-login/oauth"), "shares nothing"],
  [
    "the simulator reads no file of the library",
    simulator,
    one("../../wechat-oauth/src/x.js"),
    "shares nothing",
  ],
  ["the simulator knows no app", simulator, one("../../../apps/api/src/app.js"), "shares nothing"],
  ["the simulator does not import from tests", simulator, one("../test/start.js"), "Nothing but a test"],
  ["the library has no dependency", library, one("zod"), "no dependency"],
  ["the library has no dependency in a scope either", library, type("@trpc/server"), "no dependency"],
  ["the library uses no module of Node", library, one("node:crypto"), "no dependency"],
  ["the library does not know the simulator", library, one("@wechat-login/simulator"), "no dependency"],
  [
    "the library reads no file of the simulator",
    library,
    one("../../wechat-simulator/src/x.js"),
    "own files",
  ],
  ["the library does not import from tests", library, one("../test/answers.js"), "Nothing but a test"],
];

const allowed: [direction: string, file: string, text: string][] = [
  ["http calls domain", http, one("../domain/sessions.js")],
  ["http mounts the routers of trpc", http, one("../trpc/person-router.js")],
  ["http knows Fastify", http, one("fastify")],
  ["http reads the settings' type", http, settingsType("../env.js")],
  ["trpc calls domain", router, one("../../domain/console/people.js")],
  ["trpc knows tRPC", trpc, one("@trpc/server")],
  ["domain calls db", signIn, one("../../db/sign-ins.js")],
  ["domain calls WeChat", signIn, one("@wechat-login/oauth")],
  ["domain reads WeChat's errcodes", domain, one("@wechat-login/oauth/errcodes")],
  ["domain uses the settings' type", domain, settingsType("../env.js")],
  ["db writes queries", db, one("drizzle-orm/better-sqlite3")],
  [
    "app.ts imports both http and db",
    app,
    `${one("./http/health.js")}export type { C } from "./db/open.js";\n`,
  ],
  ["env.ts uses types of domain", env, type("./domain/apps.js")],
  ["admin takes router types from the api", admin, type("api/operator-router")],
  ["admin has its own folder named api", admin, one("../api/client.js")],
  ["login takes router types from the api", login, type("api/person-router")],
  ["the simulator has dependencies", simulator, one("fastify")],
  ["the library imports its own files", library, one("./errors.js")],
  ["a test imports anything", "apps/api/test/x.test.ts", one("../src/db/open.js")],
  [
    "a test of the library starts the simulator",
    "packages/wechat-oauth/test/x.ts",
    one("@wechat-login/simulator"),
  ],
];

/** The linter's messages for each file, in the order of `[...refused, ...allowed]`. */
let messages: string[][];

beforeAll(async () => {
  messages = await lint([...refused, ...allowed].map(([, file, text]) => ({ file, text })));
});

describe("the linter enforces that", () => {
  it.each(refused.map((row, n) => [...row, n] as const))("%s", (_direction, _file, _text, advice, n) => {
    expect(messages[n]).toEqual([expect.stringContaining(advice)]);
  });
});

describe("the linter allows that", () => {
  it.each(allowed.map((row, n) => [row[0], n] as const))("%s", (_direction, n) => {
    expect(messages[refused.length + n]).toEqual([]);
  });
});

/**
 * Lints all files in one run, in a folder with the real settings; each name is prefixed with the file's index.
 *
 * @returns the messages about imports, for each file.
 */
async function lint(files: { file: string; text: string }[]): Promise<string[][]> {
  const folder = mkdtempSync(join(tmpdir(), "import-directions-"));
  try {
    copyFileSync(join(root, "biome.json"), join(folder, "biome.json"));
    for (const [n, { file, text }] of files.entries()) {
      mkdirSync(join(folder, dirname(file)), { recursive: true });
      writeFileSync(join(folder, dirname(file), `${n}-${basename(file)}`), text);
    }
    const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
    const args = ["lint", "--only=style/noRestrictedImports", "--vcs-enabled=false", "--reporter=github"];
    // It exits with 1, because most of these files are refused.
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [biome, ...args, "--max-diagnostics=none", "."],
      { cwd: folder },
    ).catch((error: { stdout: string }) => error);
    const lines = stdout.split("\n").filter((line) => line.includes("lint/style/noRestrictedImports"));
    return files.map((_, n) => lines.filter((line) => line.includes(`/${n}-`)).map(messageIn));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `::error title=…,file=…,line=…::the message` */
const messageIn = (line: string) => line.slice(line.lastIndexOf("::") + 2);
