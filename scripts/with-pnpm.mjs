// `npm run typecheck`: runs a command by pnpm, which npx fetches, after installing.
import { install } from "./install.mjs";
import { pnpm } from "./pnpm.mjs";

process.exitCode = (await install()) ? await pnpm(process.argv.slice(2)) : 1;
