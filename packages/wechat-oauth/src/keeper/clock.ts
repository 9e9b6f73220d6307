/** Time, as the keeper sees it: the real one, or a test's. */
export interface KeeperClock {
  /** Unix ms. */
  now(): number;
  /**
   * Ms since any moment, by a clock that nobody sets: how old what this process knows is, is measured by it as
   * well. Without it a wall clock that is set back lets a token live on for as long as it went back.
   */
  monotonic?(): number;
  /** Calls back once, in so many ms. @returns takes it back */
  after(ms: number, run: () => void): () => void;
}

export const systemClock: KeeperClock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/**
 * How many whole ms have passed since now. Of two clocks the one that says more is believed: the wall clock may be set
 * back, and the monotonic one may stand still while a machine sleeps.
 */
export function stopwatch(clock: KeeperClock): () => number {
  const monotonic = () => clock.monotonic?.() ?? 0;
  const [wallMs, monotonicMs] = [clock.now(), monotonic()];
  return () => Math.floor(Math.max(clock.now() - wallMs, monotonic() - monotonicMs));
}

/** What the promise brings, unless that takes longer: then what `late` returns or throws. */
export async function within<T>(
  clock: KeeperClock,
  ms: number,
  promise: Promise<T>,
  late: () => T,
): Promise<T> {
  let stop = (): void => {};
  const timeUp = new Promise<void>((resolve) => {
    stop = clock.after(ms, resolve);
  });
  try {
    return await Promise.race([promise, timeUp.then(late)]);
  } finally {
    stop(); // a timer that is left keeps a process from ending
  }
}
