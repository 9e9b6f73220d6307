import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const { engines, packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** `pnpm@1.2.3`, without the hash that corepack may append. */
export const pnpmPackage = packageManager.split("+")[0];

/**
 * Prints one line when this version of Node is older than `engines.node` requires. Call it before anything that an
 * older Node lacks; the syntax and imports of these scripts work on Node 16, so that it can be reached there.
 */
export function isNodeNewEnough() {
  const wanted = engines.node.replace(">=", "");
  const [major, minor] = wanted.split(".").map(Number);
  const [ourMajor, ourMinor] = process.versions.node.split(".").map(Number);
  if (ourMajor > major || (ourMajor === major && ourMinor >= minor)) return true;
  console.error(`Node ${process.versions.node} is too old: install Node ${wanted} or newer, then try again.`);
  return false;
}
