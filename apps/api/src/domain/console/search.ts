import { findFailure } from "../../db/console/failures.js";
import { findUser, findUsersByTail, listBindingsOf, listUsers } from "../../db/console/people.js";
import { findSignInDetail, findSignInsByTail, listSignIns } from "../../db/console/sign-ins.js";
import { listUsersByExternalId } from "../../db/external-users.js";
import type { SignInOutcome } from "../../db/schema.js";
import type { Deps } from "../deps.js";
import { displayProfile } from "../identity/display-profile.js";
import { currentUserId } from "../identity/merges.js";
import type { PageWithoutSignIn } from "../request-number.js";
import { type Pasted, readPasted } from "./read-pasted.js";
import { explanationOf } from "./view.js";

export type Hit =
  | { kind: "sign_in"; id: string }
  | { kind: "person"; userId: string }
  | { kind: "failure"; id: string }
  | { kind: "errcode"; errcode: string }
  | { kind: "failures"; q: string }
  | { kind: "sign_ins"; q: string }
  | { kind: "people"; q: string }
  /** A number that belongs to no stored sign-in: when it was made, and the page that it was on, if it says so. */
  | { kind: "request"; number: string; id: string; at: string; page: PageWithoutSignIn | null };

/** One of several things that a text may mean, with what tells it from the others. */
export type Choice =
  | { kind: "sign_in"; id: string; at: Date; outcome: SignInOutcome | null; appKey: string | null }
  | { kind: "person"; userId: string; nickname: string | null }
  | { kind: "errcode"; errcode: string; name: string; meaning: { zh: string; en: string } };

export type Found = Hit | { kind: "several"; q: string; choices: Choice[] };

/** How many sign-ins and users each are shown of which only the end of the number is known. */
const mostByTail = 10;

/**
 * Recognizes what was pasted, also inside other text: a request number, an id, a rid, an IP address, an openid or unionid, an
 * errcode, the end of a number; anything else is searched in nicknames. What is found once leads to its page.
 *
 * @param text without blanks around it
 */
export async function findAnything(deps: Deps, text: string): Promise<Found> {
  const found = readPasted(text);
  if (found.number) return findNumber(deps, found.number);
  if (found.rid !== undefined) return { kind: "failures", q: found.rid };
  const known = await findIdentity(deps, found.tokens.length > 0 ? found.tokens : [text]);
  if (known) return known;
  if (found.ip !== undefined) return { kind: "sign_ins", q: found.ip };
  const choices = await findCodes(deps, text, found.codes);
  if (found.tail !== undefined) choices.push(...(await findByTail(deps, found.tail)));
  const [only, ...others] = choices;
  if (only && others.length > 0) return { kind: "several", q: text, choices };
  if (only) return hitOf(only);
  // An errcode that the catalogue does not know yet.
  if (/^-?\d{1,8}$/.test(text)) return { kind: "errcode", errcode: text };
  return { kind: "people", q: text };
}

async function findNumber(deps: Deps, number: NonNullable<Pasted["number"]>): Promise<Hit> {
  const { id, at, page, text } = number;
  if ((await deps.db.run(findSignInDetail, { id })).length > 0) return { kind: "sign_in", id };
  if ((await deps.db.run(findUser, { userId: id })).length > 0) return { kind: "person", userId: id };
  if ((await deps.db.run(findFailure, { id })).length > 0) return { kind: "failure", id };
  return { kind: "request", number: text, id, at: at.toISOString(), page };
}

/** Whose openid, unionid or external id it is; or the sign-ins of an openid that belongs to no user, as of a snapshot. */
async function findIdentity(deps: Deps, texts: readonly string[]): Promise<Hit | undefined> {
  for (const text of texts) {
    // A host's number that is an errcode as well is one of several.
    if (/^-?\d{1,8}$/.test(text)) continue;
    const exactly = await currentUserId(deps, text);
    const { rows } = await listUsers(deps.db, { exactly }, { limit: 2 });
    const [user, other] = rows;
    if (user) return other ? { kind: "people", q: text } : { kind: "person", userId: user.userId };
    const signIns = await listSignIns(deps.db, { openid: text }, { limit: 1 });
    if (signIns.rows.length > 0) return { kind: "sign_ins", q: text };
  }
  return undefined;
}

/** Errcodes of the catalogue, and who has such a number as an external id. */
async function findCodes(deps: Deps, text: string, codes: readonly string[]): Promise<Choice[]> {
  const choices: Choice[] = [];
  for (const errcode of new Set([text.toUpperCase(), ...codes])) {
    const known = explanationOf(errcode);
    if (known) choices.push({ kind: "errcode", errcode, name: known.name, meaning: known.meaning });
  }
  if (/^-?\d{1,8}$/.test(text)) {
    const users = await deps.db.run(listUsersByExternalId, { externalId: text });
    choices.push(...(await peopleOf(deps, [...new Set(users.map(({ userId }) => userId))])));
  }
  return choices;
}

async function findByTail(deps: Deps, tail: string): Promise<Choice[]> {
  const [signIns, users] = await Promise.all([
    findSignInsByTail(deps.db, tail, mostByTail),
    findUsersByTail(deps.db, tail, mostByTail),
  ]);
  return [
    ...signIns.map(({ id, createdAt, outcome, appId }) => ({
      ...{ kind: "sign_in" as const, id, at: createdAt, outcome },
      appKey: deps.apps.keyOf(appId),
    })),
    ...(await peopleOf(
      deps,
      users.map(({ id }) => id),
    )),
  ];
}

async function peopleOf(deps: Deps, userIds: string[]): Promise<Choice[]> {
  const bindings = userIds.length === 0 ? [] : await listBindingsOf(deps.db, userIds);
  return userIds.map((userId) => {
    const own = bindings.filter((binding) => binding.userId === userId);
    return { kind: "person", userId, nickname: displayProfile(own).nickname };
  });
}

function hitOf(choice: Choice): Hit {
  switch (choice.kind) {
    case "sign_in":
      return { kind: "sign_in", id: choice.id };
    case "person":
      return { kind: "person", userId: choice.userId };
    case "errcode":
      return { kind: "errcode", errcode: choice.errcode };
  }
}
