// What drizzle-kit reads to write migrations/sqlite.
import { sqliteColumns } from "./columns.js";
import { defineTables } from "./schema.js";

export const sqliteTables = defineTables(sqliteColumns);
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
} = sqliteTables;
