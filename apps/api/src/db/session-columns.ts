import { and, type Column, gt, lte, or, type Placeholder, type SQL } from "drizzle-orm";
import { encoded } from "./statement.js";

// When a row of `sessions` or `operator_sessions` is alive: once for both tables, for the check and for the clean-up.

interface SessionColumns {
  expiresAt: Column;
  lastSeenAt: Column;
}

interface Liveness {
  now: Placeholder;
  seenAfter: Placeholder;
}

export const isLive = ({ expiresAt, lastSeenAt }: SessionColumns, { now, seenAfter }: Liveness): SQL =>
  and(gt(expiresAt, encoded(expiresAt, now)), gt(lastSeenAt, encoded(lastSeenAt, seenAfter))) as SQL;

/** The opposite of `isLive`, written so that each half can use an index. */
export const isExpired = ({ expiresAt, lastSeenAt }: SessionColumns, { now, seenAfter }: Liveness): SQL =>
  or(lte(expiresAt, encoded(expiresAt, now)), lte(lastSeenAt, encoded(lastSeenAt, seenAfter))) as SQL;
