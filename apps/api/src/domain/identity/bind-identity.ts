import { StaleDataError } from "../../db/database.js";
import {
  confirmUnion,
  findUnionUser,
  insertConflictOfBinding,
  insertUnion,
  upsertBindingOfUser,
} from "../../db/identities.js";
import { confirmSession, findLiveSession } from "../../db/sessions.js";
import { type BoundStatement, required } from "../../db/statement.js";
import { lockUser } from "../../db/users.js";
import type { Deps } from "../deps.js";
import { bindingCreatedRecord, conflictOpenedRecord } from "../events/outbox.js";
import { newId } from "../ids.js";
import { livenessAt, userSessionLifetime } from "../sessions/lifetime.js";
import type { Session } from "../sessions/sessions.js";
import {
  bindingValuesOf,
  completionRecords,
  findPerson,
  type GroupUnionid,
  groupUnionidOf,
  type Identity,
  recordChangedUnionid,
  recordConflict,
} from "./identity.js";

export type BindResult =
  | { kind: "bound"; bindingId: string; isNew: boolean; isConflict: boolean }
  /** The openid or the unionid belongs to another user. Nothing was moved. */
  | { kind: "bound_elsewhere"; isConflict: boolean }
  /** The session ended while WeChat was asked. */
  | { kind: "session_ended" };

/**
 * Adds an identity to the user of a session.
 *
 * Nothing is ever moved: an openid, or a unionid in the app's group, that belongs to another user stays there. The live
 * session, the unionid's user and the openid's user are all checked in the batch that writes, so of two users who bind one
 * identity at the same time exactly one gets it.
 *
 * @throws {DatabaseError}
 */
export async function bindIdentity(deps: Deps, identity: Identity, session: Session): Promise<BindResult> {
  const { app, openid, known } = identity;
  const { id, userId } = session;
  const groupUnionid = groupUnionidOf(identity);
  if (known && known.userId !== userId) return boundElsewhere(deps, userId, groupUnionid, known.userId);

  const now = deps.now();
  const lock = lockUser.with({ id: userId });
  const liveness = livenessAt(userSessionLifetime(deps.settings), now);
  const liveSession = confirmSession.with({ id, userId, ...liveness });
  const { steps, bindingAt, conflictAt, newBindingId, changed } = identitySteps(deps, identity, userId);
  try {
    const [, , ...results] = await deps.db.batch([required(lock), required(liveSession), ...steps]);
    const isConflict = changed
      ? await recordChangedUnionid(deps, userId, changed)
      : (results[conflictAt] ?? []).length > 0;
    return { ...boundResult(results[bindingAt] as { id: string }[], newBindingId), isConflict };
  } catch (error) {
    if (!(error instanceof StaleDataError)) throw error;
    const { secretHash } = session;
    const lifetime = userSessionLifetime(deps.settings);
    const [live] = await deps.db.run(findLiveSession, { secretHash, ...livenessAt(lifetime, deps.now()) });
    if (!live) return { kind: "session_ended" };
    const owner = await findPerson(deps, app, openid);
    return boundElsewhere(deps, userId, groupUnionid, owner?.userId);
  }
}

/**
 * The statements that give an identity to a user, for a batch that holds the user's row: it is rolled back if the openid, or
 * the unionid in the app's group, belongs to another user.
 *
 * @returns also where in them the binding and the conflict are, the id of the binding if it is made, and a unionid that is not
 * the binding's: it joins no user, and is to be recorded.
 */
export function identitySteps(deps: Deps, identity: Identity, userId: string) {
  const { app, openid, known } = identity;
  const groupUnionid = groupUnionidOf(identity);
  const isChanged = groupUnionid !== undefined && !!known?.unionid && known.unionid !== groupUnionid.unionid;
  const now = deps.now();
  const values = bindingValuesOf(isChanged ? { ...identity, unionid: undefined } : identity, now);
  const before = completionRecords(deps, identity, values);
  const binding = required(upsertBindingOfUser.with({ ...values, userId }));
  const event = bindingCreatedRecord(deps, { bindingId: values.id, appId: app.appId });
  const about = { newBindingId: values.id, changed: isChanged ? groupUnionid : undefined };
  if (!groupUnionid || isChanged) {
    const steps: BoundStatement<unknown>[] = [...before, binding, event];
    return { ...about, steps, bindingAt: before.length, conflictAt: -1 };
  }
  const union = { ...groupUnionid, appId: app.appId, openid };
  const ofUser = confirmUnion.with({ ...groupUnionid, userId });
  const conflictId = newId(now);
  const steps: BoundStatement<unknown>[] = [
    insertUnion.with({ ...union, candidate: userId, now }),
    // The user's own binding stays theirs, also if another user has its unionid.
    known ? ofUser : required(ofUser),
    ...before,
    binding,
    event,
    insertConflictOfBinding.with({ ...union, id: conflictId }),
    conflictOpenedRecord(deps, conflictId),
  ];
  return { ...about, steps, bindingAt: 2 + before.length, conflictAt: 4 + before.length };
}

function boundResult(rows: readonly { id: string }[], newBindingId: string) {
  const [row] = rows;
  if (!row) throw new Error("The binding of an identity was not written.");
  return { kind: "bound" as const, bindingId: row.id, isNew: row.id === newBindingId };
}

/** A unionid shows that two users may be one person: an operator decides. An openid alone shows nothing. */
export async function boundElsewhere(
  deps: Deps,
  userId: string,
  groupUnionid: GroupUnionid | undefined,
  openidUserId: string | undefined,
): Promise<{ kind: "bound_elsewhere"; isConflict: boolean }> {
  const [owner] = groupUnionid ? await deps.db.run(findUnionUser, groupUnionid) : [];
  const broughtBy = owner?.userId === userId ? openidUserId : userId;
  if (!groupUnionid || !owner || broughtBy === undefined || broughtBy === owner.userId) {
    return { kind: "bound_elsewhere", isConflict: false };
  }
  const conflict = { ...groupUnionid, userId: broughtBy, otherUserId: owner.userId };
  return { kind: "bound_elsewhere", isConflict: await recordConflict(deps, conflict) };
}
