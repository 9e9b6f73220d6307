// `npm run pack:packages`: packs the library and the simulator into tarballs in dist/, for projects outside this
// repository. pnpm applies `publishConfig` and replaces `workspace:` versions, as it does when it publishes.
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

/** For a shell, because the path may contain spaces. */
function quoted(path) {
  return /^[\w./:\\-]+$/.test(path) ? path : `"${path}"`;
}
