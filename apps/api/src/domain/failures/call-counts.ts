import { addCallCount, addCallSlot } from "../../db/call-counts.js";
import type { Database } from "../../db/database.js";
import { day, quarter } from "../../db/error-groups.js";

interface Count {
  minute: number;
  appId: string;
  endpoint: string;
  errcode: string;
  calls: number;
}

/**
 * Calls to WeChat by minute, app, endpoint and errcode, and the sign-ins that ended, by outcome. Counted in memory and
 * written every few seconds: a sign-in does not wait for a count, and a crash may lose a few seconds of it.
 */
export class CallCounts {
  #pending = new Map<string, Count>();

  /** @param onCount is told of each one, too. */
  constructor(private readonly onCount?: (appId: string, endpoint: string, errcode: string) => void) {}

  add(at: Date, appId: string, endpoint: string, errcode: string): void {
    this.onCount?.(appId, endpoint, errcode);
    const minute = Math.floor(at.getTime() / 60_000);
    const key = `${minute} ${appId} ${endpoint} ${errcode}`;
    const count = this.#pending.get(key);
    if (count) count.calls++;
    else this.#pending.set(key, { minute, appId, endpoint, errcode, calls: 1 });
  }

  /** @throws {DatabaseError}; what could not be written stays for the next flush. */
  async flush(db: Database): Promise<void> {
    // Sorted, so that two processes that write the same counts cannot deadlock.
    const counts = [...this.#pending].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, count]) => count);
    if (counts.length === 0) return;
    this.#pending = new Map();
    try {
      await db.batch([
        ...counts.map((count) => addCallCount.with(count)),
        ...slotsOf(counts).map((slot) => addCallSlot.with(slot)),
      ]);
    } catch (error) {
      for (const count of counts) {
        const key = `${count.minute} ${count.appId} ${count.endpoint} ${count.errcode}`;
        const newer = this.#pending.get(key);
        if (newer) newer.calls += count.calls;
        else this.#pending.set(key, count);
      }
      throw error;
    }
  }
}

/** The sums of sorted counts in longer slots, in an order that is the same in every process. */
function slotsOf(counts: readonly Count[]) {
  return ([quarter, day] as const).flatMap((minutes) => {
    const slots = new Map<string, Omit<Count, "minute"> & { minutes: typeof minutes; slot: number }>();
    for (const { minute, ...count } of counts) {
      const slot = Math.floor(minute / minutes);
      const key = `${slot} ${count.appId} ${count.endpoint} ${count.errcode}`;
      const known = slots.get(key);
      if (known) known.calls += count.calls;
      else slots.set(key, { ...count, minutes, slot });
    }
    return [...slots].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, slot]) => slot);
  });
}
