// `npm start`: installs and builds what has changed, and starts everything; see README.
import { join } from "node:path";
import { printBanner } from "./banner.mjs";
import { buildIfChanged } from "./build-workspaces.mjs";
import { install } from "./install.mjs";
import { root } from "./package-json.mjs";
import { arePortsFree, startProcesses, waitUntilHealthy } from "./processes.mjs";
import { readSystem } from "./settings.mjs";

process.exitCode = await main();

async function main() {
  const system = readSystem();
  if (!system) return 1;
  // In a terminal the banner should stay visible; a log that is kept gets a line for each request.
  if (process.stdout.isTTY) system.env.LOG_LEVEL ||= "warn";
  if (!(await arePortsFree(system.listeners))) return 1;
  if (!(await install({ toRun: true }))) return 1;
  if (!(await buildIfChanged())) {
    console.error("\nThe build failed; its output is above.");
    return 1;
  }

  const node = (file) => ({ command: process.execPath, args: [join(root, file)], env: system.env });
  const running = startProcesses([
    ...(system.simulated ? [node("packages/wechat-simulator/dist/cli.js")] : []),
    node("apps/api/dist/main.js"),
  ]);
  const isHealthy = await waitUntilHealthy(
    [...(system.simulated ? [system.simulatorUrl] : []), `${system.localUrl}/readyz`],
    running.isRunning,
  );
  if (isHealthy) {
    const file = join(root, "apps/api/dist/operator.js");
    await printBanner(system, { command: process.execPath, args: [file] });
  } else if (running.isRunning()) {
    console.error("The service is not healthy after a minute; its output is above.");
  }
  return running.exitCode;
}
