import {
  findBinding,
  findUnionUser,
  insertConflictOfBinding,
  insertUnion,
  insertUnionidChange,
  insertUserOfBinding,
  settleUnion,
  upsertBinding,
} from "../../db/identities.js";
import type { UserStatus } from "../../db/schema.js";
import type { WeChatApp } from "../apps.js";
import type { Deps } from "../deps.js";
import { newId } from "../ids.js";

/** What the answers of one code exchange say about a person. Identity comes from nowhere else. */
export interface Identity {
  app: WeChatApp;
  openid: string;
  unionid: string | undefined;
  /** As WeChat granted it, comma-separated; empty if WeChat did not say. */
  scope: string;
  /** A nickname may be empty; without one the stored profile stays. */
  profile: { nickname: string | undefined; avatarUrl: string | undefined } | undefined;
  /** What `findPerson` found for this openid. */
  known?: Person | undefined;
}

/** The user of a binding, and the unionid that the binding has so far. */
export interface Person {
  bindingId: string;
  userId: string;
  unionid: string | null;
  /** When WeChat was last asked for a missing unionid. */
  unionidCheckedAt: Date | null;
  /** When the profile was last read, and when that was last tried after a silent sign-in. */
  profileAt: Date | null;
  profileCheckedAt: Date | null;
  status: UserStatus;
}

/** A unionid within the group of its app. */
export interface GroupUnionid {
  group: string;
  unionid: string;
}

/** @returns undefined if the app has no group, or WeChat named no unionid. */
export function groupUnionidOf({ app, unionid }: Identity): GroupUnionid | undefined {
  return app.group && unionid ? { group: app.group, unionid } : undefined;
}

/**
 * Records the other unionid that a known binding suddenly has, once, as a conflict: it joins no user.
 *
 * @returns whether it was not recorded before.
 */
export async function recordChangedUnionid(
  deps: Deps,
  userId: string,
  changed: GroupUnionid,
): Promise<boolean> {
  const now = deps.now();
  const [owner] = await deps.db.run(findUnionUser, changed);
  const otherUserId = owner?.userId ?? userId;
  const conflict = { id: newId(now), ...changed, userId, otherUserId, now };
  return (await deps.db.run(insertUnionidChange, conflict)).length > 0;
}

/** The columns of a binding that one answer of WeChat fills. */
export function bindingValuesOf({ app, openid, unionid, scope, profile }: Identity, now: Date) {
  const nickname = profile?.nickname ?? null;
  return {
    id: newId(now),
    appId: app.appId,
    openid,
    unionid: unionid ?? null,
    scope,
    nickname,
    nicknameFolded: nickname === null ? null : foldNickname(nickname),
    avatarUrl: profile?.avatarUrl ?? null,
    profileAt: profile ? now : null,
    now,
  };
}

/** A nickname as searches compare it: SQLite's LIKE folds ASCII only. */
export const foldNickname = (nickname: string): string => nickname.normalize("NFKC").toLowerCase();

/** @returns the binding of this openid in this app, and whether its user may sign in. */
export async function findPerson(deps: Deps, appId: string, openid: string): Promise<Person | undefined> {
  const [row] = await deps.db.run(findBinding, { appId, openid });
  if (!row) return undefined;
  const { userStatus: status, ...person } = row;
  return { ...person, status };
}

/** Whether the user whom a new binding would join by its unionid is blocked. */
export async function isUnionBlocked(
  deps: Deps,
  app: WeChatApp,
  unionid: string | undefined,
): Promise<boolean> {
  if (!unionid || !app.group) return false;
  const [row] = await deps.db.run(findUnionUser, { group: app.group, unionid });
  return row?.userStatus === "blocked";
}

/**
 * Finds or creates the user of an identity, and completes the binding.
 *
 * The key is (appid, openid). A unionid joins the apps of one configured group. One that arrives later completes the same
 * user; one that already belongs to another user is a conflict for an operator, and nothing is moved. Any number of calls
 * for one person at the same time make one user: the unique rows decide, inside one transaction.
 *
 * @throws {DatabaseError}
 */
export async function resolveIdentity(
  deps: Deps,
  identity: Identity,
): Promise<{ userId: string; bindingId: string; isNewUser: boolean; isConflict: boolean }> {
  const { app, openid, known } = identity;
  const named = groupUnionidOf(identity);
  if (named && known?.unionid && known.unionid !== named.unionid) {
    const isConflict = await recordChangedUnionid(deps, known.userId, named);
    const resolved = await resolveIdentity(deps, { ...identity, unionid: undefined });
    return { ...resolved, isConflict };
  }
  const now = deps.now();
  const candidate = newId(now);
  const key = { appId: app.appId, openid };
  const union = named && { ...named, ...key };

  const binding = upsertBinding.with({
    ...bindingValuesOf(identity, now),
    candidate,
    group: union?.group ?? null,
  });
  const user = insertUserOfBinding.with({ ...key, candidate });

  let rows: { id: string; userId: string }[];
  let made: { id: string }[];
  let conflicts: { id: string }[] = [];
  if (union) {
    [, rows, , made, conflicts] = await deps.db.batch([
      insertUnion.with({ ...union, candidate, now }),
      binding,
      settleUnion.with({ ...union, candidate }),
      user,
      insertConflictOfBinding.with({ ...union, id: newId(now) }),
    ]);
  } else {
    [rows, made] = await deps.db.batch([binding, user]);
  }
  const [row] = rows;
  if (!row) throw new Error("The binding of an identity was not written.");
  const isNewUser = made.length > 0;
  return { userId: row.userId, bindingId: row.id, isNewUser, isConflict: conflicts.length > 0 };
}
