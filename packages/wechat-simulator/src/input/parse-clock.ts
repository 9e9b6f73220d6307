import { asRecord } from "./validate.js";

/** Reads `POST /_simulator/clock`: time goes forward only. @throws {TypeError} that says in words what is wrong */
export function parseAdvance(input: unknown): number {
  const { advanceSeconds } = asRecord(input, "the body");
  // Ten years: beyond that dates stop making sense.
  if (typeof advanceSeconds !== "number" || !(advanceSeconds >= 0 && advanceSeconds <= 315_360_000)) {
    throw new TypeError("advanceSeconds must be a number from 0 to 315360000");
  }
  return advanceSeconds;
}
