// `npm run serve`: runs what `npm run build` built, for a deployment. It installs and builds nothing, and starts the
// server alone; a simulated WeChat only where ALLOW_SIMULATOR=yes asks for it.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./package-json.mjs";
import { startProcesses } from "./processes.mjs";
import { readSystem } from "./settings.mjs";
import { onParentExit } from "./stop-signals.mjs";

const server = join(root, "apps/api/dist/main.js");
const simulator = join(root, "packages/wechat-simulator/dist/cli.js");

await main();

async function main() {
  const system = readSystem();
  const problem = system && problemOf(system);
  if (problem) console.error(problem);
  if (!system || problem) {
    process.exitCode = 1;
  } else if (startsSimulator(system)) {
    const commands = [simulator, server].map((file) => ({
      command: process.execPath,
      args: [file],
      env: system.env,
    }));
    process.exitCode = await startProcesses(commands).exitCode;
  } else {
    // In this process, so that signals reach the server directly and its exit code is the command's.
    Object.assign(process.env, system.env);
    onParentExit(() => process.kill(process.pid, "SIGTERM"));
    await import(pathToFileURL(server).href);
  }
}

function problemOf({ simulated, ownWeChatUrls, env }) {
  if (!existsSync(server)) return "Nothing is built here: run `npm run build` first.";
  // In production the server refuses by itself, with every other problem in the same list.
  if (simulated && !ownWeChatUrls && env.ALLOW_SIMULATOR !== "yes" && env.NODE_ENV !== "production") {
    return 'WECHAT_APPS is not set: set it to your apps (README, "Going real"), or set ALLOW_SIMULATOR=yes to serve with the simulated WeChat, where anyone can sign in as anyone.';
  }
  return undefined;
}

function startsSimulator({ simulated, ownWeChatUrls, env }) {
  return simulated && !ownWeChatUrls && env.ALLOW_SIMULATOR === "yes";
}
