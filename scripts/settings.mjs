import { join, resolve } from "node:path";
import { isNodeNewEnough, root } from "./package-json.mjs";

/**
 * Reads what is set, from `.env` beside package.json too; what the environment already says wins.
 *
 * @returns undefined after a line for each thing in the way, by the setting's name and never by its value. Only
 * what these scripts need themselves is looked at here: the server lists what else is wrong.
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

/** The system as it runs on one machine: our server, and the simulated WeChat unless real apps are set. */
function systemOf(env) {
  const port = env.PORT || "4000";
  const simulatorPort = env.SIMULATOR_PORT || "4010";
  const publicUrl = (env.PUBLIC_URL || `http://localhost:${port}`).replace(/\/$/, "");
  const simulated = !env.WECHAT_APPS;
  const simulatorUrl = `http://127.0.0.1:${simulatorPort}`;
  const host = reachableHost(env.HOST);
  // Paths are read from here, wherever the process that uses them is started.
  const dataDir = resolve(root, env.DATA_DIR || "data");
  return {
    publicUrl,
    simulated,
    simulatorUrl,
    dataDir,
    localUrl: `http://${host.includes(":") ? `[${host}]` : host}:${port}`,
    /** Where something of ours will listen. */
    places: [
      { host, port, setting: "PORT", what: "the login service" },
      ...(simulated
        ? [
            {
              host: "127.0.0.1",
              port: simulatorPort,
              setting: "SIMULATOR_PORT",
              what: "the simulated WeChat",
            },
          ]
        : []),
    ],
    env: {
      ...env,
      PORT: port,
      DATA_DIR: dataDir,
      PUBLIC_URL: publicUrl,
      ...(env.WECHAT_APPS && !env.WECHAT_APPS.trimStart().startsWith("[")
        ? { WECHAT_APPS: resolve(root, env.WECHAT_APPS) }
        : {}),
      ...(simulated
        ? {
            SIMULATOR_PORT: simulatorPort,
            SIMULATOR_CALLBACK_HOST: new URL(publicUrl).host,
            WECHAT_OPEN_URL: env.WECHAT_OPEN_URL || simulatorUrl,
            WECHAT_API_URL: env.WECHAT_API_URL || simulatorUrl,
          }
        : {}),
    },
  };
}

/** Where we reach a server that listens on HOST: one that listens everywhere is met on the loopback. */
function reachableHost(setting) {
  const host = setting?.trim() || "127.0.0.1";
  return host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
}
