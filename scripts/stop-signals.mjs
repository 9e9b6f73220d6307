const parent = process.ppid;
const startedByNpm = process.env.npm_lifecycle_event !== undefined;

/**
 * Calls `stop` once, on the first of these signals, and ignores the later ones: the terminal sends Ctrl-C to its
 * whole process group, and npm or a supervisor may send another. The default action on a second signal would end
 * this process before the processes that it started.
 */
export function onStopSignal(stop, signals = ["SIGINT", "SIGTERM"]) {
  let isStopping = false;
  const stopOnce = () => {
    if (isStopping) return;
    isStopping = true;
    stop();
  };
  for (const signal of signals) process.on(signal, stopOnce);
  onParentExit(stopOnce);
}

/**
 * npm runs a script through a shell. A shell that is stopped by a signal may exit without passing it on; the parent
 * process id then changes.
 */
export function onParentExit(callback) {
  if (startedByNpm) setInterval(() => process.ppid !== parent && callback(), 500).unref();
}
