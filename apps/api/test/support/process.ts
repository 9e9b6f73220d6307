import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { builtFolder } from "./built-folder.js";
import { send } from "./raw-http.js";
import { secretKey } from "./system.js";

const apiFolder = fileURLToPath(new URL("../..", import.meta.url));
const started = new Set<ChildProcess>();

/** A started api process. */
export interface ApiProcess {
  child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** The exit code, or null if a signal ended the process. */
  exit: Promise<number | null>;
}

export function spawnApi(
  script: "main" | "operator" | "audit" | "people" | "openids" | "backup" | "doctor" | "to-postgres",
  env: Record<string, string>,
  { args = [], preload }: { args?: string[]; preload?: string } = {},
): ApiProcess {
  const imports = preload ? ["--import", preload] : [];
  const child = spawn(process.execPath, [...imports, join(builtFolder, `${script}.js`), ...args], {
    cwd: apiFolder,
    env: {
      PATH: process.env.PATH,
      SECRET_KEYS: secretKey,
      // A port without a listener, so that a simulator running on this machine is not called.
      WECHAT_API_URL: "http://127.0.0.1:9",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  started.add(child);
  let [stdout, stderr] = ["", ""];
  child.stdout?.on("data", (chunk: Buffer) => {
    stdout += chunk;
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    stderr += chunk;
  });
  const exit = once(child, "close").then(([code]) => code as number | null);
  return { child, stdout: () => stdout, stderr: () => stderr, exit };
}

/** Kills the processes that a test left running. */
export async function killAll(): Promise<void> {
  for (const child of started) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  }
  started.clear();
}

/** Polls for something that another process does, for 15 s at most. */
export async function waitUntil(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const deadline = Date.now() + 15_000; Date.now() < deadline; await pause(50)) {
    if (await condition()) return;
  }
  throw new Error(`timed out waiting: ${what}`);
}

/** The status, or 0 if nothing answers. */
export const getStatus = (port: number, path: string): Promise<number> =>
  send({ port }, { path }).then(
    ({ status }) => status,
    () => 0,
  );

export async function waitUntilReady({ child, stderr }: ApiProcess, port: number): Promise<void> {
  await waitUntil(
    async () => child.exitCode !== null || (await getStatus(port, "/readyz")) === 200,
    "/readyz is 200",
  );
  if (child.exitCode !== null) throw new Error(`the process exited: ${stderr()}`);
}
