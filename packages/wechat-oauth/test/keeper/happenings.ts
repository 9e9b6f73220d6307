import fc from "fast-check";

/** So many processes there are; a happening names one by its number. */
export const processCount = 3;
/** How long a caller waits for a token. */
export const waitMs = 20_000;

/** One thing that happens, so long after the one before. */
export type Happening = { readonly afterMs: number } & (
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
  { weight: 1, arbitrary: fc.integer({ min: 6_800_000, max: 7_300_000 }) }, // around a token's end
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
const trouble = fc.record({
  afterMs,
  kind: fc.constantFrom("slow" as const, "fail" as const),
  forMs: fc.nat(60_000),
});
const death = fc.record({ afterMs, kind: fc.constantFrom("revoke" as const, "break" as const) });
const refresh = fc.record({ afterMs, kind: fc.constant("refresh" as const), process });

/** A wall clock that is set, by seconds or by hours, ahead or back. */
const byMs = fc.oneof(fc.integer({ min: -30_000, max: 30_000 }), fc.integer({ min: -7.2e6, max: 7.2e6 }));
const jump = fc.record({ afterMs, kind: fc.constant("jump" as const), process, byMs });
const empty = fc.record({ afterMs, kind: fc.constant("empty" as const) });

function story(...more: fc.MaybeWeightedArbitrary<Happening>[]): fc.Arbitrary<Happening[]> {
  return fc.array(
    fc.oneof(
      { weight: 10, arbitrary: calls },
      { weight: 2, arbitrary: crash },
      { weight: 2, arbitrary: freeze },
      { weight: 2, arbitrary: trouble },
      { weight: 2, arbitrary: death },
      { weight: 1, arbitrary: refresh },
      ...more,
    ),
    { maxLength: 40, size: "max" },
  );
}

/** Anything, in any order. */
export const happenings: fc.Arbitrary<Happening[]> = story();

/** So many tokens come and go that a process which misses one is noticed. */
const news = [
  { weight: 5, arbitrary: refresh },
  { weight: 5, arbitrary: death },
];

/** The same, and clocks are set meanwhile. */
export const withClockJumps: fc.Arbitrary<Happening[]> = story({ weight: 5, arbitrary: jump }, ...news);

/** The same, and the store loses what it held. */
export const withLostStores: fc.Arbitrary<Happening[]> = story({ weight: 2, arbitrary: empty }, ...news);

/**
 * What nobody's call should fail of. Revocations keep a distance, as a call is repeated once only; and so do
 * crashes, as a caller's patience outlasts one lease that nobody ends, not two in a row.
 */
export const harmless: fc.Arbitrary<Happening[]> = fc
  .array(
    fc.oneof(
      { weight: 10, arbitrary: calls },
      { weight: 2, arbitrary: crash },
      { weight: 1, arbitrary: refresh },
      { weight: 1, arbitrary: fc.constant<Happening>({ afterMs: 60_000, kind: "revoke" }) },
    ),
    { maxLength: 40, size: "max" },
  )
  .map((story) => {
    let sinceCrashMs = Number.POSITIVE_INFINITY;
    return story.filter((happening) => {
      sinceCrashMs += happening.afterMs;
      if (happening.kind !== "crash") return true;
      if (sinceCrashMs < waitMs) {
        sinceCrashMs -= happening.afterMs; // what is left out takes no time
        return false;
      }
      sinceCrashMs = 0;
      return true;
    });
  });
