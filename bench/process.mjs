// Both ends of a child process whose functions the parent calls, one after the other.
import { fork } from "node:child_process";

/**
 * Starts a script that uses {@link handleCalls}.
 *
 * @param options.stdout `ignore` drops what it writes there.
 * @returns `call(name, argument)` calls one of its functions; `stop()` kills it.
 */
export async function startProcess(script, { stdout = "inherit" } = {}) {
  const child = fork(script, { stdio: ["ignore", stdout, "inherit", "ipc"] });
  const waiting = [];
  child.on("message", ({ value, error }) => {
    const { resolve, reject } = waiting.shift();
    if (error === undefined) resolve(value);
    else reject(new Error(error));
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  void ended.then((code) => {
    for (const { reject } of waiting) reject(new Error(`a process ended with ${code}`));
  });
  return {
    call: (name, argument) =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        child.send({ name, argument });
      }),
    async stop() {
      child.kill("SIGKILL"); // it has nothing to save
      await ended;
    },
  };
}

/** Lets the parent call these functions. The parent stops at an error, so its text is enough. */
export function handleCalls(functions) {
  let last = Promise.resolve();
  process.on("message", ({ name, argument }) => {
    last = last.then(async () => {
      try {
        process.send({ value: await functions[name](argument) });
      } catch (error) {
        process.send({ error: `${name}: ${error?.stack ?? error}` });
      }
    });
  });
  process.on("disconnect", () => process.exit(0)); // the parent has exited
}
