import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { onStop } from "./on-stop.mjs";
import { root } from "./package-json.mjs";

/** Says in one line for each of these places why nothing of ours can listen there. */
export async function placesAreFree(places) {
  let free = true;
  for (const { host, port, setting, what } of places) {
    const code = await listenProblem(host, Number(port));
    if (code === undefined) continue;
    free = false;
    const inUse = `Port ${port} (${what}) is in use: stop what listens there, or set ${setting} to another port.`;
    const refused = `Port ${port} (${what}) may not be listened on here: set ${setting} to another port.`;
    if (code === "EADDRINUSE") console.error(inUse);
    else if (code === "EACCES") console.error(refused);
    // The simulator's address is fixed and always there: it is ours that was set.
    else console.error(`HOST cannot be listened on (${code}): set it to an address of this machine.`);
  }
  return free;
}

function listenProblem(host, port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", (error) => resolve(error.code));
    probe.listen(port, host, () => probe.close(() => resolve(undefined)));
  });
}

/**
 * Starts processes that live and die together: when one ends, or Ctrl-C is pressed, all end.
 */
export function startTogether(commands) {
  const children = commands.map(({ command, args, env, cwd = root }) =>
    spawn(command, args, { cwd, env, stdio: ["ignore", "inherit", "inherit"] }),
  );
  let stopping = false;
  const ended = new Promise((resolve) => {
    let left = children.length;
    const stop = () => {
      if (stopping) return;
      stopping = true;
      // Ctrl-C reached them already, through the terminal's process group: they take a second signal for none.
      for (const child of children) child.kill("SIGTERM");
      // One that does not listen is not waited for.
      setTimeout(() => {
        for (const child of children) child.kill("SIGKILL");
      }, 15_000).unref();
    };
    let worst = 0;
    for (const child of children) {
      const gone = (code) => {
        if (!stopping) worst = code || 1;
        stop();
        left -= 1;
        if (left === 0) resolve(worst);
      };
      child.once("error", () => gone(1));
      child.once("exit", (code) => gone(code ?? 0));
    }
    onStop(stop);
  });
  return { ended, isRunning: () => !stopping };
}

/** Waits until all of these addresses answer 2xx, as long as `isRunning` says so. */
export async function answering(urls, isRunning, seconds = 60) {
  const deadline = Date.now() + seconds * 1000;
  for (const url of urls) {
    for (;;) {
      if (!isRunning() || Date.now() > deadline) return false;
      const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
      if (answer?.ok) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  return isRunning();
}
