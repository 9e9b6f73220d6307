import { setImmediate as yieldToRequests } from "node:timers/promises";
import { gramBatchSize, listNotSearchable, replaceGrams } from "../../db/nickname-grams.js";
import type { Deps } from "../deps.js";

/** How many batches one run writes, so that a process that stops does not wait for long. */
const batchesPerRun = 50;

/** Makes the nicknames of the last sign-ins searchable by their parts. Several processes may do it at the same time. */
export async function writeNicknameGrams(deps: Pick<Deps, "db">): Promise<void> {
  for (let n = 0; n < batchesPerRun; n++) {
    const rows = await deps.db.run(listNotSearchable, {});
    if (rows.length > 0) await deps.db.batch(replaceGrams(rows));
    if (rows.length < gramBatchSize) return;
    await yieldToRequests();
  }
}
