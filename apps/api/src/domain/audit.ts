import { insertAudit } from "../db/audit.js";
import type { Deps, Visitor } from "./deps.js";
import { newId } from "./ids.js";

export type AuditEvent =
  | "operator.sign_in"
  | "operator.sign_out"
  | "operator.redeem_link"
  | "operator.first"
  | "operator.change_password"
  | "token.refresh_app";

/** What an operator did, as a statement for the batch of the change itself. */
export function audit(
  deps: Deps,
  entry: {
    operatorId: string | null;
    event: AuditEvent;
    target?: string;
    result?: "ok" | "denied";
    /** Absent where the server itself acted, from its settings. */
    visitor?: Visitor;
  },
) {
  const at = deps.now();
  return insertAudit.with({
    id: newId(at),
    at,
    operatorId: entry.operatorId,
    event: entry.event,
    target: entry.target?.slice(0, 200) ?? null,
    result: entry.result ?? "ok",
    ip: entry.visitor?.ip ?? null,
  });
}

/** Writes an entry by itself, before an act whose outcome lies with WeChat. */
export async function audited(deps: Deps, entry: Parameters<typeof audit>[1]): Promise<void> {
  await deps.db.batch([audit(deps, entry)]);
}
