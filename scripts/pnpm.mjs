import { spawn } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const pnpmVersion = "10.34.8";
const npx = process.platform === "win32" ? "npx.cmd" : "npx";

/**
 * Runs a command to its end, in this terminal.
 *
 * @returns its exit code.
 */
export function run(command, args, { env = process.env, cwd = root, quiet = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: quiet ? ["ignore", "pipe", "pipe"] : ["ignore", "inherit", "inherit"],
      shell: process.platform === "win32",
    });
    // What a quiet command said is shown only when it fails.
    const said = [];
    child.stdout?.on("data", (chunk) => said.push(chunk));
    child.stderr?.on("data", (chunk) => said.push(chunk));
    child.on("error", () => resolve(127));
    child.on("exit", (code) => {
      if (quiet && code !== 0) process.stdout.write(Buffer.concat(said));
      resolve(code ?? 1);
    });
  });
}

/** pnpm by npx, so that nothing has to be installed by hand; its PATH then holds pnpm for turbo, too. */
export const pnpm = (args, options) => run(npx, ["--yes", `pnpm@${pnpmVersion}`, ...args], options);

/**
 * Installs what the lockfile says and says in one line what to do where it cannot.
 *
 * @returns whether everything is installed.
 */
export async function install() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`Node ${process.versions.node} is too old: install Node 20.19 or newer, then try again.`);
    return false;
  }
  console.log("Installing (the first time takes a minute or two) …");
  const code = await pnpm(["install", "--frozen-lockfile", "--reporter=append-only"], { quiet: true });
  if (code !== 0) {
    console.error(`\nThe installation failed. ${await compilerAdvice()}`);
    return false;
  }
  return true;
}

/**
 * better-sqlite3 brings a built binary for common machines, and is compiled where that cannot be fetched.
 * That takes a C++ compiler, make and Python, and Node's headers, which node-gyp fetches from nodejs.org.
 */
async function compilerAdvice() {
  const missing = [];
  for (const [tool, name] of [
    ["python3", "Python 3"],
    ["make", "make"],
    ["c++", "a C++ compiler"],
  ]) {
    if ((await run(tool, ["--version"], { quiet: true })) === 127) missing.push(name);
  }
  if (process.platform !== "win32" && missing.length > 0) {
    return `Missing here: ${missing.join(", ")}. On Debian or Ubuntu: apt-get install build-essential python3. On macOS: xcode-select --install.`;
  }
  return "If better-sqlite3 was the cause: it needs its prebuilt binary from github.com or Node's headers from nodejs.org. Behind a firewall set npm_config_better_sqlite3_binary_host (a mirror) or npm_config_nodedir (where Node's headers are), see README.";
}
