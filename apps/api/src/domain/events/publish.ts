import { setImmediate as yieldToRequests } from "node:timers/promises";
import { findUnnumbered, insertDeliveries, numberEvents, publishBatchSize } from "../../db/events.js";
import { DatabaseError, type Deps } from "../deps.js";

/**
 * Puts the events that were committed since the last run into the feed, and queues their deliveries to webhooks, both or
 * neither. Numbers have no gap, and one that is in the feed is never followed by a lower one: a reader never has to look
 * back. Several processes may run it at the same time, and one that is killed has numbered all of its batch or nothing.
 *
 * @throws {DatabaseError}
 */
export async function publishEvents(deps: Deps): Promise<void> {
  for (;;) {
    const [waiting] = await deps.db.run(findUnnumbered, {});
    if (!waiting) return;
    let numbered: unknown[];
    try {
      // Of what another process numbered since, the deliveries are there already.
      [numbered] = await deps.db.batch([
        numberEvents.with({}),
        insertDeliveries.with({ after: waiting.last, now: deps.now() }),
      ]);
    } catch (error) {
      // Another process gave these numbers to its events: the unique index refused the second one.
      if (error instanceof DatabaseError && error.reason === "rejected") return;
      throw error;
    }
    if (numbered.length < publishBatchSize) return;
    await yieldToRequests();
  }
}
