// `npm run release -- --dry-run` makes the next release of the two packages in a copy of the last commit, and leaves in
// dist/ what would be published: tarballs, changelogs, and an SBOM of each. `npm run release` does the same here, commits,
// tags, and publishes to npm. It may be called again after a failure: what is published already is left out.
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { install } from "./install.mjs";
import { root } from "./package-json.mjs";
import { pnpm } from "./pnpm.mjs";
import { run } from "./run-command.mjs";

const names = ["wechat-oauth", "wechat-simulator"];

process.exitCode = await main(process.argv.slice(2));

async function main([option, ...rest]) {
  if (rest.length > 0 || ![undefined, "--dry-run", "--prepare"].includes(option)) {
    console.error("Usage: npm run release [-- --dry-run]");
    return 2;
  }
  if (option === "--prepare") return prepare();
  return option === "--dry-run" ? dryRun() : release();
}

/** In a copy, because new versions and changelogs are written into the checkout. */
async function dryRun() {
  const folder = mkdtempSync(join(tmpdir(), "release-"));
  const copy = join(folder, "copy");
  try {
    if ((await run("git", ["clone", "--quiet", root, copy])) !== 0) return 1;
    const script = join(copy, "scripts/release.mjs");
    if ((await run(process.execPath, [script, "--prepare"], { cwd: copy })) !== 0) return 1;
    cpSync(join(copy, "dist"), join(root, "dist"), { recursive: true });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(
    "\nNothing is published, and nothing but dist/ is changed: it has what a release would publish.",
  );
  return 0;
}

async function release() {
  if (output("git", ["status", "--porcelain"]) !== "") {
    console.error("There are changes that are not committed: a release is made of commits.");
    return 1;
  }
  const code = await prepare();
  if (code !== 0) return code;
  if (output("git", ["status", "--porcelain"]) !== "") {
    if ((await run("git", ["add", "--all"])) !== 0) return 1;
    if ((await run("git", ["commit", "--quiet", "--message", "build: release"])) !== 0) return 1;
  }
  if ((await pnpm(["exec", "changeset", "publish"])) !== 0) return 1;
  console.log("\nPublished. Now: git push --follow-tags");
  return 0;
}

/** New versions and changelogs of what has changesets, then tarballs, each with the list of what it installs. */
async function prepare() {
  if (!(await install())) return 1;
  if ((await pnpm(["exec", "changeset", "version"])) !== 0) return 1;
  if ((await run(process.execPath, [join(root, "scripts/pack.mjs")])) !== 0) return 1;
  for (const name of names) {
    const folder = join(root, "packages", name);
    const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const changelog = join(folder, "CHANGELOG.md");
    if (existsSync(changelog)) copyFileSync(changelog, join(root, "dist", `${name}-${version}.CHANGELOG.md`));
    const sbom = sbomOf(folder);
    if (sbom === undefined) return 1;
    writeFileSync(join(root, "dist", `${name}-${version}.cdx.json`), sbom);
    console.log(`${name} ${version}`);
  }
  return 0;
}

/** What npm installs with a package, as CycloneDX. */
function sbomOf(folder) {
  const { devDependencies: _, scripts: __, ...manifest } = packed(folder);
  const temporary = mkdtempSync(join(tmpdir(), "sbom-"));
  const installed = join(temporary, basename(folder)); // npm names the package after its folder
  try {
    mkdirSync(installed);
    writeFileSync(join(installed, "package.json"), JSON.stringify(manifest));
    const resolve = ["install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"];
    if (output("npm", resolve, installed) === undefined) return undefined;
    return output("npm", ["sbom", "--package-lock-only", "--sbom-format", "cyclonedx"], installed);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** The manifest as it was packed: with versions where the sources have `workspace:` and `catalog:`. */
function packed(folder) {
  const { name, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const tarball = join(root, "dist", `${name.replace(/^@/, "").replace("/", "-")}-${version}.tgz`);
  return JSON.parse(
    output("tar", ["--extract", "--gzip", "--to-stdout", "--file", tarball, "package/package.json"]),
  );
}

/** What a command prints; undefined, and its errors on the terminal, if it fails. */
function output(command, args, cwd = root) {
  const { status, stdout } = spawnSync(command, args, {
    ...{ cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
    shell: process.platform === "win32",
  });
  return status === 0 ? stdout : undefined;
}
