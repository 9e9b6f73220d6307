import type { Deps } from "../deps.js";

const largeBytes = 64 * 1024 * 1024;

/** Shortens SQLite's write-ahead log, and warns while something keeps it from getting shorter. */
export async function checkpoint(deps: Deps): Promise<void> {
  const { walBytes } = await deps.db.checkpoint();
  if (walBytes < largeBytes) return;
  deps.log.warn(
    { event: "write_ahead_log_large", bytes: walBytes },
    "another process keeps a read of the database open, so its write-ahead log grows: end that backup or database browser",
  );
}
