import { type Simulator, startSimulator } from "@wechat-login/simulator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Diagnosis } from "../src/domain/doctor/finding.js";
import { type TestDatabase, testDatabase } from "./support/engine.js";
import { killAll, spawnApi } from "./support/process.js";
import { secretKey } from "./support/system.js";

let database: TestDatabase;
let simulator: Simulator;
beforeAll(async () => {
  database = await testDatabase();
  simulator = await startSimulator();
});
afterAll(async () => {
  await killAll();
  await simulator.close();
  await database.remove();
});

async function doctor(...args: string[]) {
  const env = {
    ...database.env,
    ...{ SECRET_KEYS: secretKey, PUBLIC_URL: "http://localhost:1" },
    ...{ WECHAT_API_URL: simulator.url, WECHAT_OPEN_URL: simulator.url },
  };
  const { exit, stdout, stderr } = spawnApi("doctor", env, { args });
  return { code: await exit, output: stdout(), error: stderr() };
}

describe("the doctor command", { timeout: 60_000 }, () => {
  it("prints every finding with its remedy in either language or as JSON, and ends with 1 where there is a problem", async () => {
    const english = await doctor();
    expect(english).toMatchObject({ code: 1, error: "" });
    const lines = english.output.split("\n");
    expect(lines.filter((line) => /^\S/.test(line))).toEqual([
      ...["This server", "oa (Official Account)", "web (website app)"],
    ]);
    expect(lines).toContain(
      "  problem    PUBLIC_URL is http://localhost:1, without https: cookies and codes travel readable.",
    );
    expect(lines).toContain(
      "             → Put a proxy with a certificate in front, and set PUBLIC_URL to its https address. (an operator)",
    );
    expect(lines).toContain("  ok         WeChat accepts the app secret.");

    expect((await doctor("--language", "zh")).output).toContain("  正常         微信接受这个 AppSecret。\n");

    const { site, apps } = JSON.parse((await doctor("--json")).output) as Diagnosis;
    expect(site.map(({ check }) => check)).toEqual([
      ...["wechat", "public_url", "reachable", "verify_files", "clock"],
    ]);
    expect(apps.map(({ key }) => key)).toEqual(["oa", "web"]);
    const usage =
      "The options are --json, and --language en or zh.\nUsage: npm run doctor [-- --json] [-- --language zh]\n";
    expect(await doctor("--language", "fr")).toEqual({ code: 1, output: "", error: usage });
    expect(await doctor("--what")).toEqual({ code: 1, output: "", error: usage });
  });
});
