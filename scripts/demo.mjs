// `npm run demo`: a week of a small site, then a few people who sign in to the running system now, some of them with faults
// on the way, so that each page of the console has something to show.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { runApiProgram } from "./api-program.mjs";
import { root } from "./package-json.mjs";
import { run } from "./run-command.mjs";
import { readSystem } from "./settings.mjs";

const simulator = join(root, "packages/wechat-simulator");
const built = join(simulator, "dist/cli.js");

const system = readSystem();
process.exitCode = await main();

async function main() {
  if (!system) return 1;
  if (!system.simulated) {
    console.error("WECHAT_APPS is set: the demo works with the simulated WeChat only.");
    return 1;
  }
  const health = await fetch(`${system.localUrl}/healthz`).catch(() => undefined);
  if (!health?.ok) {
    console.error(`No service answers at ${system.localUrl}: run \`npm start\` in another terminal first.`);
    return 1;
  }
  // The running service may have been started with other settings than those of this terminal.
  const redirect = await fetch(`${system.localUrl}/login/wechat`, {
    redirect: "manual",
    headers: { "user-agent": "MicroMessenger/8.0.49" },
  });
  const wechatUrl = redirect.headers.get("location");
  if (!wechatUrl?.startsWith(`${system.simulatorUrl}/`)) {
    console.error(
      `The service at ${system.localUrl} does not use the simulated WeChat at ${system.simulatorUrl}.`,
    );
    return 1;
  }
  const week = await runApiProgram("demo");
  if (week !== 0) return week;
  // The system may run from its sources (`npm run dev`), without a build.
  const cli = existsSync(built) ? [built] : ["--import", "tsx", "src/cli.ts"];
  const exitCode = await run(process.execPath, [...cli, "traffic", "--demo", "--at", system.publicUrl], {
    cwd: simulator,
  });
  if (exitCode === 0) console.log(`\nNow open ${system.publicUrl}/admin/`);
  return exitCode;
}
