import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type Simulator, startSimulator } from "@wechat-login/simulator";
import { build } from "tsdown";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Browser } from "./browser.ts";
import { environment } from "./settings.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const serve = join(root, "test/runtimes/serve.mjs");
const binary = (name: string) => join(root, "node_modules/.bin", name);

let simulator: Simulator;
let folder: string;

beforeAll(async () => {
  simulator = await startSimulator({ callbackHosts: ["localhost:4000"] });
  folder = await mkdtemp(join(tmpdir(), "web-handler-"));
  await build({
    config: false,
    cwd: root,
    entry: ["src/mounts/worker.ts", "src/mounts/server.ts"],
    outDir: folder,
    platform: "neutral",
    inputOptions: { resolve: { conditionNames: ["dev-source"] } },
    noExternal: /./,
    dts: false,
    logLevel: "error",
  });
}, 60_000);
afterAll(async () => {
  await simulator.close();
  await rm(folder, { recursive: true });
});

const built = (name: string) => join(folder, `${name}.js`);

describe("the worker bundled into one file", () => {
  it.each([
    ["Node", process.execPath, []],
    ["Bun", binary("bun"), ["run"]],
    ["Deno", binary("deno"), ["run", "--no-prompt", "--no-config", "--allow-net=127.0.0.1", "--allow-env"]],
  ])(
    "signs a person in under %s and answers a repeated callback alike",
    async (name, runtime, options) => {
      const access = name === "Deno" ? [`--allow-read=${folder}`] : [];
      const file = pathToFileURL(built("worker")).href;
      const child = start(runtime, [...options, ...access, serve, file]);
      try {
        const [line] = (await once(child.stdout, "data")) as [Buffer];
        await signInAt(`http://127.0.0.1:${Number(line.toString())}`);
      } finally {
        child.stdin.end();
        await once(child, "close");
      }
    },
    60_000,
  );
});

describe("the server bundled into one file", () => {
  it.each([
    ["Bun", ["run"]],
    ["Deno", ["serve", "--no-prompt", "--no-config", "--allow-net=127.0.0.1", "--allow-env", "--port=0"]],
  ])(
    "runs as it is under %s",
    async (name, options) => {
      const host = name === "Deno" ? ["--host=127.0.0.1"] : [];
      const child = start(binary(name.toLowerCase()), [...options, ...host, built("server")]);
      try {
        await signInAt(await printedOrigin(child));
      } finally {
        // The whole group: a runtime may be a child of the command that started it.
        if (child.pid) process.kill(-child.pid);
        await once(child, "close");
      }
    },
    60_000,
  );
});

function start(command: string, args: readonly string[]) {
  const child = spawn(command, args, {
    cwd: folder,
    env: {
      ...process.env,
      ...environment(simulator.url),
      PORT: "0",
      DENO_DIR: join(folder, "deno"),
      DENO_NO_UPDATE_CHECK: "1",
    },
    stdio: ["pipe", "pipe", "pipe"],
    detached: true, // in a separate process group
  });
  child.stderr.pipe(process.stderr);
  return child;
}

/** The address that a runtime prints when it listens, on stdout or stderr. */
function printedOrigin({ stdout, stderr }: ChildProcessWithoutNullStreams): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    const listen = (chunk: Buffer) => {
      output += chunk.toString();
      const [, port] = /http:\/\/127\.0\.0\.1:(\d+)\D/.exec(output) ?? [];
      if (port) resolve(`http://127.0.0.1:${port}`);
    };
    stdout.on("data", listen);
    stderr.on("data", listen);
    stdout.on("end", () => reject(new Error(`it exited without an address: ${output}`)));
  });
}

async function signInAt(origin: string): Promise<void> {
  const send = ({ url, method, headers }: Request) =>
    fetch(url.replace("http://localhost:4000", origin), { method, headers, redirect: "manual" });
  const alice = new Browser(send, "alice");
  const callback = await alice.goToWeChat();
  for (const _attempt of [1, 2]) expect((await alice.request(callback)).status).toBe(303);
  const id = await alice.whoAmI();
  expect(id).toBeDefined();
  expect(await new Browser(send, "alice").signIn()).toBe(id);
  expect((await new Browser(send, "emoji").request(callback)).status).toBe(400);
}
