/**
 * How many rows one statement of a clean-up deletes. SQLite runs on the main thread: between two batches sign-ins and
 * health checks run.
 */
export const deleteBatchSize = 500;
