import { required } from "../../db/statement.js";
import { deleteUserToken, findUserToken } from "../../db/tokens.js";
import { type AuditedActor, actorId, auditRecord, writeAct } from "../audit.js";
import type { Deps } from "../deps.js";
import { refreshUserToken, type UserTokenRefresh } from "./refresh-user-token.js";

/**
 * Refreshes the stored tokens of a binding for an operator. The entry in the audit log is written with the result.
 *
 * @returns undefined if there are no tokens, or their app is no longer configured.
 * @throws {DatabaseError}
 */
export async function refreshUserTokenFor(
  deps: Deps,
  { bindingId, by }: { bindingId: string; by: AuditedActor },
): Promise<UserTokenRefresh | undefined> {
  const [row] = await deps.db.run(findUserToken, { bindingId });
  if (!row || !deps.apps.byAppId(row.appId)) return undefined;
  return refreshUserToken(deps, { ...row, bindingId }, (result) => [
    auditRecord(deps, {
      operatorId: actorId(by),
      event: "token.refresh_user",
      target: bindingId,
      result: result.result === "refreshed" ? "ok" : "refused",
      errcode: "failure" in result ? result.failure.errcode : undefined,
      visitor: by.visitor,
    }),
  ]);
}

/**
 * Deletes the stored tokens of a binding. The person stays signed in: their session does not need them.
 *
 * @returns false if there are none.
 * @throws {DatabaseError}
 */
export function forgetUserToken(
  deps: Deps,
  { bindingId, by }: { bindingId: string; by: AuditedActor },
): Promise<boolean> {
  const entry = { operatorId: actorId(by), visitor: by.visitor, target: bindingId };
  return writeAct(deps, [
    required(deleteUserToken.with({ bindingId })),
    auditRecord(deps, { ...entry, event: "token.forget_user" }),
  ]);
}
