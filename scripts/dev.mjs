// `npm run dev`: the same system from its sources, with reload and no build before it.

import { join } from "node:path";
import { printBanner } from "./banner.mjs";
import { root } from "./package-json.mjs";
import { install, pnpm, run } from "./pnpm.mjs";
import { readSystem } from "./settings.mjs";
import { answering, placesAreFree } from "./system.mjs";

process.exitCode = await main();

async function main() {
  const system = readSystem();
  if (!system) return 1;
  if (!(await placesAreFree(system.places))) return 1;
  if (!(await install())) return 1;
  if (!(await settingsAreGood(system))) return 1;

  let running = true;
  const turbo = ["exec", "turbo", "run", "dev", "--ui=stream"];
  const ended = pnpm(turbo, { env: system.env, stoppable: true }).finally(() => {
    running = false;
  });
  const up = await answering(
    [
      ...(system.simulated ? [system.simulatorUrl] : []),
      `${system.localUrl}/readyz`,
      `${system.localUrl}/admin/`,
    ],
    () => running,
    120,
  );
  if (up)
    await printBanner(system, { command: process.execPath, args: [join(root, "scripts/operator.mjs")] });
  else if (running) console.error("The service did not answer in time; what it said is above.");
  return ended;
}

/**
 * Reads the settings as the server will, and says what it says: under the reload it would only wait for another
 * version of its files.
 */
async function settingsAreGood({ env }) {
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
