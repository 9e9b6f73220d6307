// What drizzle-kit reads to write migrations/sqlite.
import { sqliteColumns } from "./columns.js";
import { defineTables } from "./schema.js";

export const sqliteTables = defineTables(sqliteColumns);
export const {
  users,
  externalUsers,
  bindings,
  unions,
  groupJoins,
  identityConflicts,
  merges,
  mergeMoves,
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
  auditDetails,
  auditAnchors,
  consents,
  erasures,
  blockedIdentities,
  imports,
} = sqliteTables;
