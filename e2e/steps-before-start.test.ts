import { execFile } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";

// `npm start` installs and builds only what has changed. The scripts run here in a small workspace, where `npx` is a
// shell script that logs its arguments and does in a moment what pnpm would do.

const root = fileURLToPath(new URL("../", import.meta.url));

let workspace: string;
/** A workspace that has been started once. */
let started: string;

beforeAll(async () => {
  started = newWorkspace();
  expect(await runSteps()).toEqual(["install", "build"]);
});
afterAll(() => rmSync(started, { recursive: true, force: true }));

beforeEach(() => {
  newWorkspace();
});
afterEach(() => rmSync(workspace, { recursive: true, force: true }));

function newWorkspace(): string {
  workspace = mkdtempSync(join(tmpdir(), "steps-"));
  cpSync(join(root, "scripts"), join(workspace, "scripts"), { recursive: true });
  cpSync(join(root, "package.json"), join(workspace, "package.json"));
  editManifest("package.json", (manifest) => ({ ...manifest, devDependencies: { turbo: "1.0.0" } }));
  write("pnpm-workspace.yaml", "packages:\n  - packages/*\n  - apps/*\n  - e2e\n\ncatalog:\n  zod: 1.0.0\n");
  write("pnpm-lock.yaml", "lockfileVersion: '9.0'\n");
  const scripts = { build: "tsdown" };
  write("apps/api/package.json", JSON.stringify({ scripts, dependencies: { "better-sqlite3": "1.0.0" } }));
  write("apps/api/src/main.ts", "export {};\n");
  write("apps/api/test/main.test.ts", "export {};\n");
  write("packages/wechat-oauth/package.json", JSON.stringify({ scripts }));
  write("packages/wechat-oauth/src/index.ts", "export {};\n");
  write("e2e/package.json", JSON.stringify({ devDependencies: { "axe-core": "1.0.0" } }));
  write("bin/npx", fakeNpx);
  chmodSync(join(workspace, "bin/npx"), 0o755);
  return workspace;
}

/** The workspace after its first start. */
function startOnce(): void {
  cpSync(started, workspace, { recursive: true });
}

describe.runIf(process.platform !== "win32")("the steps before `npm start`", () => {
  it("install and build in a fresh clone, and do nothing the second time", async () => {
    expect(await runSteps()).toEqual(["install", "build"]);
    expect(await runSteps()).toEqual([]);
    expect(await runSteps()).toEqual([]);
  });

  it.each<[string, () => void]>([
    ["an edited lockfile", () => append("pnpm-lock.yaml")],
    ["an edited catalog", () => append("pnpm-workspace.yaml")],
    ["an edited package.json", () => editManifest("e2e/package.json", (all) => ({ ...all, private: true }))],
    ["a new workspace", () => write("packages/new/package.json", "{}")],
    ["a new .npmrc", () => write(".npmrc", "registry=https://registry.npmmirror.com\n")],
    ["a removed node_modules", () => remove("node_modules")],
    ["a workspace's removed node_modules", () => remove("apps/api/node_modules")],
    ["a removed dependency of the tests", () => remove("e2e/node_modules/axe-core")],
    ["another command of pnpm, which changes what is installed", () => append("node_modules/.modules.yaml")],
    ["an installation of another lockfile", () => append("node_modules/.pnpm/lock.yaml")],
  ])("install again after %s", async (_change, change) => {
    startOnce();
    change();
    expect(await runSteps()).toContain("install");
    expect(await runSteps()).toEqual([]);
  });

  it("install again after an installation that failed, although everything seems to be in place", async () => {
    expect(await runSteps({ FAIL_AFTER: "install" })).toEqual(["install", "failed"]);
    expect(await runSteps()).toEqual(["install", "build"]);
    expect(await runSteps()).toEqual([]);
  });

  it("install again after an installation that was interrupted", async () => {
    startOnce();
    append("pnpm-lock.yaml");
    expect(await runSteps({ KILL_PARENT_AFTER: "install" })).toEqual(["install", "failed"]);
    expect(await runSteps()).toContain("install");
  });

  it("compile better-sqlite3 12 again for another version of Node, which pnpm does not notice", async () => {
    expect(await runSteps(asNode("20.19.0", "115"))).toEqual(["install", "build"]);
    expect(await runSteps(asNode("21.7.3", "120"))).toEqual(["install", "rebuild"]);
    expect(await runSteps(asNode("21.7.3", "120"))).toEqual([]);
    expect(await runSteps(asNode("20.19.0", "115"))).toEqual(["install", "rebuild"]);
  });

  it("compile nothing on Node 22 or newer, where better-sqlite3 13 comes with a binary for all of them", async () => {
    const [node22, node24] = [asNode("22.0.0", "127"), asNode("24.19.0", "137")];
    expect(await runSteps({ ...node22, COMPILER: "missing" })).toEqual(["install", "build"]);
    expect(await runSteps({ ...node24, COMPILER: "missing" })).toEqual(["install"]);
  });

  it("run no script of a package on Node 22 or newer; what tests take is made when they ask for it, once", async () => {
    const node = asNode("24.19.0", "137");
    expect(await runSteps(node, { toRun: true })).toEqual(["install without scripts", "build"]);
    expect(await runSteps(node, { toRun: true })).toEqual([]);
    expect(await runSteps({ ...node, FAIL_AFTER: "rebuild" })).toEqual(["install", "rebuild", "failed"]);
    expect(await runSteps(node)).toEqual(["install", "rebuild"]);
    expect(await runSteps(node)).toEqual([]);
    expect(await runSteps(node, { toRun: true })).toEqual([]);
  });

  it("run the scripts of packages on Node 20, where the database is one of them", async () => {
    expect(await runSteps(asNode("20.19.0", "115"), { toRun: true })).toEqual(["install", "build"]);
  });

  it("fail on Node 20 without a compiler", async () => {
    expect(await runSteps({ ...asNode("20.19.0", "115"), COMPILER: "missing" })).toEqual([
      "install",
      "rebuild",
      "failed",
    ]);
  });

  it.each<[string, () => void]>([
    ["an edited source", () => append("apps/api/src/main.ts")],
    ["an edit that keeps size and time", () => replaceSameSize("apps/api/src/main.ts")],
    ["a new source", () => write("packages/wechat-oauth/src/new.ts", "export {};\n")],
    ["a removed source", () => remove("packages/wechat-oauth/src/index.ts")],
    ["an edited turbo.json", () => write("turbo.json", "{}\n")],
    ["a removed dist folder", () => remove("apps/api/dist")],
    ["a removed file of a dist folder", () => remove("apps/api/dist/main.js")],
    ["an edited file of a dist folder", () => append("apps/api/dist/main.js")],
  ])("build again, without installing, after %s", async (_change, change) => {
    startOnce();
    change();
    expect(await runSteps()).toEqual(["build"]);
    expect(await runSteps()).toEqual([]);
  });

  it("build again after a build that failed or was interrupted, although its files are written", async () => {
    startOnce();
    append("apps/api/src/main.ts");
    expect(await runSteps({ FAIL_AFTER: "build" })).toEqual(["build", "failed"]);
    expect(await runSteps({ KILL_PARENT_AFTER: "build" })).toEqual(["build", "failed"]);
    expect(await runSteps()).toEqual(["build"]);
    expect(await runSteps()).toEqual([]);
  });

  it("build again after a source that was edited during the build", async () => {
    expect(await runSteps({ EDIT_DURING_BUILD: "apps/api/src/main.ts" })).toEqual(["install", "build"]);
    expect(await runSteps()).toEqual(["build"]);
  });

  it("do nothing after an edited test or times that alone have changed", async () => {
    startOnce();
    append("apps/api/test/main.test.ts");
    utimesSync(join(workspace, "apps/api/src/main.ts"), 1, 1);
    utimesSync(join(workspace, "pnpm-lock.yaml"), 1, 1);
    expect(await runSteps()).toEqual([]);
  });
});

const fakeNpx = `#!/bin/sh
case "$*" in
  *" install "*--ignore-scripts*) step="install without scripts" ;;
  *" install "*) step=install ;;
  *" rebuild "*) step=rebuild ;;
  *" run build "*) step=build ;;
  *) step="$*" ;;
esac
echo "$step" >> "$NPX_LOG"
case $step in
  install*)
    api=apps/api/node_modules
    for dependency in node_modules/turbo e2e/node_modules/axe-core $api/better-sqlite3 $api/better-sqlite3-13; do
      mkdir -p $dependency && echo '{}' > $dependency/package.json
    done
    echo 'module.exports = class { close() {} };' > $api/better-sqlite3-13/index.js
    mkdir -p node_modules/.pnpm && cp pnpm-lock.yaml node_modules/.pnpm/lock.yaml
    echo 'layoutVersion: 5' > node_modules/.modules.yaml
    cd apps/api/node_modules/better-sqlite3
    [ -e build ] || [ "$COMPILER" = missing ] || { mkdir build && echo $ABI > build/abi; }
    cat > index.js <<'JS'
const abi = require("node:fs").readFileSync(__dirname + "/build/abi", "utf8").trim();
if (abi !== process.versions.modules) throw new Error("compiled for another version of Node");
module.exports = class { close() {} };
JS
    ;;
  rebuild)
    [ "$COMPILER" != missing ] || exit 1
    mkdir -p apps/api/node_modules/better-sqlite3/build && echo $ABI > apps/api/node_modules/better-sqlite3/build/abi ;;
  build)
    for folder in apps/api packages/wechat-oauth; do
      mkdir -p $folder/dist && cat $folder/src/*.ts > $folder/dist/main.js 2>/dev/null
    done
    [ -z "$EDIT_DURING_BUILD" ] || echo '// edited' >> "$EDIT_DURING_BUILD"
    ;;
esac
[ "$KILL_PARENT_AFTER" != "$step" ] || kill -9 $PPID
[ "$FAIL_AFTER" != "$step" ]
`;

/** The steps that ran: names of the commands that pnpm received, then "failed" unless all went well. */
async function runSteps(env: Record<string, string> = {}, options = {}): Promise<string[]> {
  const log = join(workspace, "npx.log");
  rmSync(log, { force: true });
  const script = (name: string) => JSON.stringify(pathToFileURL(join(workspace, "scripts", name)).href);
  const steps = `
    const { install } = await import(${script("install.mjs")});
    const { buildIfChanged } = await import(${script("build-workspaces.mjs")});
    process.exitCode = (await install(${JSON.stringify(options)})) && (await buildIfChanged()) ? 0 : 1;`;
  const path = `${join(workspace, "bin")}${delimiter}${dirname(process.execPath)}${delimiter}${process.env.PATH}`;
  const finished = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", steps], {
    cwd: workspace,
    env: { ...process.env, ABI: process.versions.modules, PATH: path, NPX_LOG: log, ...env },
  }).then(
    () => true,
    () => false,
  );
  const called = existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [];
  return finished ? called : [...called, "failed"];
}

/** Environment variables that make a process report this version of Node and of its ABI (`process.versions.modules`). */
function asNode(node: string, modules: string): Record<string, string> {
  const preload = `node-${node}.mjs`;
  const versions = `{ ...process.versions, node: "${node}", modules: "${modules}" }`;
  write(preload, `Object.defineProperty(process, "versions", { value: ${versions} });\n`);
  return { NODE_OPTIONS: `--import ${pathToFileURL(join(workspace, preload))}`, ABI: modules };
}

function write(path: string, content: string): void {
  mkdirSync(dirname(join(workspace, path)), { recursive: true });
  writeFileSync(join(workspace, path), content);
}

function append(path: string): void {
  writeFileSync(join(workspace, path), "\n", { flag: "a" });
}

function remove(path: string): void {
  rmSync(join(workspace, path), { recursive: true });
}

function replaceSameSize(path: string): void {
  const before = readFileSync(join(workspace, path), "utf8");
  write(path, before.replace(/[a-z]/, "X"));
  utimesSync(join(workspace, path), 1, 1);
}

function editManifest(path: string, edit: (manifest: object) => object): void {
  write(path, JSON.stringify(edit(JSON.parse(readFileSync(join(workspace, path), "utf8")))));
}
