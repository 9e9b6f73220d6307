import type { NewPerson, PersonPatch } from "../stores/person.js";
import { asRecord, flag, readPresent, rejectUnknown, text, textUpTo } from "./validate.js";

/** In UTF-16 units, as a form's `maxlength` counts. How long WeChat lets a nickname be is not documented. */
export const MAX_NICKNAME_LENGTH = 1000;
/** In UTF-16 units: the URL length that browsers and servers generally accept. */
export const MAX_HEADIMGURL_LENGTH = 2000;

const PERSON_READERS: {
  readonly [Name in keyof PersonPatch]-?: (input: unknown, name: string) => Required<PersonPatch>[Name];
} = {
  nickname: textUpTo(MAX_NICKNAME_LENGTH),
  headimgurl: textUpTo(MAX_HEADIMGURL_LENGTH),
  unionid: flag,
  follows: flag,
  snapshot: flag,
  highRisk: flag,
};

/** Parses `PATCH /_simulator/people/:id`. @throws {TypeError} */
export function parsePersonPatch(input: unknown): PersonPatch {
  const fields = asRecord(input, "the body");
  rejectUnknown(fields, Object.keys(PERSON_READERS));
  return readPresent<Required<PersonPatch>>(fields, PERSON_READERS);
}

/** Parses `POST /_simulator/people`; an empty id counts as absent. @throws {TypeError} */
export function parseNewPerson(input: unknown): NewPerson {
  const { id, ...fields } = asRecord(input, "the body");
  const patch = parsePersonPatch(fields);
  return id === undefined || id === "" ? patch : { ...patch, id: text(id, "id") };
}
