import { execFile, spawnSync } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Simulator, startSimulator } from "../src/index.js";
import { startTlsFront, type TlsFront } from "../src/tls/start-tls-front.js";

const run = promisify(execFile);
const URL_ASKED = "https://api.weixin.qq.com/sns/oauth2/access_token?appid=x";

/** Standard library only: the proxy and the authority come from the environment. */
const PYTHON = `
import sys, urllib.request
print(urllib.request.urlopen(sys.argv[1]).read().decode())
`;

/** Whether this machine has it. */
const has = (command: string): boolean => spawnSync(command, ["--version"]).status === 0;

describe("with another language", () => {
  let simulator: Simulator;
  let front: TlsFront;
  let env: NodeJS.ProcessEnv;
  beforeAll(async () => {
    simulator = await startSimulator();
    front = await startTlsFront(simulator);
    env = {
      PATH: process.env.PATH,
      HOME: process.env.HOME, // where some pythons are found
      SSL_CERT_FILE: front.caFile,
      CURL_CA_BUNDLE: front.caFile,
      HTTPS_PROXY: front.proxyUrl,
    };
  });
  afterAll(async () => {
    await front.close();
    await simulator.close();
  });

  it("curl reaches the simulator by WeChat's real name with the printed lines alone", async (test) => {
    if (!has("curl")) test.skip("curl is not on this machine");
    const { stdout } = await run("curl", ["-s", URL_ASKED], { env });
    expect(JSON.parse(stdout)).toMatchObject({ errcode: 41004 });
  }, 30_000);

  it("Python's standard library does, too", async (test) => {
    if (!has("python3")) test.skip("python3 is not on this machine");
    const { stdout } = await run("python3", ["-c", PYTHON, URL_ASKED], { env });
    expect(JSON.parse(stdout)).toMatchObject({ errcode: 41004 });
  }, 30_000);
});
