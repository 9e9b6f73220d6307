import { spawn } from "node:child_process";
import { onStop } from "./on-stop.mjs";
import { isNodeNewEnough, pnpmPackage, root } from "./package-json.mjs";

const windows = process.platform === "win32";
const npx = windows ? "npx.cmd" : "npx";

/**
 * Runs a command to its end, in this terminal.
 *
 * @param options.stoppable for what runs until it is stopped: what would end us (Ctrl-C, SIGTERM, a closed
 * terminal) ends the command and all that it started, and counts as success.
 * @returns its exit code.
 */
export function run(command, args, { env = process.env, cwd = root, quiet = false, stoppable = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: quiet ? ["ignore", "pipe", "pipe"] : ["ignore", "inherit", "inherit"],
      shell: windows,
      detached: stoppable && !windows,
    });
    let stopping = false;
    if (stoppable) {
      const stop = () => {
        stopping = true;
        void stopGroup(child).then(() => resolve(0));
      };
      // A closed terminal does not reach another group either.
      onStop(stop, ["SIGINT", "SIGTERM", "SIGHUP"]);
    }
    // What a quiet command said is shown only when it fails.
    const said = [];
    child.stdout?.on("data", (chunk) => said.push(chunk));
    child.stderr?.on("data", (chunk) => said.push(chunk));
    child.on("error", () => resolve(127));
    child.on("exit", (code) => {
      if (quiet && code !== 0) process.stdout.write(Buffer.concat(said));
      if (!stopping) resolve(code ?? 1);
    });
  });
}

/**
 * npx, a shell and pnpm stand between us and turbo: not each of them passes a signal on, and they are gone before
 * it is. So the command has a process group of its own, which the terminal does not reach; all of it gets the one
 * signal that each of them knows how to end on, and is waited for.
 */
async function stopGroup(child) {
  const send = (signal) => {
    try {
      return windows ? child.kill(signal) : process.kill(-child.pid, signal);
    } catch {
      return false;
    }
  };
  send("SIGINT");
  const deadline = Date.now() + 15_000;
  while (send(0) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
  send("SIGKILL");
}

/** pnpm by npx, so that nothing has to be installed by hand; its PATH then holds pnpm for turbo, too. */
export const pnpm = (args, options) => run(npx, ["--yes", pnpmPackage, ...args], options);

/**
 * Installs what the lockfile says and says in one line what to do where it cannot.
 *
 * @returns whether everything is installed.
 */
export async function install() {
  if (!isNodeNewEnough()) return false;
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
  if (!windows && missing.length > 0) {
    return `Missing here: ${missing.join(", ")}. On Debian or Ubuntu: apt-get install build-essential python3. On macOS: xcode-select --install.`;
  }
  return "If better-sqlite3 was the cause: it needs its prebuilt binary from github.com or Node's headers from nodejs.org. Behind a firewall set npm_config_better_sqlite3_binary_host (a mirror) or npm_config_nodedir (where Node's headers are), see README.";
}
