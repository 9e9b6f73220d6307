import { pnpmPackage } from "./package-json.mjs";
import { run } from "./run-command.mjs";

const npx = process.platform === "win32" ? "npx.cmd" : "npx";

/** Runs pnpm through npx, so that it needs no installation. turbo then finds pnpm on its PATH, too. */
export const pnpm = (args, options) => run(npx, ["--yes", pnpmPackage, ...args], options);
