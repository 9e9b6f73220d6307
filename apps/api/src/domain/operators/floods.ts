import { StaleDataError } from "../../db/database.js";
import { required } from "../../db/statement.js";
import { deleteThrottle, eventOfFlood, floodKey, listEndedFloods } from "../../db/throttles.js";
import { countAttempt } from "../attempt-counter.js";
import { auditRecord, recordAudit } from "../audit.js";
import type { Deps, Visitor } from "../deps.js";

/** So many refusals of strangers are entries of their own within an hour; the others become one entry after it. */
export const entriesPerHour = 100;

const hourSeconds = 3_600;

type RefusedEvent = "operator.sign_in" | "operator.redeem_link";

/**
 * Records a refusal of a visitor who gave no operator's name. Anyone can cause as many as they like, so the number of entries is
 * bounded: see `closeFloods`.
 *
 * @throws {DatabaseError}
 */
export async function recordStranger(
  deps: Deps,
  entry: { event: RefusedEvent; target?: string; visitor: Visitor },
): Promise<void> {
  const hour = Math.floor(deps.now().getTime() / (hourSeconds * 1000));
  const { count } = await countAttempt(deps, floodKey(entry.event, hour), hourSeconds);
  if (count <= entriesPerHour) await recordAudit(deps, { ...entry, operatorId: null, result: "denied" });
}

/** Writes an entry with the number of refusals that have none of their own, for each hour that is over. */
export async function closeFloods(deps: Deps): Promise<void> {
  for (const { key, count, expiresAt } of await deps.db.run(listEndedFloods, { now: deps.now() })) {
    const event = `${eventOfFlood(key) as RefusedEvent}_flood` as const;
    const target = String(count - entriesPerHour);
    const entry = auditRecord(deps, { operatorId: null, event, target, result: "denied" });
    try {
      await deps.db.batch([
        required(deleteThrottle.with({ key, expiresAt })),
        ...(count > entriesPerHour ? [entry] : []),
      ]);
    } catch (error) {
      // Another process has closed it.
      if (!(error instanceof StaleDataError)) throw error;
    }
  }
}
