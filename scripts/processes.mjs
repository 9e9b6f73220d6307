import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { root } from "./package-json.mjs";
import { onStopSignal } from "./stop-signals.mjs";

/** How long a process may take to stop after SIGTERM before it is killed. */
const stopTimeoutMs = 15_000;

/** Prints one line for each port that cannot be listened on, and what to do about it. */
export async function arePortsFree(listeners) {
  let areFree = true;
  for (const { host, port, setting, service } of listeners) {
    const code = await listenError(host, Number(port));
    if (code === undefined) continue;
    areFree = false;
    if (code === "EADDRINUSE") {
      console.error(
        `Port ${port} (${service}) is in use: stop the process that listens on it, or set ${setting} to another port.`,
      );
    } else if (code === "EACCES") {
      console.error(`Port ${port} (${service}) needs more permissions: set ${setting} to another port.`);
    } else {
      // The simulator listens on the loopback, which always exists, so the address comes from HOST.
      console.error(`HOST cannot be listened on (${code}): set it to an address of this machine.`);
    }
  }
  return areFree;
}

function listenError(host, port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", (error) => resolve(error.code));
    probe.listen(port, host, () => probe.close(() => resolve(undefined)));
  });
}

/**
 * Starts processes that stop together: when one exits, or this process receives a stop signal, all are stopped.
 *
 * @returns `exitCode`, settled when the last process has exited: 0 after a stop signal, otherwise the code of the
 * process that exited first, or 1 if that was 0.
 */
export function startProcesses(commands) {
  // A closed log pipe (`npm start | head`) must not end this process alone and leave the others running.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  const children = commands.map(({ command, args, env, cwd = root }) =>
    spawn(command, args, { cwd, env, stdio: ["ignore", "inherit", "inherit"] }),
  );
  let isStopping = false;
  const exitCode = new Promise((resolve) => {
    let running = children.length;
    let result = 0;
    const stop = () => {
      if (isStopping) return;
      isStopping = true;
      // Ctrl-C has reached them through the terminal's process group; they ignore a second signal.
      for (const child of children) child.kill("SIGTERM");
      setTimeout(() => {
        for (const child of children) child.kill("SIGKILL");
      }, stopTimeoutMs).unref();
    };
    for (const child of children) {
      const onExit = (code) => {
        if (!isStopping) result = code || 1;
        stop();
        running -= 1;
        if (running === 0) resolve(result);
      };
      child.once("error", () => onExit(1));
      child.once("exit", (code) => onExit(code ?? 0));
    }
    onStopSignal(stop);
  });
  return { exitCode, isRunning: () => !isStopping };
}

/**
 * Polls these URLs until each has answered with a 2xx status.
 *
 * @returns false if `isRunning` returns false or the time is over before that.
 */
export async function waitUntilHealthy(urls, isRunning, timeoutSeconds = 60) {
  const deadline = Date.now() + timeoutSeconds * 1000;
  for (const url of urls) {
    for (;;) {
      if (!isRunning() || Date.now() > deadline) return false;
      const response = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
      if (response?.ok) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  return isRunning();
}
