import { useSyncExternalStore } from "react";

/**
 * The time in unix ms, rounded down to `stepMs` and updated after each step. All components with the same step
 * share one timer, so a table of a hundred relative times updates once.
 */
export function useNow(stepMs: number): number {
  const clock = clockForStep(stepMs);
  return useSyncExternalStore(clock.subscribe, clock.read);
}

interface Clock {
  read(): number;
  subscribe(listener: () => void): () => void;
}

const clocks = new Map<number, Clock>();

function clockForStep(stepMs: number): Clock {
  const known = clocks.get(stepMs);
  if (known) return known;
  const listeners = new Set<() => void>();
  let timer: ReturnType<typeof setInterval> | undefined;
  const clock: Clock = {
    read: () => Math.floor(Date.now() / stepMs) * stepMs,
    subscribe(listener) {
      listeners.add(listener);
      timer ??= setInterval(() => {
        for (const notify of listeners) notify();
      }, stepMs);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
  clocks.set(stepMs, clock);
  return clock;
}
