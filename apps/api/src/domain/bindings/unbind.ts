import { deleteBindingOfUser, findBindingOfUser, findOtherBinding } from "../../db/bindings.js";
import { StaleDataError } from "../../db/database.js";
import { deleteSessionsOfBinding } from "../../db/sessions.js";
import { required } from "../../db/statement.js";
import { deleteUnionOfBinding } from "../../db/unions.js";
import { lockUser } from "../../db/users.js";
import { type Actor, actRecords } from "../audit.js";
import type { Deps } from "../deps.js";
import { outboxRecord } from "../events/outbox.js";
import { unionGroups } from "./union-groups.js";

export type UnbindResult =
  | { result: "removed"; endedSessions: string[] }
  /** The user has no such binding. */
  | { result: "not_found" }
  /** The person could not sign in any more: only with `allowLast`. */
  | { result: "last_binding" };

/**
 * Removes one binding of a user, with its tokens and the sessions that it opened. The user keeps the unionid if another
 * binding in the same group has it.
 *
 * @param act.allowLast removes the person's last binding too.
 * @returns the ids of the sessions that ended.
 * @throws {DatabaseError}
 */
export async function unbind(
  deps: Deps,
  act: { userId: string; bindingId: string; by: Actor; allowLast?: boolean },
): Promise<UnbindResult> {
  const { userId, bindingId, by, allowLast = false } = act;
  const [binding] = await deps.db.run(findBindingOfUser, { id: bindingId, userId });
  if (!binding) return { result: "not_found" };
  const { appId, openid, unionid } = binding;
  const unions =
    unionid === null ? [] : (await unionGroups(deps, appId)).map((group) => ({ ...group, unionid }));
  const keepsAnother = allowLast ? [] : [required(findOtherBinding.with({ id: bindingId, userId }))];
  try {
    const [, ended] = await deps.db.batch([
      required(lockUser.with({ id: userId })),
      // While the binding is there: it tells which sessions are its own.
      deleteSessionsOfBinding.with({ userId, appId, openid }),
      ...keepsAnother,
      required(deleteBindingOfUser.with({ id: bindingId, userId })),
      ...unions.map((union) => deleteUnionOfBinding.with({ ...union, userId })),
      ...actRecords(deps, by, { event: "people.unbind", userId, target: bindingId }),
      outboxRecord(deps, { type: "binding.removed", userId, data: { bindingId, appId } }),
    ]);
    deps.log.info({ event: "binding_removed", userId, bindingId }, "a binding was removed");
    return { result: "removed", endedSessions: ended.map(({ id }) => id) };
  } catch (error) {
    if (!(error instanceof StaleDataError)) throw error;
    // Removed meanwhile, or the last one.
    const [still] = await deps.db.run(findBindingOfUser, { id: bindingId, userId });
    return { result: still ? "last_binding" : "not_found" };
  }
}
