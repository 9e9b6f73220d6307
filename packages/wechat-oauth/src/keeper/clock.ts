/** Time, as the keeper sees it: the real one, or a test's. */
export interface KeeperClock {
  /** Unix ms. */
  now(): number;
  /** Calls back once, in so many ms. @returns takes it back */
  after(ms: number, run: () => void): () => void;
}

export const systemClock: KeeperClock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

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
