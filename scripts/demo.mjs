// `npm run demo`: sends a handful of simulated people with mixed luck through the running system's real
// sign-in, so that the console has something to show. Who they are is told in the simulator's story.
import { existsSync } from "node:fs";
import { join } from "node:path";
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
    console.error("WECHAT_APPS is set: the demo only ever talks to the simulated WeChat.");
    return 1;
  }
  const up = await fetch(`${system.localUrl}/healthz`).catch(() => undefined);
  if (!up?.ok) {
    console.error(`Nothing answers at ${system.localUrl}: run \`npm start\` in another terminal first.`);
    return 1;
  }
  // The running service may have been started with other settings than this terminal has.
  const leaving = await fetch(`${system.localUrl}/login/wechat`, {
    redirect: "manual",
    headers: { "user-agent": "MicroMessenger/8.0.49" },
  });
  const wechat = leaving.headers.get("location");
  if (!wechat?.startsWith(`${system.simulatorUrl}/`)) {
    console.error(
      `The service at ${system.localUrl} does not use the simulated WeChat at ${system.simulatorUrl}.`,
    );
    return 1;
  }
  // `npm run dev` builds nothing.
  const cli = existsSync(built) ? [built] : ["--import", "tsx", "src/cli.ts"];
  const told = await run(process.execPath, [...cli, "crowd", "--story", "--at", system.publicUrl], {
    cwd: simulator,
  });
  if (told === 0) console.log(`\nNow look at ${system.publicUrl}/admin/`);
  return told;
}
