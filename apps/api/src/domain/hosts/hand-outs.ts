import { addHandOut, listHandOuts } from "../../db/hand-outs.js";
import type { HandOutKind } from "../../db/schema.js";
import type { Deps } from "../deps.js";

const dayMs = 86_400_000;

export const unixDay = (moment: Date): number => Math.floor(moment.getTime() / dayMs);

/**
 * Counts that a host was given the global token of an app, or a signature made from its ticket. Called before it is given, so
 * that none leaves uncounted.
 *
 * @throws {DatabaseError}
 */
export async function countHandOut(
  deps: Deps,
  handOut: { appId: string; kind: HandOutKind; clientId: string },
): Promise<void> {
  const now = deps.now();
  await deps.db.run(addHandOut, { ...handOut, day: unixDay(now), now });
}

/** Who was given what today (UTC), the busiest first. */
export const listHandOutsToday = (deps: Deps) => deps.db.run(listHandOuts, { day: unixDay(deps.now()) });
