import { setImmediate as yieldToRequests } from "node:timers/promises";
import { StaleDataError } from "../../db/database.js";
import { insertUnionidChange } from "../../db/identities.js";
import {
  advanceGroupJoin,
  deleteOtherGroupJoins,
  findGroupJoin,
  findJoinStep,
  insertGroupJoin,
  insertUnionsOfBindings,
  joinBatchSize,
  listConflictsOfBindings,
} from "../../db/late-unionids.js";
import { required } from "../../db/statement.js";
import type { Deps } from "../deps.js";
import { conflictOpenedRecord } from "../events/outbox.js";
import { newId } from "../ids.js";

/**
 * Joins the bindings that were made before their app had a group: the unionid that each of them holds belongs to its user
 * from now on. One that belongs to another user already is a conflict for an operator; nothing is moved.
 *
 * Goes through the bindings of an app once, in small steps, and continues where it stopped. Several processes may run it
 * at the same time: each step is a compare-and-set.
 *
 * @throws {DatabaseError}
 */
export async function joinGroups(deps: Deps): Promise<void> {
  for (const { appId, key, group } of deps.apps.all) {
    await deps.db.run(deleteOtherGroupJoins, { appId, group: group ?? "" });
    if (!group) continue;
    await deps.db.run(insertGroupJoin, { appId, group });
    let joined = 0;
    for (;;) {
      const step = await joinNext(deps, { appId, group });
      if (step === undefined) break;
      joined += step;
      await yieldToRequests();
    }
    if (joined > 0) {
      deps.log.info(
        { event: "group_joined", app: key, bindings: joined },
        "older bindings joined their app's group",
      );
    }
  }
}

/** @returns how many bindings this step had; undefined once all have joined. */
async function joinNext(deps: Deps, app: { appId: string; group: string }): Promise<number | undefined> {
  const now = deps.now();
  const [join] = await deps.db.run(findGroupJoin, app);
  if (!join || join.doneAt !== null) return undefined;
  const { after } = join;
  const [{ upTo, size } = { upTo: null, size: 0 }] = await deps.db.run(findJoinStep, {
    appId: app.appId,
    after,
  });
  const range = { ...app, after, upTo: upTo ?? after };
  await deps.db.run(insertUnionsOfBindings, { ...range, now });
  const conflicts = await deps.db.run(listConflictsOfBindings, range);
  // A binding that is made from now on joins when it is made.
  const doneAt = size < joinBatchSize ? now : null;
  try {
    await deps.db.batch([
      ...conflicts.flatMap((conflict) => {
        const id = newId(now);
        const { group } = app;
        return [insertUnionidChange.with({ id, group, ...conflict, now }), conflictOpenedRecord(deps, id)];
      }),
      required(advanceGroupJoin.with({ ...range, doneAt })),
    ]);
  } catch (error) {
    // Another process took this step.
    if (!(error instanceof StaleDataError)) throw error;
  }
  return size;
}
