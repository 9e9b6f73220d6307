// A seeded database, and the server on it, as `npm start` runs it.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../free-port.mjs";

const api = fileURLToPath(new URL("../../apps/api", import.meta.url));
const operator = { username: "bench", password: "a bench looks at every list" };

/** Fills a database, unless an earlier run has done so. `databaseUrl` is that of PostgreSQL. */
export async function seed({ dataDir, databaseUrl, people, failures }) {
  const done = join(dataDir, "seeded");
  if (existsSync(done)) return;
  mkdirSync(dataDir, { recursive: true });
  const args = [join(api, "dist/seed.js"), "--people", String(people), "--failures", String(failures)];
  const child = spawn(process.execPath, args, {
    cwd: api,
    env: settings({ dataDir, databaseUrl }),
    stdio: "inherit",
  });
  const code = await new Promise((resolve) => child.once("exit", resolve));
  if (code !== 0) throw new Error(`the seed ended with ${code}`);
  writeFileSync(done, "");
}

const settings = ({ dataDir, databaseUrl, port = 4000 }) => ({
  PATH: process.env.PATH,
  DATA_DIR: dataDir,
  PORT: String(port),
  RATE_LIMIT: "off",
  LOG_LEVEL: "error",
  PUBLIC_URL: `http://localhost:${port}`,
  ADMIN_USERNAME: operator.username,
  ADMIN_PASSWORD: operator.password,
  ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
});

/** Starts the server; `startMs` is how long it took until it was healthy. */
export async function startServer({ dataDir, databaseUrl }) {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const startedAt = performance.now();
  const child = spawn(process.execPath, [join(api, "dist/main.js")], {
    ...{ cwd: api, env: settings({ dataDir, databaseUrl, port }), stdio: ["ignore", "ignore", "inherit"] },
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  while (!(await isHealthy(url))) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const startMs = performance.now() - startedAt;
  const cookie = await signIn(url);
  return {
    url,
    startMs,
    cookie,
    pid: child.pid,
    async query(path, input) {
      const answer = await fetch(
        `${url}/admin/trpc/${path}?input=${encodeURIComponent(JSON.stringify(input))}`,
        { headers: { cookie } },
      );
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${text}`);
      return JSON.parse(text).result.data;
    },
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

const isHealthy = (url) =>
  fetch(`${url}/healthz`).then(
    (answer) => answer.ok,
    () => false,
  );

async function signIn(url) {
  const answer = await fetch(`${url}/admin/trpc/operator.signIn`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: url },
    body: JSON.stringify(operator),
  });
  const cookie = answer.headers
    .getSetCookie()
    .map((set) => set.split(";", 1)[0])
    .join("; ");
  if (!answer.ok || !cookie) throw new Error(`the operator could not sign in: ${await answer.text()}`);
  return cookie;
}
