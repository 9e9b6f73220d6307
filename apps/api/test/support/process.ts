import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { send } from "./raw-http.js";
import { secretKey } from "./system.js";

const apiFolder = fileURLToPath(new URL("../..", import.meta.url));
const started = new Set<ChildProcess>();

/** A process of ours, as it is really started. */
export interface Running {
  child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** The exit code; null where a signal ended it. */
  exit: Promise<number | null>;
}

export function spawnApi(
  script: "main" | "operator",
  env: Record<string, string>,
  { args = [], preload }: { args?: string[]; preload?: string } = {},
): Running {
  const imports = ["--import", "tsx", ...(preload ? ["--import", preload] : [])];
  const child = spawn(
    process.execPath,
    ["--conditions=dev-source", ...imports, `src/${script}.ts`, ...args],
    {
      cwd: apiFolder,
      env: {
        PATH: process.env.PATH,
        SECRET_KEYS: secretKey,
        // Nobody listens there: a simulator that happens to run on this machine is left alone.
        WECHAT_API_URL: "http://127.0.0.1:9",
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
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

/** Ends whatever a test left running. */
export async function killAll(): Promise<void> {
  for (const child of started) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  }
  started.clear();
}

/** Waits for what a process of its own does in its own time. */
export async function until(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const deadline = Date.now() + 15_000; Date.now() < deadline; await pause(50)) {
    if (await isSo()) return;
  }
  throw new Error(`in vain: ${what}`);
}

/** 0 where nobody answers. */
export const askStatus = (port: number, path: string): Promise<number> =>
  send({ port }, { path }).then(
    ({ status }) => status,
    () => 0,
  );

export async function untilReady({ child, stderr }: Running, port: number): Promise<void> {
  await until(
    async () => child.exitCode !== null || (await askStatus(port, "/readyz")) === 200,
    "/readyz is 200",
  );
  if (child.exitCode !== null) throw new Error(`it ended at once: ${stderr()}`);
}
