import type { Outcome, Overview } from "../api/types.js";
import type { Series } from "./counts-chart.js";

type SignIns = Overview["totals"]["signIns"];

/** Failed by WeChat or by us, and not because a person changed their mind. */
const failures: readonly Outcome[] = ["failed"];
const successes: readonly Outcome[] = ["signed_in", "bound"];

const sumOf = (signIns: SignIns, wanted: (outcome: Outcome) => boolean): number =>
  Object.entries(signIns).reduce(
    (sum, [outcome, count]) => (wanted(outcome as Outcome) ? sum + count : sum),
    0,
  );

/** How many sign-ins ended in each of three ways. */
export function signInParts(signIns: SignIns): Record<Series, number> {
  return {
    signedIn: sumOf(signIns, (outcome) => successes.includes(outcome)),
    notFinished: sumOf(signIns, (outcome) => !successes.includes(outcome) && !failures.includes(outcome)),
    failed: sumOf(signIns, (outcome) => failures.includes(outcome)),
  };
}

/** How far sign-ins came: begun, back from WeChat, signed in. */
export function funnelOf(signIns: SignIns) {
  return {
    begun: sumOf(signIns, () => true),
    cameBack: sumOf(signIns, (outcome) => outcome !== "abandoned"),
    signedIn: sumOf(signIns, (outcome) => successes.includes(outcome)),
  };
}

/** A part of a whole, or null where there is no whole. */
export const shareOf = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
