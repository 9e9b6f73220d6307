import { join, resolve } from "node:path";
import { isNodeNewEnough, root } from "./package-json.mjs";

/**
 * Reads the settings from the environment and from `.env` beside package.json; the environment wins. All scripts
 * that run the system or connect to it read them here; the servers that turbo runs do so through use-settings.mjs.
 *
 * @returns undefined after printing one line for each problem, with the setting's name and never its value. Only the
 * settings that these scripts need are checked here: the server checks all of them.
 */
export function readSystem() {
  if (!isNodeNewEnough()) return undefined;
  try {
    process.loadEnvFile(join(root, ".env"));
  } catch (error) {
    if (error.code !== "ENOENT") {
      console.error(`The file .env cannot be read: ${error.code}.`);
      return undefined;
    }
  }
  const problems = problemsOf(process.env);
  for (const problem of problems) console.error(problem);
  return problems.length === 0 ? systemOf(process.env) : undefined;
}

function problemsOf(env) {
  const problems = [];
  for (const name of ["PORT", ...(env.WECHAT_APPS ? [] : ["SIMULATOR_PORT"])]) {
    if (env[name] && !isPort(env[name])) problems.push(`${name} is not a port number from 1 to 65535.`);
  }
  if (env.PUBLIC_URL && !isAddress(env.PUBLIC_URL)) {
    problems.push("PUBLIC_URL is not an address such as https://login.example.com.");
  }
  return problems;
}

const isPort = (text) => /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
const isAddress = (text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

/** The apps and the verification files are given as JSON, or as a path. */
const isPath = (setting) => Boolean(setting) && !/^\s*[[{]/.test(setting);

/** Paths of files that hold a setting: apps/api/src/env-secret-files.ts. */
const secretFiles = ["DATABASE_URL", "SECRET_KEYS", "HTTPS_PROXY", "ADMIN_PASSWORD"].map(
  (name) => `${name}_FILE`,
);

/** The processes on this machine: the server, and the simulated WeChat unless real apps are set. */
function systemOf(env) {
  const port = env.PORT || "4000";
  const simulatorPort = env.SIMULATOR_PORT || "4010";
  const publicUrl = (env.PUBLIC_URL || `http://localhost:${port}`).replace(/\/$/, "");
  const simulated = !env.WECHAT_APPS;
  const simulatorUrl = `http://127.0.0.1:${simulatorPort}`;
  const host = reachableHost(env.HOST);
  // Relative paths count from the root of the repository, in whichever folder a process runs.
  const dataDir = resolve(root, env.DATA_DIR || "data");
  return {
    publicUrl,
    simulated,
    /** Whether the settings name another WeChat to connect to, such as a simulator that runs elsewhere. */
    ownWeChatUrls: Boolean(env.WECHAT_OPEN_URL && env.WECHAT_API_URL),
    simulatorUrl,
    dataDir,
    localUrl: `http://${host.includes(":") ? `[${host}]` : host}:${port}`,
    listeners: [
      { host, port, setting: "PORT", service: "the login service" },
      ...(simulated
        ? [
            {
              host: "127.0.0.1",
              port: simulatorPort,
              setting: "SIMULATOR_PORT",
              service: "the simulated WeChat",
            },
          ]
        : []),
    ],
    env: {
      ...env,
      PORT: port,
      DATA_DIR: dataDir,
      PUBLIC_URL: publicUrl,
      ...(isPath(env.WECHAT_APPS) ? { WECHAT_APPS: resolve(root, env.WECHAT_APPS) } : {}),
      ...(env.ERASURE_LEDGER ? { ERASURE_LEDGER: resolve(root, env.ERASURE_LEDGER) } : {}),
      ...(isPath(env.VERIFY_FILES) ? { VERIFY_FILES: resolve(root, env.VERIFY_FILES) } : {}),
      ...Object.fromEntries(
        Object.entries(env)
          .filter(([name, value]) => secretFiles.includes(name) && value)
          .map(([name, value]) => [name, resolve(root, value)]),
      ),
      ...(isPath(env.SIMULATOR_APPS) ? { SIMULATOR_APPS: resolve(root, env.SIMULATOR_APPS) } : {}),
      ...(simulated
        ? {
            SIMULATOR_PORT: simulatorPort,
            SIMULATOR_CALLBACK_HOST: env.SIMULATOR_CALLBACK_HOST || new URL(publicUrl).host,
            WECHAT_OPEN_URL: env.WECHAT_OPEN_URL || simulatorUrl,
            WECHAT_API_URL: env.WECHAT_API_URL || simulatorUrl,
          }
        : {}),
    },
  };
}

/** The address at which these scripts reach the server; one that listens on all addresses also listens on loopback. */
function reachableHost(setting) {
  const host = setting?.trim() || "127.0.0.1";
  return host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
}
