// What drizzle-kit reads to write migrations/postgres.
import { postgresColumns } from "./postgres-dialect.js";
import { defineTables } from "./schema.js";

export const postgresTables = defineTables(postgresColumns);
export const {
  users,
  bindings,
  unions,
  groupJoins,
  identityConflicts,
  signIns,
  authorizationRequests,
  signInEvents,
  sessions,
  userTokens,
  appTokens,
  apiFailures,
  apiCallCounts,
  operators,
  operatorSessions,
  operatorLinks,
  throttles,
  auditLog,
} = postgresTables;
