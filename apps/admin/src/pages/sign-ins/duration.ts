import type { SignInRow } from "../../api/types.js";

/**
 * From the first click to the outcome, including the time that the person took to decide. Null for one that is under way, and
 * for one that was abandoned, which is found after a fixed time.
 */
export const durationMsOf = ({
  createdAt,
  outcomeAt,
  outcome,
}: Pick<SignInRow, "createdAt" | "outcomeAt" | "outcome">): number | null =>
  outcomeAt === null || outcome === "abandoned" ? null : Date.parse(outcomeAt) - Date.parse(createdAt);
