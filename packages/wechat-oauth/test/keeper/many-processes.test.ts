import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type Simulator, startSimulator } from "@wechat-login/simulator";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { buildPackage } from "../built-package.js";
import { noRedis, type RedisServer, startRedis } from "./redis-server.js";

interface Report {
  did: "connected" | "cold" | "busy" | "renewed" | "finished";
  calls: number;
  failed: number;
}

const { folder } = await buildPackage();
const script = fileURLToPath(new URL("load-child.mjs", import.meta.url));
const children: ChildProcess[] = [];
let redis: RedisServer | undefined;
let simulator: Simulator;

beforeAll(async () => {
  redis = await startRedis();
  simulator = await startSimulator();
});
afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  await simulator.close();
  await redis?.stop();
});
beforeEach((test) => {
  if (!redis) test.skip(noRedis);
});

/** The process's next report of this kind. Call it before the command that causes the report. */
function nextReport(child: ChildProcess, did: Report["did"]): Promise<Report> {
  return new Promise((resolve, reject) => {
    child.on("message", (message) => {
      const report = message as Report;
      if (report.did === did) resolve(report);
    });
    child.once("exit", (code) => reject(new Error(`a process ended with ${code} before it was "${did}"`)));
  });
}

function sendToAll(message: object, did: Report["did"]): Promise<Report[]> {
  const reports = children.map((child) => nextReport(child, did));
  for (const child of children) child.send(message);
  return Promise.all(reports);
}

describe("four processes with 50 callers each on Redis", () => {
  const sum = (reports: Report[], name: "calls" | "failed") =>
    reports.reduce((total, one) => total + one[name], 0);

  it("fetch one token in all, and one more when it is revoked under load, without a failed call", async () => {
    const app = simulator.apps.find(({ kind }) => kind === "official_account");
    if (!app || !redis) throw new Error("the simulator has no Official Account");
    const { appId, appSecret } = app;
    const dist = pathToFileURL(join(folder, "dist")).href;
    const prefix = `test:${crypto.randomUUID()}:`;
    const settings = { dist, redisUrl: redis.url, simulatorUrl: simulator.url, appId, appSecret, prefix };
    for (let i = 0; i < 4; i += 1) children.push(fork(script));
    await sendToAll({ settings }, "connected");

    const cold = await sendToAll({ do: "cold" }, "cold");
    expect(sum(cold, "failed")).toBe(0);
    expect(simulator.calls("stable_token")).toBe(1);

    const renewed = children.map((child) => nextReport(child, "renewed"));
    await sendToAll({ do: "load" }, "busy");
    expect(simulator.calls("stable_token")).toBe(1);
    await revoke(appId, appSecret);
    expect(simulator.calls("stable_token")).toBe(2); // the test's own request
    await Promise.all(renewed);
    const finished = await sendToAll({ do: "finish" }, "finished");

    expect(sum(finished, "failed")).toBe(0);
    expect(sum(finished, "calls")).toBeGreaterThan(4 * 50 + 4 * 2 * 100);
    expect(simulator.calls("stable_token")).toBe(3);
  }, 120_000); // five processes, perhaps on few cores
});

/** What an operator does after a leak: the token is invalid at once. */
async function revoke(appid: string, secret: string): Promise<void> {
  const response = await fetch(`${simulator.url}/cgi-bin/stable_token`, {
    method: "POST",
    body: JSON.stringify({ grant_type: "client_credential", appid, secret, force_refresh: true }),
  });
  expect(await response.json()).toHaveProperty("access_token");
}
