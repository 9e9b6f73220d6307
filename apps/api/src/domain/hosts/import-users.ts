import { actorId, auditRecord } from "../audit.js";
import type { Deps } from "../deps.js";
import { planPeople } from "../identity/import-people.js";
import { bindingKey, KnownPeople } from "../identity/known-people.js";
import { isRace, maxAttempts } from "../imports/run-import.js";
import type { actorOf } from "./operation.js";

/** What a host knows of one of its users. */
export interface UserRecord {
  externalId?: string | undefined;
  /** The key of an app, or its appid. */
  app: string;
  openid: string;
  unionid?: string | undefined;
}

export interface ImportedUser {
  /** `unchanged`: all of it was known; `conflict` and `unreadable`: nothing was changed, see `reason`. */
  result: "new" | "joined" | "unchanged" | "conflict" | "unreadable";
  reason?: string | undefined;
  /** Whom the record names now. */
  userId?: string | undefined;
}

/**
 * Imports users of a host as `npm run people` does, all in one batch. What is known already stays as it is, so it can be
 * repeated.
 *
 * @returns one result for each record, in their order.
 * @throws {DatabaseError}
 */
export async function importUsers(
  deps: Deps,
  { records, by }: { records: readonly UserRecord[]; by: ReturnType<typeof actorOf> },
): Promise<ImportedUser[]> {
  const { clientId } = by;
  const read = records.map((values, place) => ({ line: place + 1, values: { ...values } }));
  for (let attempt = 1; ; attempt++) {
    const known = new KnownPeople();
    const { outcomes, steps } = await planPeople(deps, read, { clientId, known });
    const results = outcomes.map(({ result, reason }, place) => ({
      result: result as ImportedUser["result"],
      ...(reason === undefined ? { userId: userIdOf(deps, known, records[place]) } : { reason }),
    }));
    if (steps.length === 0) return results;
    const target = `client=${clientId} records=${records.length}`;
    const entry = { operatorId: actorId(by), visitor: by.visitor, event: "people.import" as const, target };
    try {
      await deps.db.batch([...steps, auditRecord(deps, entry)]);
      return results;
    } catch (error) {
      if (!isRace(error) || attempt === maxAttempts) throw error;
    }
  }
}

function userIdOf({ apps }: Deps, known: KnownPeople, record: UserRecord | undefined): string | undefined {
  const app = record && (apps.byKey(record.app) ?? apps.byAppId(record.app));
  return app && known.bindings.get(bindingKey(app.appId, record.openid))?.userId;
}
