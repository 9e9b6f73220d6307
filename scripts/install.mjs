import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fingerprint, recordOf } from "./fingerprint.mjs";
import { isNodeNewEnough, pnpmPackage, root } from "./package-json.mjs";
import { pnpm } from "./pnpm.mjs";
import { run } from "./run-command.mjs";
import { listWorkspaces, readManifest } from "./workspaces.mjs";

const nodeMajor = Number.parseInt(process.versions.node, 10);

/**
 * Installs what the lockfile lists, unless that is already installed: pnpm itself needs up to 20 s to find out. When
 * the installation fails, it prints what to do.
 *
 * @param options.toRun without what only tests and benchmarks take: from Node 22 on no package's script runs then, so that nothing
 * is compiled, nor downloaded from anywhere but the registry
 * @returns whether everything is installed.
 */
export async function install({ toRun = false } = {}) {
  if (!isNodeNewEnough()) return false;
  const [whole, unscripted] = [recordOf(root, "install"), recordOf(root, "install-to-run")];
  const isUnscripted = toRun && nodeMajor >= 22;
  const before = currentInstallation();
  if (whole.matches(before) || (isUnscripted && unscripted.matches(before))) return true;
  const isPending = !isUnscripted && unscripted.exists();
  whole.remove();
  if (isUnscripted) unscripted.remove();
  console.log("Installing (the first time takes a minute or two) …");
  if (!(await installPackages({ isUnscripted, isPending })) || !(await ensureNativeModule())) {
    console.error(`\nThe installation failed. ${await compilerAdvice()}`);
    return false;
  }
  (isUnscripted ? unscripted : whole).write(currentInstallation());
  if (isPending) unscripted.remove();
  return true;
}

/** Scripts that an earlier installation left out run once it is followed by a whole one. */
async function installPackages({ isUnscripted, isPending }) {
  const options = [
    "--frozen-lockfile",
    "--reporter=append-only",
    ...(isUnscripted ? ["--ignore-scripts"] : []),
  ];
  if ((await pnpm(["install", ...options], { quiet: true })) !== 0) return false;
  return !isPending || (await pnpm(["--recursive", "rebuild", "--pending"], { quiet: true })) === 0;
}

/** What an installation depends on, and what is there now. A change of either makes pnpm run again. */
function currentInstallation() {
  const workspaces = [".", ...listWorkspaces(root)];
  const requested = [
    "pnpm-lock.yaml",
    "pnpm-workspace.yaml",
    ".npmrc",
    ...workspaces.map((folder) => `${folder}/package.json`),
  ];
  // A native module is compiled for one version of Node's binary interface.
  const platform = [process.versions.modules, process.platform, process.arch, pnpmPackage];
  // pnpm writes these two at the end of an installation.
  const installed = ["node_modules/.modules.yaml", "node_modules/.pnpm/lock.yaml"];
  return {
    requested: fingerprint(root, requested, platform),
    installed: fingerprint(root, installed, missingDependencies(workspaces)),
  };
}

function missingDependencies(workspaces) {
  return workspaces.flatMap((folder) => {
    const { dependencies = {}, devDependencies = {} } = readManifest(root, folder);
    return Object.keys({ ...dependencies, ...devDependencies })
      .map((name) => `${folder}/node_modules/${name}`)
      .filter((path) => !existsSync(join(root, path, "package.json")));
  });
}

/**
 * Opens the module that apps/api/src/db/better-sqlite3.ts takes. The binary of version 13 fits every Node; version 12 is
 * compiled for one, and pnpm reports "Already up to date" when only Node has changed: it is compiled again here.
 */
async function ensureNativeModule() {
  const api = join(root, "apps/api");
  const name = nodeMajor >= 22 ? "better-sqlite3-13" : "better-sqlite3";
  const open = ["--input-type=commonjs", "-e", `new (require("${name}"))(":memory:").close()`];
  const load = async (output) => (await run(process.execPath, open, { cwd: api, ...output })) === 0;
  if (await load({ silent: true })) return true;
  if (name === "better-sqlite3") {
    // Removed first, because it may share its files with pnpm's store.
    rmSync(join(api, "node_modules/better-sqlite3/build"), { recursive: true, force: true });
    if ((await pnpm(["--filter", "api", "rebuild", name], { quiet: true })) !== 0) return false;
  }
  return load({ quiet: true });
}

/**
 * On Node 20, better-sqlite3 12 downloads a binary for common platforms. Where it cannot, it is compiled, which needs a
 * C++ compiler, make and Python, and Node's headers, which node-gyp downloads from nodejs.org.
 */
async function compilerAdvice() {
  const withoutCompiler = "With Node 22 or newer nothing has to be compiled.";
  const missing = [];
  for (const [tool, name] of [
    ["python3", "Python 3"],
    ["make", "make"],
    ["c++", "a C++ compiler"],
  ]) {
    if ((await run(tool, ["--version"], { quiet: true })) === 127) missing.push(name);
  }
  if (process.platform !== "win32" && missing.length > 0) {
    return `Missing here: ${missing.join(", ")}. On Debian or Ubuntu: apt-get install build-essential python3. On macOS: xcode-select --install. ${withoutCompiler}`;
  }
  return `If better-sqlite3 was the cause: on Node 20 it needs its prebuilt binary from github.com or Node's headers from nodejs.org. Behind a firewall set npm_config_better_sqlite3_binary_host (a mirror) or npm_config_nodedir (where Node's headers are), see README. ${withoutCompiler}`;
}
