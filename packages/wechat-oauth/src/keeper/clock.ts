/** The keeper's source of time: the system's, or a test's. */
export interface KeeperClock {
  /** Unix ms. */
  now(): number;
  /**
   * Ms since any moment, by a clock that cannot be set. The keeper measures the age of its token with it as well:
   * without it, a wall clock that is set back extends a token's use by that much.
   */
  monotonic?(): number;
  /** Calls `run` once, after `ms`. @returns a function that cancels it */
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
 * Counts whole ms from now on. Uses the clock that shows more: the wall clock may be set back, and the monotonic one
 * may stand still while a machine sleeps.
 */
export function stopwatch(clock: KeeperClock): () => number {
  const monotonic = () => clock.monotonic?.() ?? 0;
  const [wallMs, monotonicMs] = [clock.now(), monotonic()];
  return () => Math.floor(Math.max(clock.now() - wallMs, monotonic() - monotonicMs));
}

/** The promise's result, or, after `ms`, what `onTimeout` returns or throws. */
export async function withTimeout<T>(
  clock: KeeperClock,
  ms: number,
  promise: Promise<T>,
  onTimeout: () => T,
): Promise<T> {
  let stop = (): void => {};
  const timeUp = new Promise<void>((resolve) => {
    stop = clock.after(ms, resolve);
  });
  try {
    return await Promise.race([promise, timeUp.then(onTimeout)]);
  } finally {
    stop(); // a pending timer would keep the process alive
  }
}
