import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const program = "redis-server";

/**
 * The Redis of REDIS_URL, or a new redis-server on a free port that stores nothing on disk but an empty folder.
 *
 * @returns undefined if there is neither
 */
export async function startRedis() {
  const given = process.env.REDIS_URL;
  if (given) return { url: given, stop: async () => {} };

  const folder = await mkdtemp(join(tmpdir(), "bench-redis-"));
  const port = await freePort();
  const settings = { port, bind: "127.0.0.1", dir: folder, save: "", appendonly: "no" };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const server = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => {
    server.once("exit", resolve);
    server.once("error", resolve); // the program does not exist
  });
  const stop = async () => {
    server.kill("SIGKILL"); // it has nothing to save
    await ended;
    await rm(folder, { recursive: true });
  };
  const isReady = await Promise.race([
    waitForOutput(server, "Ready to accept connections"),
    ended.then(() => false),
  ]);
  if (isReady) return { url: `redis://127.0.0.1:${port}`, stop };
  await stop();
  return undefined;
}

function waitForOutput(server, words) {
  return new Promise((resolve) => {
    let text = "";
    server.stdout.on("data", (chunk) => {
      text += chunk;
      if (text.includes(words)) resolve(true);
    });
  });
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
