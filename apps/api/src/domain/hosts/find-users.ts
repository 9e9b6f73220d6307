import { findUserByExternalId, listUserIds, listUsersByUnionid } from "../../db/host-users.js";
import { findBinding } from "../../db/identities.js";
import { CursorError, cursorsOf, type Page, pageOf } from "../cursor.js";
import type { Deps } from "../deps.js";
import { resolveUserId } from "../identity/merges.js";
import type { HostCaller } from "./api-keys.js";
import { HostError } from "./host-error.js";
import { type HostUser, listHostUsersById } from "./host-user.js";

export interface UserQuery {
  cursor?: string | undefined;
  limit: number;
  /** As the caller's client calls them. */
  externalId?: string | undefined;
  /** The key of an app, only with an openid of it. */
  app?: string | undefined;
  openid?: string | undefined;
  unionid?: string | undefined;
}

/** Later than every user. PostgreSQL reads no year of five digits. */
const beginning = { at: new Date(Date.UTC(9999, 0)), id: "" };

/**
 * All users, newest first, or those who have exactly an external id, an openid or a unionid.
 *
 * @throws {HostError} input_invalid · scope_missing
 * @throws {DatabaseError}
 */
export async function findUsers(deps: Deps, caller: HostCaller, query: UserQuery): Promise<Page<HostUser>> {
  const { cursor, limit } = query;
  const named = await usersNamedBy(deps, caller, query);
  if (named) {
    if (cursor !== undefined) throw new HostError("input_invalid", "cursor: leave it out with a filter.");
    const survivors = await Promise.all(named.map(({ userId }) => resolveUserId(deps, userId)));
    const ids = [...new Set(survivors)].flatMap((id) => id ?? []);
    return { items: await listHostUsersById(deps, caller, ids), nextCursor: null };
  }
  const cursors = cursorsOf(deps.keys, { list: "host users", clientId: caller.client.id });
  const after = readCursor(cursors, cursor) ?? beginning;
  const rows = await deps.db.run(listUserIds, { ...after, limit: limit + 1 });
  const page = pageOf({ rows }, limit, cursors, ({ createdAt, id }) => ({ at: createdAt, id }));
  const ids = page.items.map(({ id }) => id);
  return { ...page, items: await listHostUsersById(deps, caller, ids) };
}

/** @returns undefined without a filter */
async function usersNamedBy(
  deps: Deps,
  { client, scopes }: HostCaller,
  { externalId, app: key, openid, unionid }: UserQuery,
): Promise<{ userId: string }[] | undefined> {
  if ([externalId, openid ?? key, unionid].filter((filter) => filter !== undefined).length > 1) {
    throw new HostError("input_invalid", "Ask by one of externalId, app with openid, and unionid.");
  }
  if (externalId !== undefined) return deps.db.run(findUserByExternalId, { clientId: client.id, externalId });
  if (key === undefined && openid === undefined && unionid === undefined) return undefined;
  // Else it would tell, one guess at a time, what the answer keeps back.
  if (!scopes.includes("identities:read")) {
    throw new HostError(
      "scope_missing",
      "This key lacks the scope identities:read, which a search by openid or unionid needs.",
    );
  }
  if (unionid !== undefined) return deps.db.run(listUsersByUnionid, { unionid });
  if (key === undefined || openid === undefined) {
    throw new HostError("input_invalid", "An openid is one of an app: send app and openid together.");
  }
  const app = deps.apps.byKey(key);
  if (!app) {
    throw new HostError("input_invalid", "app: there is no app with this key in WECHAT_APPS.");
  }
  return deps.db.run(findBinding, { appId: app.appId, openid });
}

function readCursor(cursors: ReturnType<typeof cursorsOf>, cursor: string | undefined) {
  try {
    return cursors.read(cursor);
  } catch (error) {
    if (!(error instanceof CursorError)) throw error;
    throw new HostError("input_invalid", `cursor: ${error.message}`, { cause: error });
  }
}
