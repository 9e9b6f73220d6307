import type { SettingsPatch } from "../stores/settings.js";
import { asRecord, flag, oneOf, readPresent, rejectUnknown, texts } from "./validate.js";

type Reader<Value> = (input: unknown, name: string) => Value;

const among =
  <Choice extends string | number | boolean>(...choices: Choice[]): Reader<Choice> =>
  (input, name) =>
    oneOf(input, name, choices);

const seconds =
  (most: number): Reader<number> =>
  (input, name) => {
    if (typeof input !== "number" || !(input >= 0 && input <= most)) {
      throw new TypeError(`${name} must be a number of seconds from 0 to ${most}`);
    }
    return input;
  };

/** One reader per switch; a switch without one does not compile. */
const READERS: { readonly [Name in keyof SettingsPatch]-?: Reader<Required<SettingsPatch>[Name]> } = {
  refusal: among("nothing", "state_only", "authdeny"),
  doubleCallback: among<boolean | "without_connect_redirect">(true, false, "without_connect_redirect"),
  sameCode: flag,
  fromMenu: flag,
  recentLogin: flag,
  emptyState: among("refused", "returned"),
  stateAlphabet: among("alphanumeric", "with_hyphen_and_underscore", "any"),
  parameterOrder: among("strict", "lenient_for_base"),
  errmsgTail: among("rid", "hints"),
  quotas: flag,
  expiredCode: among(40029, 42003),
  usedCode: among(40163, 40029),
  wrongSecretSpendsCode: flag,
  refreshKeepsAccessToken: flag,
  refreshSlides: flag,
  newAuthorizationEndsOld: flag,
  revokedErrcode: among(50001, 40001),
  snapshotFlag: flag,
  snapshotUserinfo: among("virtual", "48001"),
  nonFollowerUnionid: flag,
  batchgetUnknown: among("left_out", "refused"),
  qrPollSeconds: seconds(60),
  qrLifeSeconds: seconds(86_400),
  callbackHosts: texts,
};

/** Parses `PATCH /_simulator/settings`. @throws {TypeError} */
export function parseSettingsPatch(input: unknown): SettingsPatch {
  const fields = asRecord(input, "the body");
  rejectUnknown(fields, Object.keys(READERS));
  return readPresent<Required<SettingsPatch>>(fields, READERS);
}
