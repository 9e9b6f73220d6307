import { isIP } from "node:net";
import { listBindingsOf } from "../../db/console/people.js";
import { findSignInDetail, listEvents, listSignIns, type SignInFilter } from "../../db/console/sign-ins.js";
import type { SignInOutcome } from "../../db/schema.js";
import { cursorsOf, pageOf } from "../cursor.js";
import type { Deps } from "../deps.js";
import { displayProfile } from "../identity/display-profile.js";
import { currentUserId } from "../identity/merges.js";
import { isId } from "../ids.js";
import { parseIpAddress } from "../ip-address.js";
import { deviceOf } from "../sessions/sessions.js";
import { listFailuresPage } from "./failures.js";
import { type PageInput, withApp } from "./view.js";

export interface SignInQuery extends PageInput {
  q?: string | undefined;
  outcome?: SignInOutcome | "in_progress" | undefined;
  appId?: string | undefined;
  userId?: string | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
}

/** Every attempt to sign in with its outcome, newest first. */
export async function listSignInsPage(deps: Deps, { cursor, limit, ...query }: SignInQuery) {
  const cursors = cursorsOf(deps.keys, { list: "sign_ins", ...query });
  const { q, userId, ...filter } = query;
  const found = await listSignIns(
    deps.db,
    {
      ...filter,
      ...(await idsIn(deps, q?.trim())),
      userId: userId && (await currentUserId(deps, userId)),
    },
    { after: cursors.read(cursor), limit: limit + 1 },
  );
  const page = pageOf(found, limit, cursors, (row) => ({ at: row.createdAt, id: row.id }));
  return { ...page, items: page.items.map(({ returnTo: _, ...row }) => described(deps, row)) };
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
  const { browserUserId } = row;
  const [events, failures, bindings] = await Promise.all([
    deps.db.run(listEvents, { signInId: id }),
    listFailuresPage(deps, { q: id, limit: 50 }),
    browserUserId === null ? [] : listBindingsOf(deps.db, [browserUserId]),
  ]);
  const browserUser =
    browserUserId === null ? null : { userId: browserUserId, nickname: displayProfile(bindings).nickname };
  // The path shows where the person was going. The query may hold what only they should see.
  const returnTo = row.returnTo.split(/[?#]/, 1)[0] ?? "";
  return { ...described(deps, row), browserUser, returnTo, events, failures: failures.items };
}

function described<Row extends { appId: string; userAgent: string | null }>(
  deps: Deps,
  { userAgent, ...row }: Row,
) {
  return { ...withApp(deps, row), device: deviceOf(userAgent) };
}
