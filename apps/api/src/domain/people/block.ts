import type { UserStatus } from "../../db/schema.js";
import { deleteSessionsOfUser } from "../../db/sessions.js";
import { required } from "../../db/statement.js";
import { deleteTokensOfUser } from "../../db/tokens.js";
import { findUserState, setUserStatus } from "../../db/users.js";
import { type Actor, actRecords, writeAct } from "../audit.js";
import type { Deps } from "../deps.js";
import { outboxRecord } from "../events/outbox.js";

/** `unchanged`: the person had that status already, so nothing was done, and no entry was written. */
export type StatusChange = "changed" | "unchanged";

/**
 * Blocks a person: their sessions and tokens end at once, and they cannot sign in until they are unblocked.
 *
 * @param act.reason what the operator wrote: in the audit log, until the person is erased.
 * @returns undefined if there is no such user.
 * @throws {DatabaseError}
 */
export async function blockUser(
  deps: Deps,
  { userId, reason, by }: { userId: string; reason: string; by: Actor },
): Promise<StatusChange | undefined> {
  const blocked = await writeAct(deps, [
    required(setUserStatus.with({ id: userId, status: "blocked" })),
    deleteSessionsOfUser.with({ userId }),
    deleteTokensOfUser.with({ userId }),
    ...actRecords(deps, by, { event: "people.block", userId, reason }),
    outboxRecord(deps, { type: "user.blocked", userId, data: { blocked: true } }),
  ]);
  if (!blocked) return unchangedIf(deps, userId, "blocked");
  deps.log.info({ event: "user_blocked", userId }, "a person was blocked");
  return "changed";
}

/**
 * Lets a blocked person sign in again.
 *
 * @returns undefined if there is no such user.
 * @throws {DatabaseError}
 */
export async function unblockUser(
  deps: Deps,
  { userId, reason, by }: { userId: string; reason?: string | undefined; by: Actor },
): Promise<StatusChange | undefined> {
  const unblocked = await writeAct(deps, [
    required(setUserStatus.with({ id: userId, status: "active" })),
    ...actRecords(deps, by, { event: "people.unblock", userId, reason }),
    outboxRecord(deps, { type: "user.blocked", userId, data: { blocked: false } }),
  ]);
  if (!unblocked) return unchangedIf(deps, userId, "active");
  deps.log.info({ event: "user_unblocked", userId }, "a person was unblocked");
  return "changed";
}

async function unchangedIf(
  deps: Deps,
  userId: string,
  status: UserStatus,
): Promise<StatusChange | undefined> {
  const [user] = await deps.db.run(findUserState, { id: userId });
  return user && user.mergedInto === null && user.status === status ? "unchanged" : undefined;
}
