/**
 * How many rows one statement of a clean-up touches. SQLite works on our own thread: between slices sign-ins
 * and health checks get their turn.
 */
export const slice = 500;
