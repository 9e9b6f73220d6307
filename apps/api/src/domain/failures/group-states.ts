import { findErrorGroup, setErrorGroupState, untouched } from "../../db/error-group-states.js";
import type { ErrorGroupState } from "../../db/schema/wechat-calls.js";
import { required } from "../../db/statement.js";
import { type AuditEvent, type AuditedActor, actorId, auditRecord, writeAct } from "../audit.js";
import { type Deps, later } from "../deps.js";

export const errorGroupStates = [
  "open",
  "acknowledged",
  "resolved",
  "regressed",
  "muted",
] as const satisfies readonly ErrorGroupState[];

/**
 * The state of a group at a moment. That it failed again after it was resolved, or that it is muted no longer, is not written:
 * a failure that is written at the moment of the act could otherwise miss it, and every failure would write its group.
 *
 * @param group.lastSeenAt its last failure
 */
export function stateOfGroup(
  group: {
    state: ErrorGroupState;
    resolvedAt: Date | null;
    mutedUntil: Date | null;
    lastSeenAt: Date | null;
  },
  now: Date,
): ErrorGroupState {
  const { state, resolvedAt, mutedUntil, lastSeenAt } = group;
  if (state === "resolved" && resolvedAt && lastSeenAt && lastSeenAt > resolvedAt) return "regressed";
  if (state === "muted" && mutedUntil && mutedUntil <= now) return "open";
  return state;
}

/** An operator's change of a group's state. `undo` restores the state that it had before another change. */
export type GroupChange =
  | { act: "acknowledge" | "resolve" | "reopen" }
  | { act: "mute"; minutes: number }
  | { act: "undo"; to: ErrorGroupState };

const stateAfter = {
  acknowledge: "acknowledged",
  resolve: "resolved",
  reopen: "open",
  mute: "muted",
} as const;

/**
 * Changes the state of a group, with its entry in the audit log.
 *
 * @param change.stateAt when its state changed last, as the operator saw it; null for never.
 * @returns `stale`: another operator has changed it since; undefined if there is no such group.
 * @throws {DatabaseError}
 */
export async function changeGroupState(
  deps: Deps,
  { id, stateAt, by, ...change }: GroupChange & { id: string; stateAt: Date | null; by: AuditedActor },
): Promise<{ stateAt: Date } | "stale" | undefined> {
  const now = deps.now();
  const readAt = stateAt ?? untouched;
  // Always another moment than before: the next change is compared with it, whatever the clocks of two processes say.
  const at = new Date(Math.max(now.getTime(), readAt.getTime() + 1));
  const isChanged = await writeAct(deps, [
    required(
      setErrorGroupState.with({
        ...{ id, readAt, at, by: actorId(by) },
        state: change.act === "undo" ? change.to : stateAfter[change.act],
        resolvedAt: change.act === "resolve" ? now : null,
        mutedUntil: change.act === "mute" ? later(now, change.minutes * 60) : null,
      }),
    ),
    auditRecord(deps, {
      ...{ operatorId: actorId(by), visitor: by.visitor, target: id },
      event: `errors.${change.act}` satisfies AuditEvent,
    }),
  ]);
  if (isChanged) return { stateAt: at };
  const [group] = await deps.db.run(findErrorGroup, { id });
  return group && "stale";
}
