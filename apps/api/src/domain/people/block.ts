import { deleteSessionsOfUser } from "../../db/sessions.js";
import { required } from "../../db/statement.js";
import { deleteTokensOfUser } from "../../db/tokens.js";
import { setUserStatus } from "../../db/users.js";
import { type Actor, actRecords, writeAct } from "../audit.js";
import type { Deps } from "../deps.js";
import { outboxRecord } from "../events/outbox.js";

/**
 * Blocks a person: their sessions and tokens end at once, and they cannot sign in until they are unblocked.
 *
 * @param act.reason what the operator wrote: in the audit log, until the person is erased.
 * @returns false if there is no such user.
 * @throws {DatabaseError}
 */
export async function blockUser(
  deps: Deps,
  { userId, reason, by }: { userId: string; reason: string; by: Actor },
): Promise<boolean> {
  const blocked = await writeAct(deps, [
    required(setUserStatus.with({ id: userId, status: "blocked" })),
    deleteSessionsOfUser.with({ userId }),
    deleteTokensOfUser.with({ userId }),
    ...actRecords(deps, by, { event: "people.block", userId, reason }),
    outboxRecord(deps, { type: "user.blocked", userId, data: { blocked: true } }),
  ]);
  if (blocked) deps.log.info({ event: "user_blocked", userId }, "a person was blocked");
  return blocked;
}

/**
 * Lets a blocked person sign in again.
 *
 * @returns false if there is no such user.
 * @throws {DatabaseError}
 */
export async function unblockUser(
  deps: Deps,
  { userId, reason, by }: { userId: string; reason?: string | undefined; by: Actor },
): Promise<boolean> {
  const unblocked = await writeAct(deps, [
    required(setUserStatus.with({ id: userId, status: "active" })),
    ...actRecords(deps, by, { event: "people.unblock", userId, reason }),
    outboxRecord(deps, { type: "user.blocked", userId, data: { blocked: false } }),
  ]);
  if (unblocked) deps.log.info({ event: "user_unblocked", userId }, "a person was unblocked");
  return unblocked;
}
