import { insertAudit, insertAuditDetail } from "../db/audit.js";
import { StaleDataError } from "../db/database.js";
import type { AuditResult } from "../db/schema.js";
import type { BoundStatement } from "../db/statement.js";
import type { Deps, Visitor } from "./deps.js";
import { newId } from "./ids.js";

export const auditEvents = [
  "operator.sign_in",
  "operator.sign_out",
  "operator.redeem_link",
  /** Refusals within an hour that have no entry of their own; the target is their number. */
  "operator.sign_in_flood",
  "operator.redeem_link_flood",
  "operator.first",
  "operator.change_password",
  "operator.create_link",
  "operator.change_role",
  "operator.disable",
  "operator.enable",
  "operator.end_sessions",
  /** The password was right, and a second factor was asked for. */
  "operator.ask_factor",
  "operator.pass_factor",
  "operator.use_recovery_code",
  /** Once more, before a factor is added. */
  "operator.confirm_password",
  "operator.add_factor",
  "operator.remove_factor",
  "operator.renew_recovery_codes",
  "operator.reset_factors",
  "operator.set_factor_policy",
  "token.refresh_app",
  "token.invalidate_app",
  "token.check_user",
  "token.refresh_user",
  "token.forget_user",
  "people.block",
  "people.unblock",
  "people.end_sessions",
  "people.unbind",
  "people.erase",
  "people.export",
  "people.refresh_profile",
  "people.merge",
  "people.undo_merge",
  "people.keep_apart",
  /** By a host application: what it calls a person. */
  "people.set_external_id",
  "people.remove_external_id",
  /** By a host application, or by a command: then no operator is signed in. */
  "people.import",
  "openids.import",
  "errors.acknowledge",
  "errors.resolve",
  "errors.reopen",
  "errors.mute",
  "errors.undo",
  "errors.look_up",
  /** All rows of a list of the console as a file; the detail has the format and the filter. */
  "list.export",
  "host.create",
  "host.update",
  "host.disable",
  "host.enable",
  "host.create_key",
  "host.revoke_key",
  "host.create_webhook",
  "host.update_webhook",
  "host.delete_webhook",
  "host.rotate_webhook_secret",
  "host.test_webhook",
  "host.resend_webhook",
  "alert.create_channel",
  "alert.update_channel",
  "alert.disable_channel",
  "alert.enable_channel",
  "alert.delete_channel",
  "alert.test_channel",
] as const;

export type AuditEvent = (typeof auditEvents)[number];

/** An operator, or a host application by one of its keys: their acts are in the audit log. */
export type AuditedActor = ({ operatorId: string } | { clientId: string; keyId: string }) & {
  visitor: Visitor;
};

/** Who acts on a person: one whose acts are in the audit log, or that person. */
export type Actor = AuditedActor | "person";

/**
 * What stands for who acted wherever an operator's id does: that id, or `host:` with the client and the key. An operator's id
 * has no colon.
 */
export const actorId = (by: AuditedActor): string =>
  "operatorId" in by ? by.operatorId : `host:${by.clientId}/${by.keyId}`;

/** Who acted, as an entry names it. Without an actor a command did it, where no operator is signed in. */
export const byOf = (by: AuditedActor | undefined): Pick<AuditEntry, "operatorId" | "visitor"> =>
  by ? { operatorId: actorId(by), visitor: by.visitor } : { operatorId: null };

export interface AuditEntry {
  /** See `actorId`. Null before anyone is signed in: a wrong password, a link. */
  operatorId: string | null;
  event: AuditEvent;
  target?: string;
  result?: AuditResult;
  /** Why WeChat refused, or did not answer: only with the result `refused`. */
  errcode?: string | undefined;
  /** Absent if the server acted by itself, from its settings. */
  visitor?: Visitor;
}

/** What an operator did, as a statement for the batch of the change itself: both are written or neither. */
export function auditRecord(deps: Deps, entry: AuditEntry) {
  const at = deps.now();
  return insertAudit.with({
    id: newId(at),
    at,
    operatorId: entry.operatorId,
    event: entry.event,
    target: entry.target?.slice(0, 200) ?? null,
    result: entry.result ?? "ok",
    errcode: entry.errcode ?? null,
    ip: entry.visitor?.ip ?? null,
  });
}

/**
 * The same with a detail that is stored apart: what an operator wrote, such as the reason of a merge, can be erased with the
 * person whom it is about although the entry stays. A detail about no person, such as a role, has no user.
 */
export function auditRecordWithDetail(
  deps: Deps,
  entry: AuditEntry,
  about: { userId: string | null; detail: string },
) {
  const record = auditRecord(deps, entry);
  return [record, insertAuditDetail.with({ auditId: record.values.id as string, ...about })] as const;
}

/**
 * The entry of an act on a person, for the batch of the act; none if the person did it.
 *
 * @param act.target what was acted on; by default the user.
 * @param act.reason what was written about it: erased with the person.
 */
export function actRecords(
  deps: Deps,
  by: Actor,
  act: { event: AuditEvent; userId: string; target?: string; reason?: string | undefined },
): readonly BoundStatement<unknown>[] {
  if (by === "person") return [];
  const { event, userId, target = userId, reason } = act;
  const entry = { operatorId: actorId(by), visitor: by.visitor, event, target };
  if (reason === undefined) return [auditRecord(deps, entry)];
  return auditRecordWithDetail(deps, entry, { userId, detail: reason });
}

/**
 * Writes an act and its entry, both or neither.
 *
 * @returns false if a `required` statement touched no row: what it acts on is not there.
 * @throws {DatabaseError}
 */
export async function writeAct(deps: Deps, steps: readonly BoundStatement<unknown>[]): Promise<boolean> {
  try {
    await deps.db.batch(steps);
    return true;
  } catch (error) {
    if (error instanceof StaleDataError) return false;
    throw error;
  }
}

/**
 * Writes an entry on its own, for what changes nothing in the database: a refusal, or a call to WeChat.
 *
 * @param reason what an operator wrote about an act that concerns no person.
 * @throws {DatabaseError}
 */
export async function recordAudit(deps: Deps, entry: AuditEntry, reason?: string): Promise<void> {
  const about = reason === undefined ? undefined : { userId: null, detail: reason };
  await deps.db.batch(about ? auditRecordWithDetail(deps, entry, about) : [auditRecord(deps, entry)]);
}
