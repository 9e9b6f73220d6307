/**
 * The most rows that one DELETE of a clean-up removes. SQLite blocks the main thread, so sign-ins and health checks get
 * their turn between batches.
 */
export const deleteBatchSize = 500;
