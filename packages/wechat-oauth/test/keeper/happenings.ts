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
  | { readonly kind: "slow" | "fail"; readonly forMs: number }
  | { readonly kind: "revoke" | "break" }
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

/** Anything, in any order. */
export const happenings: fc.Arbitrary<Happening[]> = fc.array(
  fc.oneof(
    { weight: 10, arbitrary: calls },
    { weight: 2, arbitrary: crash },
    { weight: 2, arbitrary: freeze },
    { weight: 2, arbitrary: trouble },
    { weight: 2, arbitrary: death },
    { weight: 1, arbitrary: refresh },
  ),
  { maxLength: 40 },
);

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
    { maxLength: 40 },
  )
  .map((story) => {
    let sinceCrashMs = Number.POSITIVE_INFINITY;
    return story.filter((happening) => {
      sinceCrashMs += happening.afterMs;
      if (happening.kind !== "crash") return true;
      if (sinceCrashMs < waitMs) return false;
      sinceCrashMs = 0;
      return true;
    });
  });
