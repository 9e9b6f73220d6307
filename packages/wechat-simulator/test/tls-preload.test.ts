import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Simulator, startSimulator } from "../src/index.js";
import { startTlsProxy, type TlsProxy } from "../src/tls/start-tls-proxy.js";

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));

describe("the preload for Node", { timeout: 30_000 }, () => {
  let simulator: Simulator;
  let tlsProxy: TlsProxy;
  beforeAll(async () => {
    simulator = await startSimulator();
    tlsProxy = await startTlsProxy(simulator);
  });
  afterAll(async () => {
    await tlsProxy.close();
    await simulator.close();
  });

  /** Runs a program without a reference to the simulator, and returns its output. */
  async function run(program: string, env: Record<string, string> = {}): Promise<string> {
    const preload = ["--import", "tsx", "--import", "./src/tls/node-preload.ts"];
    const child = spawn(process.execPath, [...preload, "--input-type=module", "--eval", program], {
      cwd: PACKAGE,
      env: {
        PATH: process.env.PATH,
        NODE_EXTRA_CA_CERTS: tlsProxy.caFile,
        WECHAT_SIMULATOR_TLS_PORT: String(tlsProxy.port),
        ...env,
      },
    });
    let said = "";
    child.stdout.on("data", (chunk) => (said += chunk));
    child.stderr.on("data", (chunk) => (said += chunk));
    await once(child, "close");
    return said;
  }

  it("redirects fetch, https and a plain TLS connection to the simulator", async () => {
    const said = await run(`
      import https from "node:https";
      import tls from "node:tls";
      const url = "https://api.weixin.qq.com/sns/userinfo";
      console.log("fetch", await (await fetch(url)).text());
      await new Promise((done) => https.get(url, (answer) => answer.on("data", (it) => console.log("https", String(it))).on("end", done)));
      const socket = tls.connect(443, "open.weixin.qq.com", { servername: "open.weixin.qq.com" }, () => {
        console.log("tls", socket.authorized);
        socket.destroy();
      });
    `);
    expect(said).toMatch(/^fetch \{"errcode":41001/m);
    expect(said).toMatch(/^https \{"errcode":41001/m);
    expect(said).toMatch(/^tls true$/m);
  });

  it("does not redirect connections to other hosts and ports", async () => {
    const said = await run(
      `
      import { createServer, connect } from "node:net";
      const server = createServer((socket) => socket.end("not WeChat")).listen(0, "127.0.0.1", () => {
        connect(server.address().port, "localhost").on("data", (it) => console.log(String(it))).on("close", () => server.close());
      });
      const lookup = (host, options, done) => done(new Error("asked for " + host));
      connect({ port: 80, host: "api.weixin.qq.com", lookup }).on("error", ({ message }) => console.log(message));
      connect({ port: 443, host: "mp.weixin.qq.com", lookup }).on("error", ({ message }) => console.log(message));
      `,
    );
    expect(said.trim().split("\n").sort()).toEqual([
      "asked for api.weixin.qq.com",
      "asked for mp.weixin.qq.com",
      "not WeChat",
    ]);
  });

  it("still rejects the certificate without the CA", async () => {
    const said = await run(
      `await fetch("https://api.weixin.qq.com/").catch(({ cause }) => console.log(cause.code));`,
      {
        NODE_EXTRA_CA_CERTS: "",
      },
    );
    expect(said).toContain("UNABLE_TO_VERIFY_LEAF_SIGNATURE");
  });

  it("fails at once without its port, so that no call reaches the real WeChat", async () => {
    expect(await run("console.log('ran')", { WECHAT_SIMULATOR_TLS_PORT: "" })).toMatch(
      /WECHAT_SIMULATOR_TLS_PORT must be the port/,
    );
  });
});
