// `npm start`: installs, builds and starts everything; see README.
import { join } from "node:path";
import { printBanner } from "./banner.mjs";
import { root } from "./package-json.mjs";
import { install, pnpm } from "./pnpm.mjs";
import { readSystem } from "./settings.mjs";
import { answering, placesAreFree, startTogether } from "./system.mjs";

process.exitCode = await main();

async function main() {
  const system = readSystem();
  if (!system) return 1;
  // In a terminal the banner is what a newcomer should see; a kept log gets a line for each request.
  if (process.stdout.isTTY) system.env.LOG_LEVEL ||= "warn";
  if (!(await placesAreFree(system.places))) return 1;
  if (!(await install())) return 1;
  console.log("Building …");
  if ((await pnpm(["exec", "turbo", "run", "build", "--output-logs=errors-only"], { quiet: true })) !== 0) {
    console.error("\nThe build failed; what it said is above.");
    return 1;
  }

  const node = (file) => ({ command: process.execPath, args: [join(root, file)], env: system.env });
  const running = startTogether([
    ...(system.simulated ? [node("packages/wechat-simulator/dist/cli.js")] : []),
    node("apps/api/dist/main.js"),
  ]);
  const up = await answering(
    [...(system.simulated ? [system.simulatorUrl] : []), `${system.localUrl}/readyz`],
    running.isRunning,
  );
  if (up) {
    const file = join(root, "apps/api/dist/operator.js");
    await printBanner(system, { command: process.execPath, args: [file] });
  } else if (running.isRunning()) console.error("The service did not answer in time; what it said is above.");
  return running.ended;
}
