import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { demoWebsite, type Simulator, startSimulator } from "@wechat-login/simulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildPackage } from "./built-package.js";

let port: number;
let simulator: Simulator;
let server: ChildProcess;

const { folder } = await buildPackage();

/** The README's code in the folder of the built package, where Node finds the package by its name. */
beforeAll(async () => {
  const readme = await readFile(join(folder, "README.md"), "utf8");
  const [, code = ""] = /```js\n(.*?)```/s.exec(readme) ?? [];
  await writeFile(join(folder, "server.mjs"), code);
  port = await freePort();
  simulator = await startSimulator({ callbackHosts: [`localhost:${port}`] });
  server = spawn(process.execPath, ["server.mjs"], {
    cwd: folder,
    env: { ...process.env, PORT: String(port), SIMULATOR_URL: simulator.url },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [line] = await once(server.stdout ?? server, "data");
  expect(String(line)).toBe(`Open http://localhost:${port}/login\n`);
}, 60_000);
afterAll(async () => {
  server.kill();
  await simulator.close();
});

describe("the README's first server", () => {
  it("signs a person in and accepts each callback once", async () => {
    const { callback, cookie } = await goToWeChat("allow");
    const { openid, nickname } = simulator.person("alice", demoWebsite.appId);
    const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
    expect(readme).toContain(`# Hello ${nickname}, your openid is o…\n`);
    const signedIn = await load(callback, cookie);
    expect([signedIn.status, signedIn.headers.get("location")]).toEqual([303, "/"]);
    expect(await open("/", cookieOf(signedIn))).toEqual([
      200,
      `Hello ${nickname}, your openid is ${openid}\n`,
    ]);
    expect(await open("/", cookie)).toEqual([200, "You are not signed in. Start at /login\n"]);
    expect(await open(callback, cookie)).toEqual([400, "Please sign in again: /login\n"]);
  });

  it("passes the traffic of the fifth step: people are signed in", async () => {
    const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
    expect(readme).toContain("npx wechat-simulator traffic --start /login\n");
    const args = ["--start", "/login", "--at", `http://localhost:${port}`, "--mix", "new=1", "--people", "2"];
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--conditions=dev-source", "--import", "tsx", "src/cli.ts", "traffic", ...args],
      { cwd: fileURLToPath(new URL("../../wechat-simulator", import.meta.url)) },
    );
    expect(stdout).toMatch(/^new +signed in +2 /m);
  });

  it("refuses another browser's callback without spending the state", async () => {
    const { callback, cookie } = await goToWeChat("allow");
    const stranger = await goToWeChat("allow");
    for (const other of ["", stranger.cookie]) expect((await open(callback, other))[0]).toBe(400);
    expect((await open(callback, cookie))[0]).toBe(303);
  });

  it("accepts a person's refusal", async () => {
    simulator.settings({ refusal: "state_only" });
    const { callback, cookie } = await goToWeChat("refuse");
    expect(await open(callback, cookie)).toEqual([200, "You did not sign in. Try again? /login\n"]);
  });

  it("keeps running after a failure of WeChat and after an invalid request URL", async () => {
    simulator.fail("access_token", { kind: "http_502" });
    const { callback, cookie } = await goToWeChat("allow");
    expect((await open(callback, cookie))[0]).toBe(502);
    const [answer] = await once(get({ host: "127.0.0.1", port, path: "http://nowhere/" }), "response");
    expect(answer.statusCode).toBe(502);
    answer.resume();
    expect((await goToWeChat("allow")).callback).toContain("code=");
  });
});

async function goToWeChat(decision: string): Promise<{ callback: string; cookie: string }> {
  const start = await fetch(`http://127.0.0.1:${port}/login`, { redirect: "manual" });
  const answer = await fetch(start.headers.get("location") ?? "", {
    redirect: "manual",
    headers: { "x-simulator-person": "alice", "x-simulator-decision": decision },
  });
  const callback = new URL(answer.headers.get("location") ?? "");
  return { callback: callback.pathname + callback.search, cookie: cookieOf(start) };
}

function load(path: string, cookie = ""): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}${path}`, { headers: { cookie }, redirect: "manual" });
}

async function open(path: string, cookie?: string): Promise<[status: number, body: string]> {
  const response = await load(path, cookie);
  return [response.status, await response.text()];
}

/** Name and value alone, as a browser returns the cookie. */
const cookieOf = ({ headers }: Response): string => (headers.get("set-cookie") ?? "").split(";", 1)[0] ?? "";

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port: found } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return found;
}
