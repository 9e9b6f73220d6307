import { insertOutbox } from "../../db/outbox.js";
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
  "binding.revoked",
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

/** An event as a statement for the batch of the change itself: both are written or neither. */
export function outboxRecord(deps: Pick<Deps, "now">, { type, userId, clientId, data = {} }: Event) {
  const at = deps.now();
  const id = `evt_${newId(at)}`;
  return insertOutbox.with({ id, type, at, userId, clientId: clientId ?? null, data: JSON.stringify(data) });
}
