import type { ChildProcess } from "node:child_process";
import { createServer } from "node:http";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type SmallWorkspace, smallWorkspace } from "./support/small-workspace.js";
import { freePort } from "./support/system.js";

// `npm start` in a small workspace, whose server, simulator and operator command note how they were called.

let workspace: SmallWorkspace;
let port: number;
let simulatorPort: number;
const running: { child: ChildProcess; exit: Promise<number | null> }[] = [];

beforeEach(async () => {
  workspace = smallWorkspace();
  workspace.tool(
    "bin/npx",
    'case "$*" in *" $FAIL"*) [ -z "$FAIL" ] || { echo "why it failed"; exit 1; } ;; esac',
  );
  workspace.write("apps/api/dist/main.js", server("server", "PORT", "/readyz"));
  workspace.write("packages/wechat-simulator/dist/cli.js", server("simulator", "SIMULATOR_PORT", "/"));
  workspace.write("apps/api/dist/operator.js", operator);
  workspace.write("terminal.mjs", "process.stdout.isTTY = true;\n");
  port = await freePort();
  simulatorPort = await freePort();
});
afterEach(async () => {
  // Asked to stop, it stops the server and the simulator as well.
  for (const { child, exit } of running.splice(0)) {
    child.kill("SIGTERM");
    await exit;
  }
  workspace.remove();
});

describe.runIf(process.platform !== "win32")("`npm start`", () => {
  const simulated = () => ({ PORT: String(port), SIMULATOR_PORT: String(simulatorPort) });
  const real = () => ({ PORT: String(port), WECHAT_APPS: "[{}]" });
  const head = (...more: string[]) => [
    "  WeChat login is running",
    "",
    `  Sign in as a person    http://localhost:${port}/login/account`,
    `  Operator console       http://localhost:${port}/admin/`,
    ...more,
  ];
  const simulatorLine = () => `  Simulated WeChat       http://127.0.0.1:${simulatorPort}/`;
  const sqliteLine = () => `  Database               ${workspace.path("data/wechat-login.sqlite")}`;
  const hint = "  First operator         npm run operator -- link";
  const next = [
    "  Something to look at   npm run demo (in a second terminal)",
    '  Go real                set WECHAT_APPS: README, "Going real"',
  ];
  const stop = "  Stop                   Ctrl-C";

  it("starts the simulator and the server, prints every address, and stops both with 0", async () => {
    const started = start(simulated());
    expect(await started.banner).toEqual([
      ...head(simulatorLine(), sqliteLine()),
      "",
      hint,
      "",
      ...next,
      stop,
    ]);
    expect([workspace.has("server.healthy"), workspace.has("simulator.healthy")]).toEqual([true, true]);
    const env = {
      PORT: String(port),
      DATA_DIR: workspace.path("data"),
      PUBLIC_URL: `http://localhost:${port}`,
      SIMULATOR_PORT: String(simulatorPort),
      WECHAT_OPEN_URL: `http://127.0.0.1:${simulatorPort}`,
      WECHAT_API_URL: `http://127.0.0.1:${simulatorPort}`,
    };
    expect(notes("server")).toEqual({ ...env, SIMULATOR_CALLBACK_HOST: `localhost:${port}` });
    expect(notes("simulator")).toEqual({ ...env, SIMULATOR_CALLBACK_HOST: `localhost:${port}` });
    // A log may be kept, so the link, which is a credential, is not even made.
    expect(notes("operator")).toEqual(["link", "--if-first", "--dry-run"]);
    expect([isRunning("server"), isRunning("simulator")]).toEqual([true, true]);
    started.child.kill("SIGTERM");
    expect(await started.exit).toBe(0);
    expect([isRunning("server"), isRunning("simulator")]).toEqual([false, false]);
    expect([workspace.read("server.stopped"), workspace.read("simulator.stopped")]).toEqual(["yes", "yes"]);
  });

  it("shows the first operator's link on a terminal, and logs warnings only", async () => {
    const started = start({ ...real(), PUBLIC_URL: "https://login.example.com/" }, { terminal: true });
    expect(await started.banner).toEqual([
      "  WeChat login is running",
      "",
      "  Sign in as a person    https://login.example.com/login/account",
      "  Operator console       https://login.example.com/admin/",
      sqliteLine(),
      "",
      "  Create the first operator (valid once, for 15 minutes):",
      "    https://login.example.com/admin/set-up#secret",
      "",
      stop,
    ]);
    expect(notes("operator")).toEqual(["link", "--if-first"]);
    expect(notes("server")).toMatchObject({ LOG_LEVEL: "warn" });
  });

  it("keeps a log level that is set, and offers no link where there is an operator", async () => {
    const env = { ...real(), LOG_LEVEL: "debug", DATABASE_URL: "postgres://x", HAS_OPERATOR: "yes" };
    const started = start(env, { terminal: true });
    const database = "  Database               PostgreSQL (DATABASE_URL)";
    expect(await started.banner).toEqual([...head(database), "", stop]);
    expect(notes("server")).toMatchObject({ LOG_LEVEL: "debug" });
    expect(workspace.has("simulator.json")).toBe(false);
  });

  it("names the command for the first operator if the link cannot be made", async () => {
    const started = start({ ...real(), OPERATOR_FAILS: "yes" }, { terminal: true });
    expect(await started.banner).toEqual([...head(sqliteLine()), "", hint, "", stop]);
  });

  it("stops the simulator when the server exits, and exits with the server's code", async () => {
    const started = start({ ...simulated(), SERVER_EXITS_WITH: "3" });
    expect(await started.exit).toBe(3);
    expect(started.output()).not.toContain("is running");
    expect([isRunning("server"), isRunning("simulator")]).toEqual([false, false]);
  });

  it("exits with 1 when a process ends without an error, which it was not asked to", async () => {
    expect(await start({ ...simulated(), SERVER_EXITS_WITH: "0" }).exit).toBe(1);
  });

  it.each(["PORT", "SIMULATOR_PORT"] as const)("starts nothing if %s is in use", async (setting) => {
    const taken = createServer().listen(setting === "PORT" ? port : simulatorPort, "127.0.0.1");
    await new Promise((resolve) => taken.once("listening", resolve));
    const started = start(simulated());
    expect(await started.exit).toBe(1);
    taken.close();
    const [which, what] =
      setting === "PORT" ? [port, "the login service"] : [simulatorPort, "the simulated WeChat"];
    expect(started.output()).toBe(
      `Port ${which} (${what}) is in use: stop the process that listens on it, or set ${setting} to another port.\n`,
    );
    expect(workspace.has("server.json")).toBe(false);
  });

  it("says that HOST is no address of this machine", async () => {
    const started = start({ ...real(), HOST: "192.0.2.1" });
    expect(await started.exit).toBe(1);
    expect(started.output()).toBe(
      "HOST cannot be listened on (EADDRNOTAVAIL): set it to an address of this machine.\n",
    );
  });

  it.each([
    ["install", /^Installing .*\nwhy it failed\n\nThe installation failed\. /],
    [
      "exec turbo run build",
      /^Installing .*\nBuilding …\nwhy it failed\n\nThe build failed; its output is above\.\n$/,
    ],
  ])("starts nothing after a failed step (%s), and prints its output", async (failing, told) => {
    const started = start({ ...simulated(), FAIL: failing });
    expect(await started.exit).toBe(1);
    expect(started.output()).toMatch(told);
    expect(workspace.has("server.json")).toBe(false);
  });
});

describe.runIf(process.platform !== "win32")("`npm run serve` without WECHAT_APPS", () => {
  const serve = (env: Record<string, string>) =>
    start({ PORT: String(port), ...env }, { script: "serve.mjs" });
  const answers = async () => {
    for (let attempt = 0; attempt < 1_000; attempt++) {
      const response = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
      if (response) return true;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return false;
  };

  const elsewhere = { WECHAT_OPEN_URL: "http://a.test", WECHAT_API_URL: "http://b.test" };

  it.each<[string, Record<string, string>]>([
    ["the addresses of another WeChat", elsewhere],
    [
      "the addresses of another WeChat, although it may start the simulator",
      { ...elsewhere, ALLOW_SIMULATOR: "yes" },
    ],
    ["NODE_ENV=production, which the server refuses itself", { NODE_ENV: "production" }],
  ])("runs the server alone with %s", async (_, env) => {
    const served = serve(env);
    expect(await answers()).toBe(true);
    expect(workspace.has("simulator.json")).toBe(false);
    served.child.kill("SIGTERM");
    expect(await served.exit).toBe(0);
  });
});

/** A server that notes its settings and its process, and answers its health check from the second request on. */
const server = (name: string, setting: string, health: string) => `
const { existsSync, writeFileSync } = require("node:fs");
const ours = /^(PORT|HOST|DATA_DIR|PUBLIC_URL|LOG_LEVEL|SIMULATOR_.*|WECHAT_.*_URL)$/;
const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => ours.test(key)));
writeFileSync("${name}.json", JSON.stringify(env));
writeFileSync("${name}.pid", String(process.pid));
const code = process.env.SERVER_EXITS_WITH;
if ("${name}" === "server" && code) setInterval(() => existsSync("simulator.pid") && process.exit(Number(code)), 20);
let requests = 0;
require("node:http").createServer((request, response) => {
  response.statusCode = request.url === "${health}" && ++requests > 1 ? 200 : 503;
  if (response.statusCode === 200) writeFileSync("${name}.healthy", "yes");
  response.end();
}).listen(process.env.${setting}, "127.0.0.1");
// Some time to finish what is in flight, and no second chance.
process.once("SIGTERM", () => setTimeout(() => {
  writeFileSync("${name}.stopped", "yes");
  process.exit(0);
}, 200));
`;

const operator = `
require("node:fs").writeFileSync("operator.json", JSON.stringify(process.argv.slice(2)));
if (process.env.OPERATOR_FAILS) process.exit(1);
if (!process.env.HAS_OPERATOR) console.log(process.env.PUBLIC_URL + "/admin/set-up#secret");
`;

/** Runs a command of this repository, and waits for its banner or its end. */
function start(env: Record<string, string>, { terminal = false, script = "start.mjs" } = {}) {
  const preload = terminal ? { PRELOAD: pathToFileURL(workspace.path("terminal.mjs")).href } : {};
  const { child, finished, output } = workspace.spawn(script, [], { ...preload, ...env });
  const exit = finished.then(({ code }) => code);
  running.push({ child, exit });
  /** The lines between the empty ones around the banner. */
  const banner = new Promise<string[]>((resolve, reject) => {
    child.stdout.on("data", () => {
      const [, lines] = /\n\n( {2}WeChat login is running[\s\S]*Ctrl-C)\n\n/.exec(output()) ?? [];
      if (lines !== undefined) resolve(lines.split("\n"));
    });
    void exit.then(() => reject(new Error(`it printed no banner: ${output()}`)));
  });
  banner.catch(() => {});
  return { child, exit, banner, output };
}

const notes = (name: string) => JSON.parse(workspace.read(`${name}.json`));

function isRunning(name: string): boolean {
  const pid = Number(workspace.read(`${name}.pid`));
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
