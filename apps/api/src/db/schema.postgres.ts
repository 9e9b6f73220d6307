// What drizzle-kit reads to write migrations/postgres.
import { postgresColumns } from "./postgres-dialect.js";
import { defineTables } from "./schema.js";

export const postgresTables = defineTables(postgresColumns);
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
} = postgresTables;
