import type { Database } from "../db/database.js";
import { addCallCount } from "../db/failures.js";

interface Count {
  minute: number;
  appId: string;
  endpoint: string;
  errcode: string;
  calls: number;
}

/**
 * Calls to WeChat by minute, app, endpoint and errcode. Gathered in memory and written now and then: a count
 * is worth no write of its own in the middle of a sign-in, and losing some seconds of it in a crash is fine.
 */
export class CallCounts {
  #pending = new Map<string, Count>();

  add(at: Date, appId: string, endpoint: string, errcode: string): void {
    const minute = Math.floor(at.getTime() / 60_000);
    const key = `${minute} ${appId} ${endpoint} ${errcode}`;
    const count = this.#pending.get(key);
    if (count) count.calls++;
    else this.#pending.set(key, { minute, appId, endpoint, errcode, calls: 1 });
  }

  /** @throws {DatabaseError} and keeps what it could not write for the next time. */
  async flush(db: Database): Promise<void> {
    // In one order everywhere: two processes that write the same counts then wait for each other, and never deadlock.
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
