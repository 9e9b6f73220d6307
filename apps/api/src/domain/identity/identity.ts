import { StaleDataError } from "../../db/database.js";
import {
  completeBinding,
  findJoinedBinding,
  findUnionUser,
  insertBinding,
  insertConflictOfBinding,
  insertUnion,
  insertUnionidChange,
  insertUserOfBinding,
  lockBinding,
  settleUnion,
  touchBinding,
} from "../../db/identities.js";
import type { Completion } from "../../db/outbox.js";
import type { UserStatus } from "../../db/schema.js";
import { type BoundStatement, required } from "../../db/statement.js";
import type { WeChatApp } from "../apps.js";
import type { Deps } from "../deps.js";
import { bindingCompletedRecord, bindingCreatedRecord, conflictOpenedRecord } from "../events/outbox.js";
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
  /** Whose that unionid is in the app's group: usually this user's; null without a group, and where it has joined no user. */
  unionUserId: string | null;
  /** When WeChat was last asked for a missing unionid. */
  unionidCheckedAt: Date | null;
  /** When the profile was last read, and when that was last tried after a silent sign-in. */
  profileAt: Date | null;
  profileCheckedAt: Date | null;
  status: UserStatus;
}

/** Whom an identity belongs to. */
export interface ResolvedIdentity {
  userId: string;
  bindingId: string;
  isNewUser: boolean;
  /** A unionid belongs to two users, and that was not known before. */
  isConflict: boolean;
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
  const [owner] = await deps.db.run(findUnionUser, changed);
  const otherUserId = owner?.userId ?? userId;
  return recordConflict(deps, { ...changed, userId, otherUserId });
}

/** @returns whether this conflict was not recorded before. */
export async function recordConflict(
  deps: Deps,
  conflict: GroupUnionid & { userId: string; otherUserId: string },
): Promise<boolean> {
  const now = deps.now();
  const id = newId(now);
  const [recorded] = await deps.db.batch([
    insertUnionidChange.with({ id, ...conflict, now }),
    conflictOpenedRecord(deps, id),
  ]);
  return recorded.length > 0;
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
export async function findPerson(
  deps: Deps,
  { appId, group = "" }: Pick<WeChatApp, "appId" | "group">,
  openid: string,
): Promise<Person | undefined> {
  const [row] = await deps.db.run(findJoinedBinding, { appId, openid, group });
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
export async function resolveIdentity(deps: Deps, identity: Identity): Promise<ResolvedIdentity> {
  const { app, openid, known } = identity;
  const named = groupUnionidOf(identity);
  if (named && known?.unionid && known.unionid !== named.unionid) {
    const isConflict = await recordChangedUnionid(deps, known.userId, named);
    const resolved = await resolveIdentity(deps, { ...identity, unionid: undefined });
    return { ...resolved, isConflict };
  }
  try {
    return await (known ? completeKnown(deps, identity) : createBinding(deps, identity));
  } catch (error) {
    if (!(error instanceof StaleDataError)) throw error;
    // Another sign-in made the binding meanwhile, or it was removed.
    return resolveIdentity(deps, { ...identity, known: await findPerson(deps, app, openid) });
  }
}

/**
 * What an answer of WeChat changes in the binding of a known person, as statements for the batch that opens their session: it
 * requires that the binding is still theirs.
 *
 * @returns undefined where resolveIdentity has to find out whose the unionid is
 */
export function completionOf(deps: Deps, identity: Identity): readonly BoundStatement<unknown>[] | undefined {
  const { known } = identity;
  const named = groupUnionidOf(identity);
  const isJoined = !named || (known?.unionid === named.unionid && known.unionUserId === known.userId);
  if (!known || !isJoined) return undefined;
  const values = bindingValuesOf(identity, deps.now());
  const changes = completionRecords(deps, identity, values);
  return changes.length === 0 ? [touchBinding.with(values)] : [...changes, completeBinding.with(values)];
}

/** @throws {StaleDataError} the openid is bound already */
async function createBinding(deps: Deps, identity: Identity) {
  const { app, openid } = identity;
  const named = groupUnionidOf(identity);
  const now = deps.now();
  const candidate = newId(now);
  const key = { appId: app.appId, openid };
  const values = bindingValuesOf(identity, now);
  const binding = required(insertBinding.with({ ...values, candidate, group: named?.group ?? null }));
  const user = insertUserOfBinding.with({ ...key, candidate });
  const event = bindingCreatedRecord(deps, { bindingId: values.id, appId: app.appId, candidate });
  if (!named) {
    const [rows] = await deps.db.batch([binding, user, event]);
    return resolved(rows, { isNewUser: true });
  }
  const union = { ...named, ...key };
  const conflictId = newId(now);
  const [, rows, , made, , conflicts] = await deps.db.batch([
    insertUnion.with({ ...union, candidate, now }),
    binding,
    settleUnion.with({ ...union, candidate }),
    user,
    event,
    insertConflictOfBinding.with({ ...union, id: conflictId }),
    conflictOpenedRecord(deps, conflictId),
  ]);
  return resolved(rows, { isNewUser: made.length > 0, isConflict: conflicts.length > 0 });
}

/** @throws {StaleDataError} the openid is not bound any more */
async function completeKnown(deps: Deps, identity: Identity) {
  const { app, openid } = identity;
  const named = groupUnionidOf(identity);
  const now = deps.now();
  const values = bindingValuesOf(identity, now);
  const completed = required(completeBinding.with(values));
  const changes = completionRecords(deps, identity, values);
  if (!named) {
    const rows = (await deps.db.batch([...changes, completed])).at(-1) as BindingRow[];
    return resolved(rows, {});
  }
  const union = { ...named, appId: app.appId, openid };
  const [candidate, conflictId] = [newId(now), newId(now)];
  const results = await deps.db.batch([
    insertUnion.with({ ...union, candidate, now }),
    ...changes,
    completed,
    settleUnion.with({ ...union, candidate }),
    insertConflictOfBinding.with({ ...union, id: conflictId }),
    conflictOpenedRecord(deps, conflictId),
  ]);
  const [rows, , conflicts = []] = results.slice(1 + changes.length);
  return resolved(rows as BindingRow[], { isConflict: conflicts.length > 0 });
}

/**
 * What precedes the completion of a known binding, where hosts may see a change: none for the silent sign-in of a person whose
 * unionid is known or is not named.
 */
export function completionRecords(
  deps: Deps,
  { known, unionid, profile }: Identity,
  completion: Completion,
): readonly BoundStatement<unknown>[] {
  if (!known || (!profile && (unionid === undefined || known.unionid !== null))) return [];
  return [lockBinding.with(completion), bindingCompletedRecord(deps, completion)];
}

interface BindingRow {
  id: string;
  userId: string;
}

function resolved(
  [row]: readonly BindingRow[],
  { isNewUser = false, isConflict = false }: { isNewUser?: boolean; isConflict?: boolean },
) {
  if (!row) throw new Error("The binding of an identity was not written.");
  return { userId: row.userId, bindingId: row.id, isNewUser, isConflict };
}
