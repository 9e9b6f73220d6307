// `npm run operator -- link`: a one-time link that makes an operator, or helps one who lost a password.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "./pnpm.mjs";
import { readDotEnv, systemSettings } from "./system.mjs";

readDotEnv();
const { env } = systemSettings();
const api = join(root, "apps/api");
const built = join(api, "dist/operator.js");
const source = ["--conditions=dev-source", "--import", "tsx", join(api, "src/operator.ts")];

if (!existsSync(join(api, "node_modules"))) {
  console.error("Nothing is installed yet: run `npm start` once, then try again.");
  process.exitCode = 1;
} else {
  // Beside `npm run dev` there may be no build, or an old one: the sources are what runs then.
  const args = existsSync(built) ? [built] : source;
  process.exitCode = await run(process.execPath, [...args, ...process.argv.slice(2)], { env, cwd: api });
}
