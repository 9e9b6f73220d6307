import { asRecord } from "./validate.js";

/** Ten years per call; Clock limits the sum. */
export const MAX_ADVANCE_SECONDS = 315_360_000;

/** Parses `POST /_simulator/clock`; time moves forward only. @throws {TypeError} */
export function parseAdvance(input: unknown): number {
  const { advanceSeconds } = asRecord(input, "the body");
  if (typeof advanceSeconds !== "number" || !(advanceSeconds >= 0 && advanceSeconds <= MAX_ADVANCE_SECONDS)) {
    throw new TypeError(`advanceSeconds must be a number from 0 to ${MAX_ADVANCE_SECONDS}`);
  }
  return advanceSeconds;
}
