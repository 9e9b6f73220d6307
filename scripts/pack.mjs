// `npm run pack:packages`: the library and the simulator as tarballs in dist/, for projects outside this repository.
// pnpm puts `publishConfig` in place and writes true versions, so what is packed is what a registry would give.
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { install } from "./install.mjs";
import { root } from "./package-json.mjs";
import { pnpm } from "./pnpm.mjs";

const packages = ["wechat-oauth", "wechat-simulator"];
const destination = join(root, "dist");

process.exitCode = await main();

async function main() {
  if (!(await install())) return 1;
  const filters = packages.flatMap((name) => ["--filter", name]);
  const build = ["exec", "turbo", "run", "build", ...filters, "--output-logs=errors-only"];
  if ((await pnpm(build, { quiet: true })) !== 0) return 1;
  mkdirSync(destination, { recursive: true });
  const tarballs = [];
  for (const name of packages) {
    const folder = join(root, "packages", name);
    const pack = ["pack", "--pack-destination", destination];
    if ((await pnpm(pack, { cwd: folder, quiet: true })) !== 0) return 1;
    const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    tarballs.push(join(destination, `${name}-${version}.tgz`));
  }
  console.log(`\nPacked. In your project:\n\n  npm install ${tarballs.map(quoted).join(" ")}\n`);
  return 0;
}

/** A folder's name may hold blanks. */
function quoted(path) {
  return /^[\w./:\\-]+$/.test(path) ? path : `"${path}"`;
}
