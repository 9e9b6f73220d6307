// Runs pnpm by npx, so that it has to be on nobody's PATH: `npm run build`, `typecheck`.
import { pnpm } from "./pnpm.mjs";

process.exitCode = await pnpm(process.argv.slice(2));
