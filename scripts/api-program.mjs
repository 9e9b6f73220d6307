import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "./package-json.mjs";
import { run } from "./run-command.mjs";
import { readSystem } from "./settings.mjs";

const api = join(root, "apps/api");

/**
 * Runs a program of the api beside the server, with the same settings and the arguments of this process.
 *
 * @param {string} name of its file in apps/api/src
 * @returns {Promise<number>} the exit code
 */
export async function runApiProgram(name) {
  const system = readSystem();
  if (!system) return 1;
  if (!existsSync(join(api, "node_modules"))) {
    console.error("The dependencies are not installed: run `npm start` once, then try again.");
    return 1;
  }
  const built = join(api, `dist/${name}.js`);
  const source = ["--conditions=dev-source", "--import", "tsx", join(api, `src/${name}.ts`)];
  // The system may run from its sources (`npm run dev`), without a build.
  const args = existsSync(built) ? [built] : source;
  // npm sets it, too: a path in the arguments counts from where the command was called.
  const env = { INIT_CWD: process.cwd(), ...system.env };
  return run(process.execPath, [...args, ...process.argv.slice(2)], { env, cwd: api });
}
