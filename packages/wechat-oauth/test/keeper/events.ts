import fc from "fast-check";

/** The number of processes; an event names one by its index. */
export const processCount = 3;
/** How long a caller waits for a token. */
export const waitMs = 20_000;

/** One event, `afterMs` after the previous one. */
export type ScheduledEvent = { readonly afterMs: number } & (
  | { readonly kind: "get" | "use"; readonly process: number; readonly callers: number }
  | { readonly kind: "refresh" | "crash"; readonly process: number }
  | { readonly kind: "freeze"; readonly process: number; readonly forMs: number }
  | { readonly kind: "jump"; readonly process: number; readonly byMs: number }
  | { readonly kind: "slow" | "fail"; readonly forMs: number }
  | { readonly kind: "revoke" | "break" | "empty" }
);

const process = fc.nat(processCount - 1);
const afterMs = fc.oneof(
  { weight: 6, arbitrary: fc.nat(300) },
  { weight: 3, arbitrary: fc.nat(15_000) },
  { weight: 1, arbitrary: fc.integer({ min: 6_800_000, max: 7_300_000 }) }, // around a token's expiry
);
const callers = fc.integer({ min: 1, max: 5 });
const calls = fc.record({ afterMs, kind: fc.constantFrom("get" as const, "use" as const), process, callers });
const crash = fc.record({ afterMs, kind: fc.constant("crash" as const), process });
const freeze = fc.record({
  afterMs,
  kind: fc.constant("freeze" as const),
  process,
  forMs: fc.nat(40_000),
});
const outage = fc.record({
  afterMs,
  kind: fc.constantFrom("slow" as const, "fail" as const),
  forMs: fc.nat(60_000),
});
const invalidation = fc.record({ afterMs, kind: fc.constantFrom("revoke" as const, "break" as const) });
const refresh = fc.record({ afterMs, kind: fc.constant("refresh" as const), process });

/** A wall clock that is set, by seconds or by hours, ahead or back. */
const byMs = fc.oneof(fc.integer({ min: -30_000, max: 30_000 }), fc.integer({ min: -7.2e6, max: 7.2e6 }));
const jump = fc.record({ afterMs, kind: fc.constant("jump" as const), process, byMs });
const empty = fc.record({ afterMs, kind: fc.constant("empty" as const) });

function eventsOf(...more: fc.MaybeWeightedArbitrary<ScheduledEvent>[]): fc.Arbitrary<ScheduledEvent[]> {
  return fc.array(
    fc.oneof(
      { weight: 10, arbitrary: calls },
      { weight: 2, arbitrary: crash },
      { weight: 2, arbitrary: freeze },
      { weight: 2, arbitrary: outage },
      { weight: 2, arbitrary: invalidation },
      { weight: 1, arbitrary: refresh },
      ...more,
    ),
    { maxLength: 40, size: "max" },
  );
}

/** Any events, in any order. */
export const anyEvents: fc.Arbitrary<ScheduledEvent[]> = eventsOf();

/** Frequent new tokens, so that a process which misses one is detected. */
const frequentNewTokens = [
  { weight: 5, arbitrary: refresh },
  { weight: 5, arbitrary: invalidation },
];

/** The same, with wall clocks that are set. */
export const withClockJumps: fc.Arbitrary<ScheduledEvent[]> = eventsOf(
  { weight: 5, arbitrary: jump },
  ...frequentNewTokens,
);

/** The same, with a store that loses its data. */
export const withLostStores: fc.Arbitrary<ScheduledEvent[]> = eventsOf(
  { weight: 2, arbitrary: empty },
  ...frequentNewTokens,
);

/**
 * Events that should fail no call. Revocations are spaced, because a call is repeated only once; and so are crashes,
 * because `waitMs` outlasts one lease of a crashed process, not two in a row.
 */
export const harmlessEvents: fc.Arbitrary<ScheduledEvent[]> = fc
  .array(
    fc.oneof(
      { weight: 10, arbitrary: calls },
      { weight: 2, arbitrary: crash },
      { weight: 1, arbitrary: refresh },
      { weight: 1, arbitrary: fc.constant<ScheduledEvent>({ afterMs: 60_000, kind: "revoke" }) },
    ),
    { maxLength: 40, size: "max" },
  )
  .map((events) => {
    let sinceCrashMs = Number.POSITIVE_INFINITY;
    return events.filter((event) => {
      sinceCrashMs += event.afterMs;
      if (event.kind !== "crash") return true;
      if (sinceCrashMs < waitMs) {
        sinceCrashMs -= event.afterMs; // a dropped event takes no time
        return false;
      }
      sinceCrashMs = 0;
      return true;
    });
  });
