// `npm run pack:packages`: packs the library and the simulator into tarballs in dist/, for projects outside this
// repository. pnpm applies `publishConfig` and replaces `workspace:` versions, as it does when it publishes. Each tarball is
// then checked as its users would find it: its entries by publint, its types by attw.
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { install } from "./install.mjs";
import { root } from "./package-json.mjs";
import { pnpm } from "./pnpm.mjs";
import { run } from "./run-command.mjs";

const folders = ["wechat-oauth", "wechat-simulator"].map((name) => join(root, "packages", name));
const bin = join(root, "packages/wechat-oauth/node_modules/.bin");
const destination = join(root, "dist");

process.exitCode = await main();

async function main() {
  if (!(await install())) return 1;
  const packages = folders.map((folder) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8")));
  const filters = packages.flatMap(({ name }) => ["--filter", name]);
  const build = ["exec", "turbo", "run", "build", ...filters, "--output-logs=errors-only"];
  if ((await pnpm(build, { quiet: true })) !== 0) return 1;
  mkdirSync(destination, { recursive: true });
  const tarballs = packages.map(({ name, version }) =>
    join(destination, `${fileNameOf(name)}-${version}.tgz`),
  );
  for (const [i, tarball] of tarballs.entries()) {
    const pack = ["pack", "--pack-destination", destination];
    if ((await pnpm(pack, { cwd: folders[i], quiet: true })) !== 0) return 1;
    if ((await run(join(bin, "publint"), [tarball, "--strict"], { quiet: true })) !== 0) return 1;
    if ((await run(join(bin, "attw"), [tarball, "--profile", "esm-only"], { quiet: true })) !== 0) return 1;
  }
  console.log(`\nPacked. In your project:\n\n  npm install ${tarballs.map(quoted).join(" ")}\n`);
  return 0;
}

/** As pnpm names a tarball: `@scope/name` becomes `scope-name`. */
function fileNameOf(name) {
  return name.replace(/^@/, "").replace("/", "-");
}

/** For a shell, because the path may contain spaces. */
function quoted(path) {
  return /^[\w./:\\-]+$/.test(path) ? path : `"${path}"`;
}
