// `npm run dev`: the same system as `npm start`, from its sources, without a build, and with reload after a change.
import { join } from "node:path";
import { printBanner } from "./banner.mjs";
import { install } from "./install.mjs";
import { root } from "./package-json.mjs";
import { pnpm } from "./pnpm.mjs";
import { arePortsFree, waitUntilHealthy } from "./processes.mjs";
import { run } from "./run-command.mjs";
import { readSystem } from "./settings.mjs";

process.exitCode = await main();

async function main() {
  const system = readSystem();
  if (!system) return 1;
  if (!(await arePortsFree(system.listeners))) return 1;
  if (!(await install())) return 1;
  if (!(await areSettingsValid(system))) return 1;

  let isRunning = true;
  const turbo = ["exec", "turbo", "run", "dev", "--ui=stream"];
  const exitCode = pnpm(turbo, { env: system.env, untilStopped: true }).finally(() => {
    isRunning = false;
  });
  const isHealthy = await waitUntilHealthy(
    [
      ...(system.simulated ? [system.simulatorUrl] : []),
      `${system.localUrl}/readyz`,
      `${system.localUrl}/admin/`,
    ],
    () => isRunning,
    120,
  );
  if (isHealthy)
    await printBanner(system, { command: process.execPath, args: [join(root, "scripts/operator.mjs")] });
  else if (isRunning) console.error("The service is not healthy after two minutes; its output is above.");
  return exitCode;
}

/**
 * Reads the settings as the server does, and prints the server's own list of problems. The reloading server would
 * print it too, and then wait for a change of its sources.
 */
async function areSettingsValid({ env }) {
  const source = [
    "--env-file=development.env",
    "--conditions=dev-source",
    "--import",
    "tsx",
    "src/operator.ts",
  ];
  const args = [...source, "link", "--if-first", "--dry-run"];
  return (await run(process.execPath, args, { env, cwd: join(root, "apps/api"), quiet: true })) === 0;
}
