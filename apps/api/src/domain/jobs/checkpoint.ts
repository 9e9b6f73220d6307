import type { Deps } from "../deps.js";

const largeBytes = 64 * 1024 * 1024;

/** Shortens SQLite's write-ahead log, and warns, in the log and in the console, while something keeps it long. */
export async function checkpoint(deps: Deps): Promise<void> {
  const { walBytes } = await deps.db.checkpoint();
  if (walBytes < largeBytes) {
    deps.notices.remove("write_ahead_log_large");
    return;
  }
  deps.notices.add({ kind: "write_ahead_log_large", since: deps.now() });
  deps.log.warn(
    { event: "write_ahead_log_large", bytes: walBytes },
    "another process keeps a read of the database open, so its write-ahead log grows: end that backup or database browser",
  );
}
