// Runs pnpm by npx, so that it has to be on nobody's PATH: `npm run build`, `typecheck`.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "./package-json.mjs";
import { install, pnpm } from "./pnpm.mjs";

const isReady = existsSync(join(root, "node_modules")) || (await install());
process.exitCode = isReady ? await pnpm(process.argv.slice(2)) : 1;
