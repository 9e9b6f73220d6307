const parent = process.ppid;
const byNpm = process.env.npm_lifecycle_event !== undefined;

/**
 * Calls `stop` once, however many signals come and from whom: the terminal sends Ctrl-C to its whole process
 * group, npm and a supervisor may add their own, and an untaken second one would end us before those we started.
 */
export function onStop(stop, signals = ["SIGINT", "SIGTERM"]) {
  let stopping = false;
  const once = () => {
    if (stopping) return;
    stopping = true;
    stop();
  };
  for (const signal of signals) process.on(signal, once);
  // npm puts a shell between itself and us. Told to stop, that shell is gone without passing it on.
  if (byNpm) setInterval(() => process.ppid !== parent && once(), 500).unref();
}
