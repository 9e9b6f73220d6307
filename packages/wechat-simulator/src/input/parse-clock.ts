import { asRecord } from "./validate.js";

/** Parses `POST /_simulator/clock`; time moves forward only. @throws {TypeError} */
export function parseAdvance(input: unknown): number {
  const { advanceSeconds } = asRecord(input, "the body");
  // Ten years per call; Clock limits the sum.
  if (typeof advanceSeconds !== "number" || !(advanceSeconds >= 0 && advanceSeconds <= 315_360_000)) {
    throw new TypeError("advanceSeconds must be a number from 0 to 315360000");
  }
  return advanceSeconds;
}
