import { DrizzleQueryError } from "drizzle-orm/errors";

/** DrizzleQueryError puts the statement and its values into its message, so only the driver's error is passed on. */
export const driverErrorOf = (error: unknown): unknown =>
  error instanceof DrizzleQueryError ? error.cause : error;
