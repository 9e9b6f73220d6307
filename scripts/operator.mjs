// `npm run operator -- link`: prints a one-time link that creates an operator or sets a new password.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "./package-json.mjs";
import { run } from "./run-command.mjs";
import { readSystem } from "./settings.mjs";

const api = join(root, "apps/api");
const built = join(api, "dist/operator.js");
const source = ["--conditions=dev-source", "--import", "tsx", join(api, "src/operator.ts")];

process.exitCode = await main();

async function main() {
  const system = readSystem();
  if (!system) return 1;
  if (!existsSync(join(api, "node_modules"))) {
    console.error("The dependencies are not installed: run `npm start` once, then try again.");
    return 1;
  }
  // The system may run from its sources (`npm run dev`), without a build.
  const args = existsSync(built) ? [built] : source;
  return run(process.execPath, [...args, ...process.argv.slice(2)], { env: system.env, cwd: api });
}
