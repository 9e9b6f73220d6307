import { listBindingsOfUser } from "../../db/bindings.js";
import { listExternalIdsOfUser } from "../../db/external-users.js";
import { findOwnUser, listOwnConsents, listOwnSignIns } from "../../db/own-data.js";
import type { Deps } from "../deps.js";
import { listSessions } from "../sessions/sessions.js";

/** Older ones are left out, and the file says so: it is built in memory. */
export const maxOwnSignIns = 5000;

/**
 * What is stored of a person, for them to keep: every binding with its ids, sessions, sign-ins, consents, and what other systems
 * call them. No token and no secret.
 *
 * @throws {DatabaseError}
 */
export async function collectOwnData(deps: Deps, userId: string) {
  const [[user], bindings, externalIds, sessions, signIns, consents] = await Promise.all([
    deps.db.run(findOwnUser, { userId }),
    deps.db.run(listBindingsOfUser, { userId }),
    deps.db.run(listExternalIdsOfUser, { userId }),
    listSessions(deps, userId),
    deps.db.run(listOwnSignIns, { userId, limit: maxOwnSignIns + 1 }),
    deps.db.run(listOwnConsents, { userId }),
  ]);
  const named = <Row extends { appId: string }>(row: Row) => ({
    app: deps.apps.keyOf(row.appId) ?? "",
    ...row,
  });
  return {
    exportedAt: deps.now(),
    user,
    wechatAccounts: bindings.map(({ id: _, ...binding }) => named(binding)),
    externalIds,
    sessions,
    signIns: signIns.slice(0, maxOwnSignIns).map(named),
    olderSignInsLeftOut: signIns.length > maxOwnSignIns,
    consents,
  };
}
