import { jsonRows } from "../../db/json-rows.js";
import {
  type Completion,
  insertBindingCompleted,
  insertBindingEvents,
  insertConflictOpened,
  insertOutbox,
  insertOutboxRows,
} from "../../db/outbox.js";
import type { BoundStatement } from "../../db/statement.js";
import type { Deps } from "../deps.js";
import { newId } from "../ids.js";

/** What host applications are told. */
export const eventTypes = [
  "user.created",
  "user.updated",
  "user.merged",
  "user.blocked",
  "user.erased",
  "binding.created",
  "binding.removed",
  "conflict.opened",
  "session.revoked",
] as const;

export type EventType = (typeof eventTypes)[number];

export interface Event {
  type: EventType;
  userId: string;
  /** The host alone that may read it; by default every host. */
  clientId?: string;
  /** Ids and what changed; never an openid, unionid, nickname or external id. */
  data?: Record<string, string | number | boolean>;
}

type Clock = Pick<Deps, "now">;

/** Also the webhook-id of each delivery. */
const newEventId = (at: Date): string => `evt_${newId(at)}`;

const rowOf = (at: Date, { type, userId, clientId, data = {} }: Event) => ({
  id: newEventId(at),
  type,
  userId,
  clientId: clientId ?? null,
  data: JSON.stringify(data),
});

/** An event as a statement for the batch of the change itself: both are written or neither. */
export function outboxRecord(deps: Clock, event: Event) {
  const at = deps.now();
  return insertOutbox.with({ ...rowOf(at, event), at });
}

/** Any number of events as one statement; none for none. */
export function outboxRecords(deps: Clock, events: readonly Event[]): readonly BoundStatement<unknown>[] {
  if (events.length === 0) return [];
  const at = deps.now();
  return [insertOutboxRows.with({ rows: jsonRows(events.map((event) => rowOf(at, event))), at })];
}

/**
 * That a binding was made, for a batch that may not make it, and that its user was, if that is `candidate`: who a new binding's
 * user is, the batch alone knows.
 */
export function bindingCreatedRecord(
  deps: Clock,
  { bindingId, appId, candidate }: { bindingId: string; appId: string; candidate?: string },
) {
  const at = deps.now();
  const made = { id: newEventId(at), type: "user.created", onlyOf: candidate, data: "{}" };
  const bound = { type: "binding.created", data: JSON.stringify({ bindingId, appId }) };
  const rows = [...(candidate === undefined ? [] : [made]), { id: newEventId(at), ...bound }];
  return insertBindingEvents.with({ rows: jsonRows(rows), at, bindingId });
}

/** That a conflict was opened, for a batch that may not open it. */
export function conflictOpenedRecord(deps: Clock, conflictId: string) {
  const at = deps.now();
  return insertConflictOpened.with({ id: newEventId(at), at, conflictId });
}

/** That what hosts see of a binding changes, before the statement that completes it. */
export function bindingCompletedRecord(deps: Clock, completion: Completion) {
  const { appId, openid, unionid, nickname, avatarUrl } = completion;
  const at = deps.now();
  return insertBindingCompleted.with({ id: newEventId(at), at, appId, openid, unionid, nickname, avatarUrl });
}
