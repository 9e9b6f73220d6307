import { isIP } from "node:net";
import { findFailure } from "../../db/console/failures.js";
import { findUser } from "../../db/console/people.js";
import { findSignInDetail } from "../../db/console/sign-ins.js";
import { listUsersByExternalId } from "../../db/external-users.js";
import type { Deps } from "../deps.js";
import { type PageWithoutSignIn, readRequestNumber } from "../request-number.js";
import { explanationOf } from "./view.js";

export type Found =
  | { kind: "sign_in"; id: string }
  | { kind: "person"; userId: string }
  | { kind: "failure"; id: string }
  | { kind: "errcode"; errcode: string }
  | { kind: "failures"; q: string }
  | { kind: "sign_ins"; q: string }
  | { kind: "people"; q: string }
  /** A number that belongs to no stored sign-in: when it was made, and the page that it was on, if it says so. */
  | { kind: "request"; number: string; id: string; at: string; page: PageWithoutSignIn | null };

/**
 * Recognizes what was pasted: a request number, a user id, a rid, an errcode; anything else is searched in people. A
 * number that explains nothing as an errcode may be what a host application calls a person.
 */
export async function findAnything(deps: Deps, pasted: string): Promise<Found> {
  const text = pasted.trim();
  const number = readRequestNumber(text);
  if (number) {
    const { id, at, page } = number;
    if ((await deps.db.run(findSignInDetail, { id })).length > 0) return { kind: "sign_in", id };
    if ((await deps.db.run(findUser, { userId: id })).length > 0) return { kind: "person", userId: id };
    if ((await deps.db.run(findFailure, { id })).length > 0) return { kind: "failure", id };
    return { kind: "request", number: text.toUpperCase(), id, at: at.toISOString(), page };
  }
  if (isIP(text)) return { kind: "sign_ins", q: text };
  if (/^[0-9a-f]{8}(-[0-9a-f]{8}){2}$/i.test(text)) return { kind: "failures", q: text.toLowerCase() };
  const errcode = { kind: "errcode", errcode: text.toUpperCase() } as const;
  if (explanationOf(errcode.errcode)) return errcode;
  if (/^-?\d{1,8}$/.test(text)) {
    const [user, other] = await deps.db.run(listUsersByExternalId, { externalId: text });
    if (!user) return errcode;
    return other ? { kind: "people", q: text } : { kind: "person", userId: user.userId };
  }
  return { kind: "people", q: text };
}
