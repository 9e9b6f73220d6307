import { asRecord, flag, readPresent, refuseUnknown, text } from "./input.js";
import type { PersonPatch } from "./people.js";

const PERSON_READERS: {
  readonly [Name in keyof PersonPatch]-?: (input: unknown, name: string) => Required<PersonPatch>[Name];
} = { nickname: text, headimgurl: text, unionid: flag, follows: flag, snapshot: flag, highRisk: flag };

/** Reads `PATCH /_simulator/people/:id`. @throws {TypeError} that says in words what is wrong */
export function parsePersonPatch(input: unknown): PersonPatch {
  const fields = asRecord(input, "the body");
  refuseUnknown(fields, Object.keys(PERSON_READERS));
  return readPresent<Required<PersonPatch>>(fields, PERSON_READERS);
}

/** Reads `POST /_simulator/clock`: time goes forward only. @throws {TypeError} that says in words what is wrong */
export function parseAdvance(input: unknown): number {
  const { advanceSeconds } = asRecord(input, "the body");
  // Ten years: beyond that dates stop making sense.
  if (typeof advanceSeconds !== "number" || !(advanceSeconds >= 0 && advanceSeconds <= 315_360_000)) {
    throw new TypeError("advanceSeconds must be a number from 0 to 315360000");
  }
  return advanceSeconds;
}
