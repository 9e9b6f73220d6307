import { isIP } from "node:net";
import {
  countSignIns,
  findSignInDetail,
  listEvents,
  listSignIns,
  type SignInFilter,
} from "../../db/console/sign-ins.js";
import type { SignInOutcome } from "../../db/schema.js";
import { cursorsOf, pageOf } from "../cursor.js";
import type { Deps } from "../deps.js";
import { currentUserId } from "../identity/merges.js";
import { isId } from "../ids.js";
import { parseIpAddress } from "../ip-address.js";
import { deviceOf } from "../sessions/sessions.js";
import { listFailuresPage } from "./failures.js";
import { describePeople, type ShownPerson, usersByOpenid } from "./shown-people.js";
import { type PageInput, withApp } from "./view.js";

export interface SignInsFilter {
  q?: string | undefined;
  outcome?: SignInOutcome | "in_progress" | undefined;
  appId?: string | undefined;
  userId?: string | undefined;
  /** The id of a sign-in. What identifies the browser itself never leaves the server. */
  sameBrowserAs?: string | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
}

/** Every attempt to sign in with its outcome, newest first. */
export async function listSignInsPage(deps: Deps, { cursor, limit, ...query }: SignInsFilter & PageInput) {
  const cursors = cursorsOf(deps.keys, { list: "sign_ins", ...query });
  const filter = await filterOf(deps, query);
  const found = await listSignIns(deps.db, filter, { after: cursors.read(cursor), limit: limit + 1 });
  const page = pageOf(found, limit, cursors, (row) => ({ at: row.createdAt, id: row.id }));
  return { ...page, items: page.items.map(({ returnTo: _, ...row }) => described(deps, row)) };
}

export const countSignInLog = async (deps: Deps, query: SignInsFilter) =>
  countSignIns(deps.db, await filterOf(deps, query));

async function filterOf(deps: Deps, { q, userId, ...filter }: SignInsFilter): Promise<SignInFilter> {
  const known = userId && (await currentUserId(deps, userId));
  return { ...filter, ...(await idsIn(deps, q?.trim())), userId: known };
}

/** The same with the person of each: known to be theirs, or probably, by their browser. */
export async function listSignInLog(deps: Deps, query: SignInsFilter & PageInput) {
  const page = await listSignInsPage(deps, query);
  return { ...page, items: await withPeople(deps, page.items) };
}

interface OfPerson {
  appId: string;
  openid: string | null;
  userId: string | null;
  browserUserId: string | null;
}

/** A sign-in that ended before a session has an openid and no user; one without an openid has at most a guess. */
async function withPeople<Row extends OfPerson>(
  deps: Deps,
  rows: readonly Row[],
): Promise<(Row & { person: ShownPerson | null })[]> {
  const userOfOpenid = await usersByOpenid(
    deps,
    rows.filter(({ userId }) => userId === null),
  );
  const people = await describePeople(
    deps,
    rows.map((row) => {
      const known = row.userId ?? userOfOpenid(row);
      return { userId: known ?? row.browserUserId ?? undefined, isGuess: known === undefined };
    }),
  );
  return rows.map((row, index) => ({ ...row, person: people[index] ?? null }));
}

/** An address in any spelling, the id of a sign-in or of a user; any other text is an openid. */
async function idsIn(deps: Deps, text: string | undefined): Promise<SignInFilter> {
  if (!text) return {};
  if (isIP(text)) return { ip: String(parseIpAddress(text) ?? text) };
  if (!isId(text)) return { openid: text };
  const [signIn] = await deps.db.run(findSignInDetail, { id: text });
  return signIn ? { id: text } : { signedInUserId: await currentUserId(deps, text) };
}

/** One sign-in with its timeline and its failed calls to WeChat; undefined if there is none. */
export async function getSignIn(deps: Deps, id: string) {
  const [row] = await deps.db.run(findSignInDetail, { id });
  if (!row) return undefined;
  const [events, failures, [signIn = { ...row, person: null }]] = await Promise.all([
    deps.db.run(listEvents, { signInId: id }),
    listFailuresPage(deps, { q: id, limit: 50 }),
    withPeople(deps, [row]),
  ]);
  // The path shows where the person was going. The query may hold what only they should see.
  const returnTo = row.returnTo.split(/[?#]/, 1)[0] ?? "";
  return { ...described(deps, signIn), returnTo, events, failures: failures.items };
}

function described<Row extends { appId: string; userAgent: string | null }>(
  deps: Deps,
  { userAgent, ...row }: Row,
) {
  return { ...withApp(deps, row), device: deviceOf(userAgent) };
}
