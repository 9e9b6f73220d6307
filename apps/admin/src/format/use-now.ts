import { useSyncExternalStore } from "react";

/**
 * The time in unix ms, rounded down to `stepMs`, again after each step. Every reader of one step shares a
 * timer, so a table of a hundred "5 minutes ago" wakes once.
 */
export function useNow(stepMs: number): number {
  const clock = clockForStep(stepMs);
  return useSyncExternalStore(clock.subscribe, clock.read);
}

interface Clock {
  read(): number;
  subscribe(tell: () => void): () => void;
}

const clocks = new Map<number, Clock>();

function clockForStep(stepMs: number): Clock {
  const known = clocks.get(stepMs);
  if (known) return known;
  const listeners = new Set<() => void>();
  let timer: ReturnType<typeof setInterval> | undefined;
  const clock: Clock = {
    read: () => Math.floor(Date.now() / stepMs) * stepMs,
    subscribe(tell) {
      listeners.add(tell);
      timer ??= setInterval(() => {
        for (const listener of listeners) listener();
      }, stepMs);
      return () => {
        listeners.delete(tell);
        if (listeners.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
  clocks.set(stepMs, clock);
  return clock;
}
