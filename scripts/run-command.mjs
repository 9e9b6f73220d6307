import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "./package-json.mjs";
import { onStopSignal } from "./stop-signals.mjs";

const isWindows = process.platform === "win32";

/**
 * Runs a command in this terminal until it exits.
 *
 * @param options.quiet prints the command's output only if the command fails.
 * @param options.silent never prints the command's output.
 * @param options.wholeLines prints the command's output by whole lines, for commands that run beside each other.
 * @param options.untilStopped for a command that runs until it is stopped: a stop signal or a closed terminal stops
 * the command and every process that it started, and counts as success.
 * @returns the command's exit code; 127 if it could not be started.
 */
export function run(
  command,
  args,
  {
    env = process.env,
    cwd = root,
    quiet = false,
    silent = false,
    wholeLines = false,
    untilStopped = false,
  } = {},
) {
  return new Promise((resolve) => {
    const child = spawn(quoted(command), args.map(quoted), {
      cwd,
      env,
      stdio: ["ignore", ...stdioOf({ quiet, silent, wholeLines })],
      shell: isWindows,
      detached: untilStopped && !isWindows,
    });
    let isStopping = false;
    if (untilStopped) {
      const stop = () => {
        isStopping = true;
        void stopProcessGroup(child).then(() => resolve(0));
      };
      // A detached process group does not receive the SIGHUP of a closed terminal either.
      onStopSignal(stop, ["SIGINT", "SIGTERM", "SIGHUP"]);
    }
    const output = [];
    const keep = (chunk) => output.push(chunk);
    child.stdout?.on("data", wholeLines ? printWholeLines(child.stdout, process.stdout) : keep);
    child.stderr?.on("data", wholeLines ? printWholeLines(child.stderr, process.stderr) : keep);
    child.on("error", () => resolve(127));
    child.on("exit", async (code) => {
      if (wholeLines) await outputEnd(child);
      if (quiet && code !== 0) process.stdout.write(Buffer.concat(output));
      if (!isStopping) resolve(code ?? 1);
    });
  });
}

/** On Windows a shell splits what it is given at blanks. */
const quoted = (text) => (isWindows && text.includes(" ") ? `"${text}"` : text);

/** What a line lacks comes with a later chunk; one that nothing ends is ended here. */
function printWholeLines(from, to) {
  let rest = "";
  from.setEncoding("utf8").on("end", () => {
    if (rest !== "") to.write(`${rest}\n`);
  });
  return (chunk) => {
    const text = rest + chunk;
    const end = text.lastIndexOf("\n") + 1;
    rest = text.slice(end);
    to.write(text.slice(0, end));
  };
}

/** A process that the command left behind may hold its output open. It is not waited for. */
async function outputEnd(child) {
  await Promise.race([once(child, "close"), sleep(2_000, undefined, { ref: false })]);
  child.stdout.destroy();
  child.stderr.destroy();
}

function stdioOf({ quiet, silent, wholeLines }) {
  const each = silent ? "ignore" : quiet || wholeLines ? "pipe" : "inherit";
  return [each, each];
}

/** Runs a tool that the root package.json depends on. */
export const runTool = (name, args, options) =>
  run(join(root, "node_modules/.bin", isWindows ? `${name}.cmd` : name), args, options);

/**
 * npx, a shell and pnpm run between this process and turbo. Some of them do not pass a signal on, and exit before
 * turbo does. The command therefore has a process group of its own, and the whole group receives SIGINT, on which
 * each of them stops.
 */
async function stopProcessGroup(child) {
  const send = (signal) => {
    try {
      return isWindows ? child.kill(signal) : process.kill(-child.pid, signal);
    } catch {
      return false;
    }
  };
  send("SIGINT");
  const deadline = Date.now() + 15_000;
  while (send(0) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
  send("SIGKILL");
}
