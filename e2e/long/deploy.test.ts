import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../support/system.js";

// The folder that the image holds, run as the image runs it, behind the proxies of deploy/.

const root = fileURLToPath(new URL("../../", import.meta.url));
const example = (name: string) => readFileSync(join(root, "deploy", name), "utf8");

// Debian keeps nginx where only root's PATH leads.
const env = { ...process.env, PATH: [process.env.PATH, "/usr/sbin"].join(delimiter) };
const isMissing = (program: string, flag: string) => spawnSync(program, [flag], { env }).error !== undefined;

const folder = mkdtempSync(join(tmpdir(), "deploy-"));
const app = join(folder, "moved");
let port: number;
let server: ChildProcess;
const children: ChildProcess[] = [];

beforeAll(async () => {
  const built = join(folder, "built");
  execFileSync(process.execPath, [join(root, "scripts/assemble.mjs"), built], { stdio: "inherit" });
  renameSync(built, app);
  port = await freePort();
  writeFileSync(
    join(folder, "keys"),
    execFileSync(process.execPath, [join(app, "scripts/keys.mjs"), "make"]),
  );
  server = start(process.execPath, ["scripts/serve.mjs"], settings());
  await waitFor(async () => (await healthcheck()) === 0);
});
afterAll(async () => {
  // Not SIGKILL, which would leave nginx's workers behind.
  for (const child of children.filter(({ exitCode }) => exitCode === null)) {
    child.kill("SIGTERM");
    await once(child, "exit");
  }
  rmSync(folder, { recursive: true, force: true });
});

const settings = () => ({
  PATH: process.env.PATH,
  NODE_ENV: "production",
  PORT: String(port),
  PUBLIC_URL: "https://login.example.com",
  TRUST_PROXY: "1",
  DATA_DIR: join(folder, "data/login"),
  SECRET_KEYS_FILE: join(folder, "keys"),
  LOG_LEVEL: "error",
  WECHAT_APPS: JSON.stringify([
    {
      ...{ key: "oa", kind: "official_account", appId: "wx0123456789abcdef", name: "The shop" },
      ...{ appSecret: "5f2b8c1d9e4a7036b1c2d3e4f5a6978b", verifyFiles: ["MP_verify_AbCdEfGh01234567.txt"] },
    },
  ]),
});

function start(command: string, args: string[], environment: NodeJS.ProcessEnv): ChildProcess {
  const child = spawn(command, args, { cwd: app, env: environment, stdio: ["ignore", "inherit", "inherit"] });
  children.push(child);
  return child;
}

async function healthcheck(): Promise<number | null> {
  const child = spawn(process.execPath, ["scripts/healthcheck.mjs"], { cwd: app, env: settings() });
  return (await once(child, "exit"))[0];
}

async function waitFor(condition: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; ) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("timed out");
}

/** Without redirects and without a check of the certificate, which the test has made. */
function get(url: string): Promise<{ status: number | undefined; body: string } | undefined> {
  return new Promise((resolve) => {
    const headers = { host: "login.example.com", accept: "text/html" };
    const options = { headers, rejectUnauthorized: false, agent: false as const };
    const asked = url.startsWith("https:") ? httpsRequest(url, options) : httpRequest(url, options);
    asked.on("error", () => resolve(undefined));
    asked.on("response", (response) => {
      let body = "";
      response.on("data", (chunk) => {
        body += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode, body }));
    });
    asked.end();
  });
}

const ours = [
  "/",
  "/login/account",
  "/login/wechat",
  "/admin",
  "/admin/",
  "/api/v1/docs",
  "/trpc/session.get",
  "/MP_verify_AbCdEfGh01234567.txt",
];
const notPublic = ["/healthz", "/readyz", "/loginhelp", "/api/v2", "/robots.txt"];

async function expectEveryPath(proxyUrl: string): Promise<void> {
  await waitFor(async () => (await get(`${proxyUrl}/login/account`))?.status === 200);
  for (const path of ours) {
    const direct = await get(`http://127.0.0.1:${port}${path}`);
    expect((await get(proxyUrl + path))?.status, path).toBe(direct?.status);
    expect(direct?.status, path).toBeLessThan(404);
  }
  for (const path of notPublic) expect((await get(proxyUrl + path))?.status, path).toBe(404);
}

describe("the folder of `npm run assemble`", () => {
  it("runs in production where it was moved to, with no dependency for development and no source", async () => {
    expect((await get(`http://127.0.0.1:${port}/login/account`))?.body).toContain("The shop");
    for (const absent of [
      "apps/api/src",
      "apps/api/test",
      "apps/api/node_modules/vitest",
      "node_modules/turbo",
    ]) {
      expect(existsSync(join(app, absent)), absent).toBe(false);
    }
  });

  it("serves every path, and its health to no one outside, behind deploy/Caddyfile", async ({ skip }) => {
    skip(isMissing("caddy", "version"), "caddy is not on this machine");
    const http = await freePort();
    const config = join(folder, "Caddyfile");
    writeFileSync(config, `{\n  admin off\n}\n${example("Caddyfile")}`);
    const site = { PUBLIC_HOST: `http://login.example.com:${http}`, LOGIN_SERVERS: `127.0.0.1:${port}` };
    const args = ["run", "--config", config, "--adapter", "caddyfile"];
    start("caddy", args, { ...env, ...site, HOME: folder });
    await expectEveryPath(`http://127.0.0.1:${http}`);
  });

  it("serves every path, and its health to no one outside, behind deploy/nginx.conf", async ({ skip }) => {
    skip(isMissing("nginx", "-v"), "nginx is not on this machine");
    const [http, https] = [await freePort(), await freePort()];
    for (const name of ["logs", "temp"]) mkdirSync(join(folder, name), { recursive: true });
    const [pem, key] = [join(folder, "site.pem"), join(folder, "site.key")];
    const certificate = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=login.example.com"];
    execFileSync("openssl", [...certificate, "-out", pem, "-keyout", key], { stdio: "ignore" });
    const site = example("nginx.conf")
      .replace("listen 80;", `listen 127.0.0.1:${http};`)
      .replace("listen 443 ssl;", `listen 127.0.0.1:${https} ssl;`)
      .replace("127.0.0.1:4000", `127.0.0.1:${port}`)
      .replace("/etc/ssl/login.example.com.pem", pem)
      .replace("/etc/ssl/login.example.com.key", key);
    const temp = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
      (name) => `${name}_temp_path ${join(folder, "temp", name)};`,
    );
    const config = `daemon off; pid ${folder}/nginx.pid; error_log stderr error; events {}\nhttp {\n${temp.join("\n")}\n${site}}\n`;
    writeFileSync(join(folder, "nginx.conf"), config);
    start("nginx", ["-p", folder, "-c", join(folder, "nginx.conf")], env);
    await expectEveryPath(`https://127.0.0.1:${https}`);
    expect((await get(`http://127.0.0.1:${http}/login/account`))?.status).toBe(301);
  });

  it("is healthy until SIGTERM, on which it exits with 0", async () => {
    expect(await healthcheck()).toBe(0);
    server.kill("SIGTERM");
    expect(await once(server, "exit")).toEqual([0, null]);
    expect(await healthcheck()).toBe(1);
  });
});
