import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { freePort } from "./support/system.js";

const root = fileURLToPath(new URL("../", import.meta.url));

let workspace: string;
let port: number;
let simulatorPort: number;
const children: ChildProcess[] = [];

beforeEach(async () => {
  // A root folder of its own, because the command reads `.env` there.
  workspace = mkdtempSync(join(tmpdir(), "serve-"));
  cpSync(join(root, "scripts"), join(workspace, "scripts"), { recursive: true });
  cpSync(join(root, "package.json"), join(workspace, "package.json"));
  for (const folder of ["apps", "packages"])
    symlinkSync(join(root, folder), join(workspace, folder), "junction");
  port = await freePort();
  simulatorPort = await freePort();
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(workspace, { recursive: true, force: true });
});

describe("`npm run serve`", () => {
  it("runs the built server alone, with the settings of .env, and exits with 0 on SIGTERM", async () => {
    writeEnv({ PORT: port, DATA_DIR: "here", ...realWeChat });
    const served = serve();
    expect((await ready(port)).status).toBe(200);
    await expect(fetch(`http://127.0.0.1:${simulatorPort}/`)).rejects.toThrow();
    served.child.kill("SIGTERM");
    expect(await served.exit).toEqual({ code: 0, output: "" });
  });

  it("finishes a request in flight after SIGTERM", async () => {
    writeEnv({ PORT: port, DATA_DIR: "here", ...realWeChat });
    const served = serve();
    await ready(port);
    const posted = request({
      port,
      host: "127.0.0.1",
      path: "/trpc/session.signOut",
      method: "POST",
      headers: { "content-type": "application/json", connection: "close" },
    });
    const answer = once(posted, "response") as Promise<[IncomingMessage]>;
    posted.write("{");
    await new Promise((resolve) => setTimeout(resolve, 300)); // the server has the headers by then
    served.child.kill("SIGTERM");
    await new Promise((resolve) => setTimeout(resolve, 300));
    posted.end("}");
    const [response] = await answer;
    expect(response.statusCode).toBeGreaterThan(0);
    response.resume();
    expect((await served.exit).code).toBe(0);
  });

  it("prefers the environment to .env", async () => {
    writeEnv({ PORT: 1, DATA_DIR: "here", ...realWeChat });
    serve({ PORT: String(port) });
    expect((await ready(port)).status).toBe(200);
  });

  it("prints the server's list of bad settings and exits with the server's exit code", async () => {
    writeEnv({ PORT: port, DATA_DIR: "here", NODE_ENV: "production" });
    const { code, output } = await serve().exit;
    expect(code).toBe(1);
    expect(output).toContain("SECRET_KEYS is required in production");
    expect(output).toContain("WECHAT_APPS is required in production");
  });

  it("refuses a bad port in one line", async () => {
    writeEnv({ PORT: "many" });
    expect(await serve().exit).toEqual({ code: 1, output: "PORT is not a port number from 1 to 65535.\n" });
  });

  it("refuses to run without WECHAT_APPS, and names the setting that allows the simulator", async () => {
    writeEnv({ PORT: port, DATA_DIR: "here" });
    const { code, output } = await serve().exit;
    expect(code).toBe(1);
    expect(output).toMatch(/^WECHAT_APPS is not set: .*ALLOW_SIMULATOR=yes.*\n$/);
  });

  it("starts the simulated WeChat too with ALLOW_SIMULATOR=yes, and stops both", async () => {
    writeEnv({
      PORT: port,
      SIMULATOR_PORT: simulatorPort,
      DATA_DIR: "here",
      ALLOW_SIMULATOR: "yes",
      LOG_LEVEL: "warn",
    });
    const served = serve();
    await ready(port);
    expect((await fetch(`http://127.0.0.1:${simulatorPort}/`)).status).toBe(200);
    served.child.kill("SIGTERM");
    expect((await served.exit).code).toBe(0);
    for (const stopped of [port, simulatorPort]) {
      await expect(fetch(`http://127.0.0.1:${stopped}/`)).rejects.toThrow();
    }
  });

  it("asks to run the build if there is none", async () => {
    rmSync(join(workspace, "apps"));
    const output = "Nothing is built here: run `npm run build` first.\n";
    expect(await serve().exit).toEqual({ code: 1, output });
  });
});

/** Settings of an installation with an app of its own; the addresses of WeChat are closed ports. */
const realWeChat = {
  WECHAT_APPS: JSON.stringify([
    {
      key: "oa",
      kind: "official_account",
      appId: "wx0123456789abcdef",
      appSecret: "5f2b8c1d9e4a7036b1c2d3e4f5a6978b",
    },
  ]),
  WECHAT_OPEN_URL: "http://127.0.0.1:9",
  WECHAT_API_URL: "http://127.0.0.1:9",
  LOG_LEVEL: "fatal",
};

function writeEnv(settings: Record<string, string | number>): void {
  const lines = Object.entries(settings).map(([name, value]) => `${name}='${value}'`);
  writeFileSync(join(workspace, ".env"), `${lines.join("\n")}\n`);
}

function serve(env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [join(workspace, "scripts/serve.mjs")], {
    env: { PATH: process.env.PATH ?? "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  const exit = new Promise<{ code: number | null; output: string }>((resolve) => {
    child.once("close", (code) => resolve({ code, output }));
  });
  return { child, exit };
}

async function ready(port: number): Promise<Response> {
  for (let attempt = 0; attempt < 400; attempt++) {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    if (response?.ok) return response;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nothing is ready on port ${port}`);
}
