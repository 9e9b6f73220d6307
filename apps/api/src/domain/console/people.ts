import { createHash } from "node:crypto";
import { findAvatarOfBinding } from "../../db/bindings.js";
import { listMergesInto } from "../../db/console/conflicts.js";
import { countUsers, findUser, listBindingsOf, listConflictsOf, listUsers } from "../../db/console/people.js";
import { listExternalIdsOfUser } from "../../db/external-users.js";
import type { UserStatus } from "../../db/schema.js";
import { cursorsOf, pageOf } from "../cursor.js";
import type { Deps } from "../deps.js";
import { shownAvatar } from "../identity/avatars.js";
import { displayProfile } from "../identity/display-profile.js";
import { canUndo, currentUserId } from "../identity/merges.js";
import type { OperatorRole } from "../operators/roles.js";
import { listSessions } from "../sessions/sessions.js";
import { listBrowserFailures, listFailuresOf } from "./failures.js";
import { mayMatchParts } from "./masking.js";
import { nicknameSearch } from "./nickname-search.js";
import { listSignInsPage } from "./sign-ins.js";
import type { PageInput } from "./view.js";

export interface PeopleQuery {
  q?: string | undefined;
  appId?: string | undefined;
  unionid?: "yes" | "no" | undefined;
  status?: UserStatus | undefined;
}

/** All users, newest first, each with their bindings. */
export async function listPeople(
  deps: Deps,
  role: OperatorRole,
  { cursor, limit, ...query }: PeopleQuery & PageInput,
) {
  const matchesParts = mayMatchParts(role);
  const cursors = cursorsOf(deps.keys, { list: "people", matchesParts, ...query });
  const { exact, byNickname } = await filtersOf(deps, query, matchesParts);
  const asked = { after: cursors.read(cursor), limit: limit + 1 };
  const exactly = exact && (await listUsers(deps.db, exact, asked));
  const found = exactly?.rows.length ? exactly : await listUsers(deps.db, await byNickname(), asked);
  const page = pageOf(found, limit, cursors, (row) => ({ at: row.createdAt, id: row.userId }));
  return { ...page, items: await withBindings(deps, page.items) };
}

/** How many users the list has. */
export async function countPeople(deps: Deps, role: OperatorRole, query: PeopleQuery) {
  const { exact, byNickname } = await filtersOf(deps, query, mayMatchParts(role));
  const exactly = exact && (await countUsers(deps.db, exact));
  return exactly?.count ? exactly : countUsers(deps.db, await byNickname());
}

/** An exact id first; a nickname only if no user has it. */
async function filtersOf(deps: Deps, { q, unionid, ...query }: PeopleQuery, matchesParts: boolean) {
  const text = q && (await currentUserId(deps, q.trim()));
  const filter = { ...query, hasUnionid: unionid && unionid === "yes" };
  return {
    exact: text ? { ...filter, exactly: text } : undefined,
    byNickname: async () => ({
      ...filter,
      nickname: text ? await nicknameSearch(deps, text, matchesParts) : undefined,
    }),
  };
}

/**
 * One person with everything that answers "why can't this person sign in?"; undefined if there is none. The id of a user who
 * was merged gives the person that they became.
 */
export async function getPerson(deps: Deps, askedId: string) {
  const userId = await currentUserId(deps, askedId);
  const [user] = await deps.db.run(findUser, { userId });
  if (!user) return undefined;
  const [[person], externalIds, sessions, signIns, conflicts, merges, browserFailures] = await Promise.all([
    withBindings(deps, [user]),
    deps.db.run(listExternalIdsOfUser, { userId }),
    listSessions(deps, userId),
    listSignInsPage(deps, { userId, limit: 20 }),
    deps.db.run(listConflictsOf, { userId }),
    deps.db.run(listMergesInto, { userId }),
    listBrowserFailures(deps, userId),
  ]);
  if (!person) return undefined;
  const failures = await Promise.all(
    person.bindings.map(({ openid, appId }) => listFailuresOf(deps, { openid, appId }, 20)),
  );
  return {
    ...person,
    /** The id that was asked for, if it is that of a user who was merged into this one. */
    mergedFrom: askedId === userId ? null : askedId,
    externalIds,
    sessions,
    signIns: signIns.items,
    failures: failures
      .flat()
      .sort((a, b) => b.at.getTime() - a.at.getTime())
      .slice(0, 20),
    browserFailures,
    merges: merges.map((merge) => ({ ...merge, canUndo: canUndo(deps, merge) })),
    conflicts,
  };
}

/** Where the console gets a picture: from this server, at another address once the picture is another one. */
function avatarAddress(
  deps: Deps,
  { id, avatarUrl }: { id: string; avatarUrl: string | null },
): string | null {
  const shown = shownAvatar(deps.settings, avatarUrl);
  return shown && `/admin/avatars/${id}?v=${createHash("sha256").update(shown).digest("hex").slice(0, 8)}`;
}

/** The address at which WeChat has it, as it is stored. */
export async function avatarOfBinding(deps: Deps, id: string): Promise<string | null> {
  const [row] = await deps.db.run(findAvatarOfBinding, { id });
  return row?.avatarUrl ?? null;
}

/** Users with their bindings, and the profile that they are shown by. */
export async function withBindings<Row extends { userId: string }>(deps: Deps, users: Row[]) {
  const bindings = await listBindingsOf(
    deps.db,
    users.map((user) => user.userId),
  );
  return users.map((user) => {
    const own = bindings
      .filter((binding) => binding.userId === user.userId)
      .map(({ userId: _, ...binding }) => ({
        ...binding,
        avatarUrl: avatarAddress(deps, binding),
        appKey: deps.apps.keyOf(binding.appId),
        kind: deps.apps.byAppId(binding.appId)?.kind ?? null,
      }));
    return { ...user, profile: displayProfile(own), bindings: own };
  });
}
