import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A real Redis, for one test file. */
export interface RedisServer {
  readonly url: string;
  stop(): Promise<void>;
}

const program = "redis-server";

export const noRedis = "no Redis: set REDIS_URL, or put a redis-server on the PATH";

/**
 * Uses REDIS_URL if it is set; tests then write under keys that no other run uses. Otherwise starts a redis-server
 * that stores nothing on disk but an empty folder.
 *
 * @returns undefined if there is neither
 */
export async function startRedis(): Promise<RedisServer | undefined> {
  const given = process.env.REDIS_URL;
  if (given) return { url: given, stop: async () => {} };
  if (spawnSync(program, ["--version"]).error) return undefined;

  const folder = await mkdtemp(join(tmpdir(), "wechat-oauth-redis-"));
  const port = await freePort();
  const settings = { port, bind: "127.0.0.1", dir: folder, save: "", appendonly: "no" };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const server = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  await untilReady(server);
  return {
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGKILL"); // it has nothing to save
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}

function untilReady(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = "";
    server.stdout?.on("data", (chunk: Buffer) => {
      output += chunk;
      if (output.includes("Ready to accept connections")) resolve();
    });
    server.once("error", reject);
    server.once("exit", (code) => reject(new Error(`redis-server ended with ${code}: ${output}`)));
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
