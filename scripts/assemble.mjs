// `npm run assemble -- <folder>`: makes a folder that holds the built server, what it needs to run, and nothing else, to
// be copied to another machine with the same Node. deploy/Dockerfile runs it too. The checkout stays as it is.
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { isNodeNewEnough, root } from "./package-json.mjs";
import { pnpm } from "./pnpm.mjs";

/** Workspaces that are built; the simulator alone is none of what runs. */
const workspaces = [
  "packages/wechat-oauth",
  "packages/wechat-simulator",
  "apps/api",
  "apps/login",
  "apps/admin",
];
const sources = ["package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml", ".npmrc", "tsconfig.base.json"];

/** The commands of package.json that need no sources. */
const commands = [
  "serve",
  "healthcheck",
  "operator",
  "groups",
  "audit",
  "doctor",
  "people",
  "openids",
  "host",
  "backup",
  "keys",
  "to-postgres",
];

/** What runs, beside the installed dependencies. */
const parts = [
  "package.json",
  "LICENSE",
  ...["dist", "migrations", "package.json"].map((name) => `apps/api/${name}`),
  ...["apps/login/dist", "apps/admin/dist"],
  ...["dist", "package.json"].map((name) => `packages/wechat-oauth/${name}`),
];

process.exitCode = await main(process.argv.slice(2));

async function main([folder, ...rest]) {
  if (folder === undefined || rest.length > 0) {
    console.error("Usage: npm run assemble -- <folder>");
    return 2;
  }
  if (!isNodeNewEnough()) return 1;
  // npm runs scripts at the root, and says where it was called.
  const target = resolve(process.env.INIT_CWD ?? process.cwd(), folder);
  if (existsSync(target) && readdirSync(target).length > 0) {
    console.error("The folder is not empty: name a new one.");
    return 1;
  }
  const work = mkdtempSync(join(tmpdir(), "assemble-"));
  try {
    copySources(work);
    console.log("Installing and building …");
    if (!(await build(work))) return 1;
    console.log("Installing what runs …");
    if (!(await installForProduction(work))) return 1;
    copyParts(work, target);
    console.log(`The server is in ${target}. Run it with its settings: node scripts/serve.mjs`);
    return 0;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function copySources(work) {
  const isSource = (path) => !/[\\/](node_modules|dist|coverage|\.turbo)$/.test(path);
  for (const name of [...sources, ...workspaces, "scripts", "LICENSE"]) {
    if (existsSync(join(root, name)))
      cpSync(join(root, name), join(work, name), { recursive: true, filter: isSource });
  }
}

/** No script of a package runs: what they compile or download is for tests. */
async function build(cwd) {
  const filters = workspaces.flatMap((folder) => ["--filter", `./${folder}`]);
  return (
    (await pnpm([...filters, "install", "--frozen-lockfile", "--ignore-scripts"], { cwd, quiet: true })) ===
      0 && (await pnpm([...filters, "run", "build"], { cwd, quiet: true })) === 0
  );
}

/**
 * Files are copied, because a link into pnpm's store cannot leave the machine. From Node 22 on, SQLite comes as a binary for
 * every platform; on Node 20 a script downloads or compiles it.
 */
async function installForProduction(cwd) {
  for (const folder of [".", ...workspaces])
    rmSync(join(cwd, folder, "node_modules"), { recursive: true, force: true });
  const needsScript = Number.parseInt(process.versions.node, 10) < 22;
  const options = ["--prod", "--frozen-lockfile", "--config.package-import-method=copy"];
  const scripts = needsScript ? [] : ["--ignore-scripts"];
  const install = ["--filter", "api", "install", ...options, ...scripts];
  return (await pnpm(install, { cwd, quiet: true })) === 0;
}

function copyParts(work, target) {
  const installed = ["node_modules", "apps/api/node_modules", "packages/wechat-oauth/node_modules"];
  for (const name of [...parts, ...installed, ...scriptsOf(commands)]) {
    if (existsSync(join(work, name)))
      cpSync(join(work, name), join(target, name), { recursive: true, verbatimSymlinks: true });
  }
  const { name, version, license, type, engines, packageManager, scripts } = JSON.parse(
    readFileSync(join(work, "package.json"), "utf8"),
  );
  const kept = Object.fromEntries(Object.entries(scripts).filter(([name]) => commands.includes(name)));
  const manifest = { name, version, private: true, license, type, engines, packageManager, scripts: kept };
  writeFileSync(join(target, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** The scripts of these commands, and every script that they import. */
function scriptsOf(names) {
  const found = new Set();
  const add = (url) => {
    if (found.has(url.href)) return;
    found.add(url.href);
    for (const [, path] of readFileSync(url, "utf8").matchAll(/ from "(\.[^"]+\.mjs)"/g))
      add(new URL(path, url));
  };
  for (const name of names) add(new URL(`${name}.mjs`, import.meta.url));
  return [...found].map((href) => `scripts/${fileURLToPath(href).split(/[\\/]/).at(-1)}`);
}
