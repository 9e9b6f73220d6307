import { findFeedRange, listFeed } from "../../db/events.js";
import type { Deps } from "../deps.js";
import { HostError } from "../hosts/host-error.js";
import type { EventType } from "./outbox.js";

/** How many numbers one request looks at, so that a rare type costs no more than a common one. */
const maxLookedAt = 5_000;

/** An event as a host reads it, pulled or pushed. */
export interface HostEvent {
  /** Also the webhook-id. */
  id: string;
  number: number;
  type: EventType;
  timestamp: string;
  data: { number: number; userId: string | null; externalId: string | null; [name: string]: unknown };
}

interface EventRow {
  id: string;
  number: number | null;
  type: string;
  at: Date;
  userId: string | null;
  externalId: string | null;
  data: string;
}

export function toHostEvent({ id, type, at, userId, externalId, data, ...row }: EventRow): HostEvent {
  const number = row.number ?? 0;
  return {
    id,
    number,
    type: type as EventType,
    timestamp: at.toISOString(),
    data: { number, userId, externalId, ...JSON.parse(data) },
  };
}

/**
 * Reads events in the order of their numbers.
 *
 * @param reading.after the `lastNumber` of the answer before; undefined: from the oldest one that is kept.
 * @returns events, and the number up to which they are all: the next `after`, also if none of them was of a wanted type. The
 * reader has all events once it stays the same.
 * @throws {HostError} events_gone
 * @throws {DatabaseError}
 */
export async function readFeed(
  deps: Deps,
  reading: { clientId: string; after: number | undefined; types: readonly EventType[]; limit: number },
): Promise<{ items: HostEvent[]; lastNumber: number }> {
  const { clientId, types, limit } = reading;
  const [range] = await deps.db.run(findFeedRange, {});
  const last = range?.last ?? 0;
  const oldest = (range?.first ?? 1) - 1;
  const { after = oldest } = reading;
  if (after < oldest || after > last) {
    throw new HostError(
      "events_gone",
      after < oldest
        ? `The events up to number ${oldest} are deleted. Read your users again, then go on with after=${last}.`
        : `There is no event ${after} yet: the database was restored. Read your users again, then go on with after=${last}.`,
    );
  }
  const upTo = Math.min(last, after + maxLookedAt);
  const rows = await deps.db.run(listFeed, { clientId, after, upTo, types: JSON.stringify(types), limit });
  const items = rows.map(toHostEvent);
  return { items, lastNumber: items.length === limit ? (items.at(-1)?.number ?? upTo) : upTo };
}
