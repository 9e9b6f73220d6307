import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("../../", import.meta.url));
const built = {
  api: join(root, "apps/api/dist/main.js"),
  operator: join(root, "apps/api/dist/operator.js"),
  host: join(root, "apps/api/dist/host.js"),
  simulator: join(root, "packages/wechat-simulator/dist/cli.js"),
};

/** The system as `npm start` runs it: the built processes, on ports and in a data folder of their own. */
export interface RunningSystem {
  url: string;
  simulatorUrl: string;
  /** Makes the next calls to one of WeChat's endpoints fail. */
  fail(endpoint: string, errcode: number): Promise<void>;
  /** Where the server itself listens: `url`, unless a proxy is in front. */
  localUrl: string;
  /** A one-time link that makes an operator. */
  operatorLink(): Promise<string>;
  /** Makes a host application, and a key of it. */
  addHost(host: {
    id: string;
    name: string;
    origin: string;
    redirect: string;
    scopes: string;
  }): Promise<string>;
  /** Starts the server anew, on the same data and with these settings as well. */
  restart(settings: { readonly [name: string]: string }): Promise<void>;
  stop(): Promise<void>;
}

export async function startSystem(
  options: { publicUrl?: string; env?: { readonly [name: string]: string } } = {},
): Promise<RunningSystem> {
  for (const file of Object.values(built)) {
    if (!existsSync(file))
      throw new Error(`${file} is not built: run \`npm test\`, or \`pnpm turbo build\` first`);
  }
  const [port, simulatorPort] = [await freePort(), await freePort()];
  const localUrl = `http://localhost:${port}`;
  const url = options.publicUrl ?? localUrl;
  const simulatorUrl = `http://127.0.0.1:${simulatorPort}`;
  // The record of erasures is written beside DATA_DIR.
  const folder = mkdtempSync(join(tmpdir(), "wechat-login-e2e-"));
  const env = {
    PATH: process.env.PATH ?? "",
    PORT: String(port),
    DATA_DIR: join(folder, "data"),
    LOG_LEVEL: "warn",
    WECHAT_OPEN_URL: simulatorUrl,
    WECHAT_API_URL: simulatorUrl,
    SIMULATOR_PORT: String(simulatorPort),
    SIMULATOR_CALLBACK_HOST: new URL(url).host,
    PUBLIC_URL: url,
    ...options.env,
  };
  const run = (file: string, more = {}) =>
    spawn(process.execPath, [file], { env: { ...env, ...more }, stdio: ["ignore", "ignore", "inherit"] });
  const simulator = run(built.simulator);
  let api = run(built.api);
  const stop = async () => {
    await Promise.all([simulator, api].map(ended));
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await answers(simulator, simulatorUrl);
    await answers(api, `${localUrl}/readyz`);
  } catch (error) {
    await stop();
    throw error;
  }

  return {
    url,
    simulatorUrl,
    localUrl,
    async fail(endpoint, errcode) {
      const planned = await fetch(`${simulatorUrl}/_simulator/faults`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ endpoint, fault: { kind: "errcode", errcode }, times: 1 }),
      });
      if (!planned.ok) throw new Error(`the simulator refused the fault: HTTP ${planned.status}`);
    },
    async operatorLink() {
      const { stdout } = await promisify(execFile)(process.execPath, [built.operator, "link"], { env });
      return stdout.trim();
    },
    async addHost({ id, name, origin, redirect, scopes }) {
      const host = (...words: string[]) =>
        promisify(execFile)(process.execPath, [built.host, ...words], { env });
      await host("create", id, "--name", name, "--origin", origin, "--redirect", redirect);
      const { stdout } = await host("keys", "create", id, "--scope", scopes);
      const [key] = /wlk_[\w-]{43}/.exec(stdout) ?? [];
      if (!key) throw new Error("the command printed no key");
      return key;
    },
    async restart(changed) {
      await ended(api);
      api = run(built.api, changed);
      await answers(api, `${localUrl}/readyz`);
    },
    stop,
  };
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (hasEnded(child)) return resolve();
    child.once("exit", () => resolve());
    child.kill("SIGTERM");
  });
}

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

/** Waits, on a busy machine too, until a process answers; one that ended will not. What it wrote is in the output of the tests. */
async function answers(child: ChildProcess, url: string): Promise<void> {
  const giveUpAt = Date.now() + 45_000;
  while (!hasEnded(child) && Date.now() < giveUpAt) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const end = child.exitCode ?? child.signalCode;
  throw new Error(
    end === null ? `${url} does not answer` : `${url} does not answer: its process ended (${end})`,
  );
}

/** Below the ranges that systems take the ports of outgoing connections from. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const isFree = await new Promise<boolean>((resolve) => {
      const probe = createServer();
      probe.once("error", () => resolve(false));
      probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}
