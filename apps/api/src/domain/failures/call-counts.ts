import type { Database } from "../../db/database.js";
import { addCallCount } from "../../db/failures.js";

interface Count {
  minute: number;
  appId: string;
  endpoint: string;
  errcode: string;
  calls: number;
}

/**
 * Calls to WeChat by minute, app, endpoint and errcode, and sign-ins by outcome. Counted in
 * memory and written every few seconds: a sign-in does not wait for a count, and a crash may lose a few seconds of it.
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
      await db.batch(counts.map((count) => addCallCount.with(count)));
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
