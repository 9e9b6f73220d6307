import { type Column, isNotNull, type SQL, sql } from "drizzle-orm";
import type { Columns } from "./columns.js";

export type SignInOutcome =
  | "signed_in"
  | "bound"
  | "bound_elsewhere"
  | "refused"
  | "expired"
  | "snapshot"
  | "blocked"
  | "failed"
  | "abandoned";
export type AuthorizationRequestOutcome =
  | "signed_in"
  | "bound"
  | "bound_elsewhere"
  | "profile_asked"
  | "refused"
  | "expired"
  | "snapshot"
  | "blocked"
  | "failed";
/** `bind`: a signed-in person adds a WeChat account; `bind_link`: a host application's user connects one. */
export type SignInPurpose = "sign_in" | "bind" | "bind_link";
/** `profile`: to show nickname and picture; `unionid`: to be recognized in the other apps of a group. */
export type ConsentPurpose = "profile" | "unionid";
export type ConflictResolution = "merged" | "kept_apart";
/** `browser_sign_in`: a sign-in of which only the browser is the user's. */
export type MergeMoveKind = "binding" | "union" | "session" | "external_user" | "sign_in" | "browser_sign_in";
export type ImportKind = "people" | "openids";
export type UserStatus = "active" | "blocked";
export type OperatorRole = "viewer" | "operator" | "owner";
/** `denied` by this system; `refused` by WeChat, or WeChat did not answer. */
export type AuditResult = "ok" | "denied" | "refused";
export type HandOutKind = "access_token" | "js_sdk_signature";
/** What a webhook delivery waits for, or how it ended. */
export type DeliveryState = "pending" | "delivered" | "failed";
/** `regressed`: it was resolved, and failed again. */
export type ErrorGroupState = "open" | "acknowledged" | "resolved" | "regressed" | "muted";
export type AppTokenKind = "access_token" | "jsapi_ticket";

/** A nickname that was written since its grams were. The condition of an index: a query that asks in other words reads all rows. */
export const isNotSearchable = (bindings: { nicknameFolded: Column; searchableAs: Column }): SQL =>
  sql`${bindings.nicknameFolded} is distinct from ${bindings.searchableAs}`;

/**
 * All tables, defined once for both engines.
 *
 * `bindings.user_id` and `unions.user_id` carry no foreign key: those unique rows are written first and
 * the user row only by the winner (db/identities.ts), all in one transaction.
 */
export function defineTables(c: Columns) {
  const users = c.table(
    "users",
    {
      id: c.text("id").primaryKey(),
      status: c.text("status").$type<UserStatus>().notNull().default("active"),
      createdAt: c.time("created_at").notNull(),
      lastSignInAt: c.time("last_sign_in_at"),
      /** The user who has what this one had, since an operator merged the two. */
      mergedInto: c.text("merged_into"),
    },
    (t) => [
      c.index("users_created").on(t.createdAt, t.id),
      c.index("users_status").on(t.status, t.createdAt, t.id),
      c.index("users_merged_into").on(t.mergedInto),
    ],
  );

  /** A person as a host application knows them: two hosts may both have a user 42. */
  const externalUsers = c.table(
    "external_users",
    {
      clientId: c.text("client_id").notNull(),
      externalId: c.text("external_id").notNull(),
      userId: c.text("user_id").notNull(),
      createdAt: c.time("created_at").notNull(),
    },
    (t) => [
      c.primaryKey({ columns: [t.clientId, t.externalId] }),
      c.index("external_users_user").on(t.userId),
      c.index("external_users_external_id").on(t.externalId),
    ],
  );

  const bindings = c.table(
    "bindings",
    {
      id: c.text("id").primaryKey(),
      appId: c.text("app_id").notNull(),
      openid: c.text("openid").notNull(),
      userId: c.text("user_id").notNull(),
      unionid: c.text("unionid"),
      /** When WeChat was last asked for a missing unionid; null if it was not. */
      unionidCheckedAt: c.time("unionid_checked_at"),
      /** The widest scope ever granted; WeChat's own comma-separated form. */
      scope: c.text("scope").notNull(),
      nickname: c.text("nickname"),
      /** The nickname folded for search: SQLite's LIKE folds ASCII only. */
      nicknameFolded: c.text("nickname_folded"),
      /** The folded nickname whose grams are written; another one, or null, until the job has written the present one's. */
      searchableAs: c.text("searchable_as"),
      avatarUrl: c.text("avatar_url"),
      profileAt: c.time("profile_at"),
      /** When it was last tried to read the profile again, after a silent sign-in; null if it was not. */
      profileCheckedAt: c.time("profile_checked_at"),
      createdAt: c.time("created_at").notNull(),
      lastSignInAt: c.time("last_sign_in_at").notNull(),
    },
    (t) => [
      c.uniqueIndex("bindings_app_openid").on(t.appId, t.openid),
      c.index("bindings_user").on(t.userId),
      c.index("bindings_openid").on(t.openid),
      c.index("bindings_unionid").on(t.unionid),
      c.index("bindings_not_searchable").on(t.id).where(isNotSearchable(t)),
    ],
  );

  /** Two neighbouring characters of a nickname, or its last one: by which a part of a nickname is found. */
  const nicknameGrams = c.table(
    "nickname_grams",
    {
      gram: c.text("gram").notNull(),
      bindingId: c
        .text("binding_id")
        .notNull()
        .references(() => bindings.id, { onDelete: "cascade" }),
    },
    (t) => [
      c.primaryKey({ columns: [t.gram, t.bindingId] }),
      c.index("nickname_grams_binding").on(t.bindingId),
    ],
  );

  const unions = c.table(
    "unions",
    {
      group: c.text("group").notNull(),
      unionid: c.text("unionid").notNull(),
      userId: c.text("user_id").notNull(),
      createdAt: c.time("created_at").notNull(),
    },
    (t) => [c.primaryKey({ columns: [t.group, t.unionid] }), c.index("unions_user").on(t.userId)],
  );

  /** How far the bindings of an app, in the order of their openids, have joined a group that was set after they were made. */
  const groupJoins = c.table(
    "group_joins",
    {
      appId: c.text("app_id").notNull(),
      group: c.text("group").notNull(),
      /** The openid of the last binding that has joined; empty before the first. */
      after: c.text("after").notNull(),
      /** When the last one joined; null until then. */
      doneAt: c.time("done_at"),
    },
    (t) => [c.primaryKey({ columns: [t.appId, t.group] })],
  );

  const identityConflicts = c.table(
    "identity_conflicts",
    {
      id: c.text("id").primaryKey(),
      group: c.text("group").notNull(),
      unionid: c.text("unionid").notNull(),
      /** The user whose binding brought the unionid. */
      userId: c.text("user_id").notNull(),
      /** The user to whom the unionid already belongs. */
      otherUserId: c.text("other_user_id").notNull(),
      createdAt: c.time("created_at").notNull(),
      /** When an operator decided; null while the conflict is open. */
      resolvedAt: c.time("resolved_at"),
      resolution: c.text("resolution").$type<ConflictResolution>(),
    },
    (t) => [
      c.uniqueIndex("identity_conflicts_once").on(t.group, t.unionid, t.userId),
      c.index("identity_conflicts_created").on(t.createdAt, t.id),
      c.index("identity_conflicts_resolved").on(t.resolvedAt, t.createdAt, t.id),
      c.index("identity_conflicts_user").on(t.userId),
      c.index("identity_conflicts_other_user").on(t.otherUserId),
    ],
  );

  /** Two users whom an operator made one; it can be undone for 30 days. */
  const merges = c.table(
    "merges",
    {
      id: c.text("id").primaryKey(),
      /** The conflict that it resolved, if it resolved one. */
      conflictId: c.text("conflict_id"),
      fromUserId: c.text("from_user_id").notNull(),
      intoUserId: c.text("into_user_id").notNull(),
      operatorId: c.text("operator_id").notNull(),
      createdAt: c.time("created_at").notNull(),
      undoneAt: c.time("undone_at"),
      undoneBy: c.text("undone_by"),
    },
    (t) => [
      c.index("merges_created").on(t.createdAt, t.id),
      c.index("merges_from").on(t.fromUserId),
      c.index("merges_into").on(t.intoUserId),
    ],
  );

  /** Each row that a merge moved: what an undo moves back, so that what came later stays. */
  const mergeMoves = c.table(
    "merge_moves",
    {
      mergeId: c
        .text("merge_id")
        .notNull()
        .references(() => merges.id, { onDelete: "cascade" }),
      kind: c.text("kind").$type<MergeMoveKind>().notNull(),
      /** The key of the row in its table; of a key of two columns both parts, with a slash between them. */
      key: c.text("key").notNull(),
    },
    (t) => [c.primaryKey({ columns: [t.mergeId, t.kind, t.key] })],
  );

  const signIns = c.table(
    "sign_ins",
    {
      /** Also the request number that a person reads to support. */
      id: c.text("id").primaryKey(),
      purpose: c.text("purpose").$type<SignInPurpose>().notNull(),
      appId: c.text("app_id").notNull(),
      returnTo: c.text("return_to").notNull(),
      browserHash: c.text("browser_hash").notNull(),
      ip: c.text("ip"),
      userAgent: c.text("user_agent"),
      createdAt: c.time("created_at").notNull(),
      expiresAt: c.time("expires_at").notNull(),
      outcome: c.text("outcome").$type<SignInOutcome>(),
      outcomeAt: c.time("outcome_at"),
      openid: c.text("openid"),
      userId: c.text("user_id"),
      /** Whose browser began it, as far as its session or its earlier sign-ins say: a guess, for operators only. */
      browserUserId: c.text("browser_user_id"),
      /** The session that began it and alone can finish it; only with the purpose `bind`. */
      sessionId: c.text("session_id"),
      /** Which version of the privacy notice the person was shown before they agreed to show their profile. */
      noticeVersion: c.text("notice_version"),
      /** The host application that it was begun for; null for this system's own pages. */
      clientId: c.text("client_id"),
      /** Hash of the nonce with which that host redeems the ticket. */
      nonceHash: c.text("nonce_hash"),
      /** Only with the purpose `bind_link`. */
      bindLinkId: c.text("bind_link_id"),
    },
    (t) => [
      c.index("sign_ins_created").on(t.createdAt, t.id),
      c.index("sign_ins_browser").on(t.browserHash, t.createdAt),
      c.index("sign_ins_browser_user").on(t.browserUserId, t.createdAt),
      c.index("sign_ins_user").on(t.userId, t.createdAt),
      c.index("sign_ins_outcome").on(t.outcome, t.expiresAt),
      c.index("sign_ins_ended").on(t.outcome, t.createdAt, t.id),
      c.index("sign_ins_openid").on(t.openid, t.createdAt, t.id),
      c.index("sign_ins_ip").on(t.ip, t.createdAt, t.id),
    ],
  );

  const authorizationRequests = c.table(
    "authorization_requests",
    {
      stateHash: c.text("state_hash").primaryKey(),
      signInId: c
        .text("sign_in_id")
        .notNull()
        .references(() => signIns.id, { onDelete: "cascade" }),
      scope: c.text("scope").notNull(),
      createdAt: c.time("created_at").notNull(),
      expiresAt: c.time("expires_at").notNull(),
      claimedAt: c.time("claimed_at"),
      /** How the first callback request ended; repeated ones are answered the same way. */
      outcome: c.text("outcome").$type<AuthorizationRequestOutcome>(),
      /** The failure page that it ended on. */
      page: c.text("page"),
      errcode: c.text("errcode"),
    },
    (t) => [c.index("authorization_requests_sign_in").on(t.signInId)],
  );

  const signInEvents = c.table(
    "sign_in_events",
    {
      id: c.text("id").primaryKey(),
      signInId: c
        .text("sign_in_id")
        .notNull()
        .references(() => signIns.id, { onDelete: "cascade" }),
      at: c.time("at").notNull(),
      kind: c.text("kind").notNull(),
      durationMs: c.integer("duration_ms"),
      detail: c.text("detail"),
    },
    (t) => [c.index("sign_in_events_sign_in").on(t.signInId, t.id)],
  );

  const sessions = c.table(
    "sessions",
    {
      secretHash: c.text("secret_hash").primaryKey(),
      id: c.text("id").notNull(),
      userId: c
        .text("user_id")
        .notNull()
        .references(() => users.id, { onDelete: "cascade" }),
      signInId: c.text("sign_in_id").notNull(),
      createdAt: c.time("created_at").notNull(),
      lastSeenAt: c.time("last_seen_at").notNull(),
      expiresAt: c.time("expires_at").notNull(),
      ip: c.text("ip"),
      userAgent: c.text("user_agent"),
    },
    (t) => [
      c.uniqueIndex("sessions_id").on(t.id),
      c.index("sessions_user").on(t.userId, t.createdAt, t.id),
      c.index("sessions_expires").on(t.expiresAt),
      c.index("sessions_last_seen").on(t.lastSeenAt),
    ],
  );

  const userTokens = c.table(
    "user_tokens",
    {
      bindingId: c
        .text("binding_id")
        .primaryKey()
        .references(() => bindings.id, { onDelete: "cascade" }),
      /** That of the binding, for the list of one app's tokens. */
      appId: c.text("app_id").notNull(),
      /** Encrypted: see KeyRing.encrypt. */
      accessToken: c.text("access_token").notNull(),
      refreshToken: c.text("refresh_token").notNull(),
      scope: c.text("scope").notNull(),
      /** 0 without a refresh token, 1 with snsapi_base, 2 with a scope that may read the profile. */
      scopeRank: c.integer("scope_rank").notNull(),
      expiresAt: c.time("expires_at").notNull(),
      refreshExpiresAt: c.time("refresh_expires_at").notNull(),
      updatedAt: c.time("updated_at").notNull(),
      /** When an operator last asked WeChat about this access token. Null if it was not checked since it was issued. */
      checkedAt: c.time("checked_at"),
      /** Why WeChat refused it then: its errcode, or `invalid`; null if it did not. */
      refusedErrcode: c.text("refused_errcode"),
    },
    (t) => [
      c.index("user_tokens_updated").on(t.updatedAt, t.bindingId),
      c.index("user_tokens_app").on(t.appId, t.updatedAt, t.bindingId),
      c.index("user_tokens_refused").on(t.updatedAt, t.bindingId).where(isNotNull(t.refusedErrcode)),
    ],
  );

  const appTokens = c.table(
    "app_tokens",
    {
      appId: c.text("app_id").notNull(),
      kind: c.text("kind").$type<AppTokenKind>().notNull(),
      /** Encrypted; absent until the first fetch succeeds. */
      token: c.text("token"),
      fingerprint: c.text("fingerprint"),
      source: c.text("source").notNull(),
      /** Grows by one with each write; a write is accepted only if the version before it is stored. */
      version: c.integer("version").notNull().default(1),
      generation: c.integer("generation").notNull(),
      fetchedAt: c.time("fetched_at"),
      expiresAt: c.time("expires_at"),
      refreshAt: c.time("refresh_at"),
      requestedBy: c.text("requested_by"),
      leaseUntil: c.time("lease_until"),
      lastFailureAt: c.time("last_failure_at"),
      lastErrcode: c.text("last_errcode"),
      failuresInRow: c.integer("failures_in_row").notNull(),
      retryAt: c.time("retry_at"),
      /** The forced refreshes of the last 24 hours: a JSON list of unix ms. */
      forcedAt: c.text("forced_at").notNull().default("[]"),
    },
    (t) => [c.primaryKey({ columns: [t.appId, t.kind] })],
  );

  /** Each time WeChat was asked for a global token or a ticket: who asked, and what came. */
  const appTokenFetches = c.table(
    "app_token_fetches",
    {
      id: c.text("id").primaryKey(),
      appId: c.text("app_id").notNull(),
      kind: c.text("kind").$type<AppTokenKind>().notNull(),
      at: c.time("at").notNull(),
      source: c.text("source").notNull(),
      requestedBy: c.text("requested_by").notNull(),
      latencyMs: c.integer("latency_ms").notNull(),
      /** That of the token it brought; null if it failed. */
      generation: c.integer("generation"),
      /** Why it failed; null if it did not. */
      errcode: c.text("errcode"),
    },
    (t) => [
      c.index("app_token_fetches_app").on(t.appId, t.kind, t.at, t.id),
      c.index("app_token_fetches_at").on(t.at),
    ],
  );

  const apiFailures = c.table(
    "api_failures",
    {
      id: c.text("id").primaryKey(),
      at: c.time("at").notNull(),
      appId: c.text("app_id").notNull(),
      endpoint: c.text("endpoint").notNull(),
      /** WeChat's errcode, or the library's code if there was no valid answer (TIMEOUT, BAD_JSON, …). */
      errcode: c.text("errcode").notNull(),
      errmsg: c.text("errmsg").notNull(),
      rid: c.text("rid"),
      openid: c.text("openid"),
      attempt: c.integer("attempt").notNull(),
      latencyMs: c.integer("latency_ms").notNull(),
      signInId: c.text("sign_in_id"),
      /** What was sent and what came back, as JSON without secrets, codes and tokens. */
      request: c.text("request"),
      answer: c.text("answer"),
    },
    (t) => [
      c.index("api_failures_at").on(t.at, t.id),
      c.index("api_failures_errcode").on(t.errcode, t.at, t.id),
      c.index("api_failures_app").on(t.appId, t.at, t.id),
      c.index("api_failures_sign_in").on(t.signInId),
      c.index("api_failures_openid").on(t.openid, t.at, t.id),
      c.index("api_failures_rid").on(t.rid),
    ],
  );

  /** The failures of one kind: what an operator works through. Its counts outlive the failures themselves. */
  const errorGroups = c.table(
    "error_groups",
    {
      /** That of its first failure. */
      id: c.text("id").primaryKey(),
      appId: c.text("app_id").notNull(),
      endpoint: c.text("endpoint").notNull(),
      errcode: c.text("errcode").notNull(),
      state: c.text("state").$type<ErrorGroupState>().notNull().default("open"),
      /** When the state changed, and who changed it; null for a group that is as it began. */
      stateAt: c.time("state_at"),
      stateBy: c.text("state_by"),
      /** A resolved group is open again from its first failure after this moment. */
      resolvedAt: c.time("resolved_at"),
      mutedUntil: c.time("muted_until"),
    },
    (t) => [c.uniqueIndex("error_groups_kind").on(t.appId, t.endpoint, t.errcode)],
  );

  /** How often a group failed in a quarter of an hour, and in a whole day. */
  const errorGroupCounts = c.table(
    "error_group_counts",
    {
      groupId: c.text("group_id").notNull(),
      /** How long the slot is: 15, or 1440 for a day of UTC. */
      minutes: c.integer("minutes").notNull(),
      /** Unix minutes divided by `minutes`. */
      slot: c.integer("slot").notNull(),
      events: c.integer("events").notNull(),
      /** How many of them were before an openid was known. */
      unnamed: c.integer("unnamed").notNull(),
      firstAt: c.time("first_at").notNull(),
      lastAt: c.time("last_at").notNull(),
    },
    (t) => [
      c.primaryKey({ columns: [t.groupId, t.minutes, t.slot] }),
      c.index("error_group_counts_slot").on(t.minutes, t.slot),
    ],
  );

  /** Whom a group affects. Who has failed since a moment are those whose last failure is after it. */
  const errorGroupPeople = c.table(
    "error_group_people",
    {
      groupId: c.text("group_id").notNull(),
      /** An openid, else the user of the browser, else the browser: each with a letter before it. */
      who: c.text("who").notNull(),
      lastAt: c.time("last_at").notNull(),
    },
    (t) => [
      c.primaryKey({ columns: [t.groupId, t.who] }),
      c.index("error_group_people_last").on(t.groupId, t.lastAt),
      c.index("error_group_people_who").on(t.who),
      c.index("error_group_people_expired").on(t.lastAt),
    ],
  );

  const apiCallCounts = c.table(
    "api_call_counts",
    {
      /** Unix minute: epoch milliseconds divided by 60000. */
      minute: c.integer("minute").notNull(),
      appId: c.text("app_id").notNull(),
      /** An endpoint of WeChat, or `sign_in` for sign-ins, whose `errcode` is their outcome. */
      endpoint: c.text("endpoint").notNull(),
      /** Empty if the call succeeded. */
      errcode: c.text("errcode").notNull(),
      calls: c.integer("calls").notNull(),
    },
    (t) => [c.primaryKey({ columns: [t.minute, t.appId, t.endpoint, t.errcode] })],
  );

  const operators = c.table(
    "operators",
    {
      id: c.text("id").primaryKey(),
      username: c.text("username").notNull(),
      /** A PHC string: $scrypt$ln=17,r=8,p=1$salt$hash. */
      passwordHash: c.text("password_hash").notNull(),
      role: c.text("role").$type<OperatorRole>().notNull(),
      status: c.text("status").$type<"active" | "disabled">().notNull(),
      createdAt: c.time("created_at").notNull(),
    },
    (t) => [c.uniqueIndex("operators_username").on(t.username)],
  );

  const operatorSessions = c.table(
    "operator_sessions",
    {
      secretHash: c.text("secret_hash").primaryKey(),
      operatorId: c
        .text("operator_id")
        .notNull()
        .references(() => operators.id, { onDelete: "cascade" }),
      createdAt: c.time("created_at").notNull(),
      lastSeenAt: c.time("last_seen_at").notNull(),
      expiresAt: c.time("expires_at").notNull(),
      ip: c.text("ip"),
      userAgent: c.text("user_agent"),
    },
    (t) => [
      c.index("operator_sessions_operator").on(t.operatorId),
      c.index("operator_sessions_expires").on(t.expiresAt),
    ],
  );

  /** One-time links that make an operator, or set a new password. */
  const operatorLinks = c.table("operator_links", {
    secretHash: c.text("secret_hash").primaryKey(),
    /** The role of an operator made with it. */
    role: c.text("role").$type<OperatorRole>().notNull(),
    createdAt: c.time("created_at").notNull(),
    expiresAt: c.time("expires_at").notNull(),
  });

  /** Counts within a window, shared by all processes: requests of one source, wrong operator passwords. */
  const throttles = c.table(
    "throttles",
    {
      key: c.text("key").primaryKey(),
      count: c.integer("count").notNull(),
      expiresAt: c.time("expires_at").notNull(),
    },
    (t) => [c.index("throttles_expires").on(t.expiresAt)],
  );

  const auditLog = c.table(
    "audit_log",
    {
      id: c.text("id").primaryKey(),
      at: c.time("at").notNull(),
      /** Null before anyone is signed in: a wrong password, a link. */
      operatorId: c.text("operator_id"),
      event: c.text("event").notNull(),
      target: c.text("target"),
      result: c.text("result").$type<AuditResult>().notNull(),
      /** WeChat's errcode, or the library's code, if a call to WeChat made the result `refused`. */
      errcode: c.text("errcode"),
      ip: c.text("ip"),
      /** Its place among the sealed entries, from 1; null until it is sealed. */
      sealNumber: c.integer("seal_number"),
      /** A hash over this entry and the seal before it: a removed or altered entry shows. */
      seal: c.text("seal"),
    },
    (t) => [
      c.index("audit_log_at").on(t.at, t.id),
      c.index("audit_log_operator").on(t.operatorId, t.at, t.id),
      c.index("audit_log_event").on(t.event, t.at, t.id),
      c.index("audit_log_target").on(t.target, t.at, t.id),
      c.uniqueIndex("audit_log_seal_number").on(t.sealNumber),
    ],
  );

  /** What an entry of the audit log says about a person: it can be erased, and no seal covers it. */
  const auditDetails = c.table(
    "audit_details",
    {
      auditId: c.text("audit_id").primaryKey(),
      userId: c.text("user_id"),
      detail: c.text("detail").notNull(),
    },
    (t) => [c.index("audit_details_user").on(t.userId)],
  );

  /** Two places in the chain of seals: `last`, and `deleted`, up to which retention has deleted the entries. */
  const auditAnchors = c.table("audit_anchors", {
    name: c.text("name").$type<"last" | "deleted">().primaryKey(),
    sealNumber: c.integer("seal_number").notNull(),
    seal: c.text("seal").notNull(),
    at: c.time("at").notNull(),
  });

  /** What a person agreed to, or refused, and when. */
  const consents = c.table(
    "consents",
    {
      /** That of the sign-in that asked. */
      id: c.text("id").primaryKey(),
      userId: c.text("user_id").notNull(),
      bindingId: c.text("binding_id").notNull(),
      purpose: c.text("purpose").$type<ConsentPurpose>().notNull(),
      /** A question counts as refused until the person agrees: who closes the page has answered too. */
      answer: c.text("answer").$type<"agreed" | "refused">().notNull(),
      noticeVersion: c.text("notice_version"),
      at: c.time("at").notNull(),
    },
    (t) => [
      c.index("consents_user").on(t.userId),
      c.index("consents_binding").on(t.bindingId, t.purpose, t.at),
    ],
  );

  /** The ledger of erasures; the file beside the database repeats it, so that a restored backup forgets again. */
  const erasures = c.table("erasures", {
    userId: c.text("user_id").primaryKey(),
    /** The operator who erased; null if the person did. */
    operatorId: c.text("operator_id"),
    at: c.time("at").notNull(),
  });

  /** Keyed hashes of the identities of erased people who were blocked: they stay blocked. */
  const blockedIdentities = c.table("blocked_identities", {
    hash: c.text("hash").primaryKey(),
    at: c.time("at").notNull(),
  });

  /** How far a file of people or of openids is imported: an interrupted import goes on there. */
  const imports = c.table("imports", {
    /** A hash of the file and of what it is imported as. */
    id: c.text("id").primaryKey(),
    kind: c.text("kind").$type<ImportKind>().notNull(),
    /** The records of the file that are done. */
    records: c.integer("records").notNull(),
    /** How many had each result, as JSON. */
    counts: c.text("counts").notNull(),
    startedAt: c.time("started_at").notNull(),
    updatedAt: c.time("updated_at").notNull(),
    doneAt: c.time("done_at"),
  });

  /** A host application: a site with users of its own. */
  const hostClients = c.table("host_clients", {
    /** A name of lower-case letters, digits, - and _, such as `shop`: it is in links. */
    id: c.text("id").primaryKey(),
    /** Shown to people on the page of a bind link. */
    name: c.text("name").notNull(),
    /** JSON list of origins, such as https://shop.example. */
    origins: c.text("origins").notNull(),
    /** JSON list of paths at these origins to which a ticket may be sent. */
    redirectPaths: c.text("redirect_paths").notNull(),
    createdAt: c.time("created_at").notNull(),
    /** Since then its keys, links and tickets are refused. */
    disabledAt: c.time("disabled_at"),
  });

  const apiKeys = c.table(
    "api_keys",
    {
      id: c.text("id").primaryKey(),
      clientId: c
        .text("client_id")
        .notNull()
        .references(() => hostClients.id, { onDelete: "cascade" }),
      /** The key itself is shown once and not stored. */
      keyHash: c.text("key_hash").notNull(),
      /** Its last four characters, by which people tell two keys apart. */
      hint: c.text("hint").notNull(),
      /** JSON list. */
      scopes: c.text("scopes").notNull(),
      /** JSON list of the networks it may be used from; empty: from anywhere. */
      cidrs: c.text("cidrs").notNull(),
      createdAt: c.time("created_at").notNull(),
      lastUsedAt: c.time("last_used_at"),
      revokedAt: c.time("revoked_at"),
    },
    (t) => [c.uniqueIndex("api_keys_hash").on(t.keyHash), c.index("api_keys_client").on(t.clientId)],
  );

  /** What a browser carries back to a host, whose server redeems it once. */
  const tickets = c.table(
    "tickets",
    {
      ticketHash: c.text("ticket_hash").primaryKey(),
      clientId: c.text("client_id").notNull(),
      nonceHash: c.text("nonce_hash").notNull(),
      userId: c.text("user_id").notNull(),
      signInId: c.text("sign_in_id").notNull(),
      /** Whether this sign-in made the user: 0 or 1. */
      isNew: c.integer("is_new").notNull(),
      createdAt: c.time("created_at").notNull(),
      expiresAt: c.time("expires_at").notNull(),
      redeemedAt: c.time("redeemed_at"),
    },
    (t) => [c.index("tickets_user").on(t.userId), c.index("tickets_expires").on(t.expiresAt)],
  );

  /** By which a host's user connects WeChat, once. */
  const bindLinks = c.table(
    "bind_links",
    {
      id: c.text("id").primaryKey(),
      secretHash: c.text("secret_hash").notNull(),
      clientId: c.text("client_id").notNull(),
      externalId: c.text("external_id").notNull(),
      /** How the host's page calls its user, such as a masked mail address: shown to the person. */
      label: c.text("label").notNull(),
      returnTo: c.text("return_to").notNull(),
      nonceHash: c.text("nonce_hash").notNull(),
      createdAt: c.time("created_at").notNull(),
      expiresAt: c.time("expires_at").notNull(),
      usedAt: c.time("used_at"),
      /** Who used it. */
      userId: c.text("user_id"),
    },
    (t) => [
      c.uniqueIndex("bind_links_secret").on(t.secretHash),
      c.index("bind_links_expires").on(t.expiresAt),
      c.index("bind_links_user").on(t.userId),
    ],
  );

  /** What a request with an Idempotency-Key made, so that the same request makes it once. */
  const idempotencyKeys = c.table(
    "idempotency_keys",
    {
      clientId: c.text("client_id").notNull(),
      key: c.text("key").notNull(),
      /** Hash of operation, path and body: another request with this key is refused. */
      requestHash: c.text("request_hash").notNull(),
      createdAt: c.time("created_at").notNull(),
      expiresAt: c.time("expires_at").notNull(),
      /** Null while the first request is under way. */
      status: c.integer("status"),
      /** The answer without its secrets, as JSON. */
      answer: c.text("answer"),
      /** Whom the answer names, so that an erasure finds it. */
      userId: c.text("user_id"),
    },
    (t) => [
      c.primaryKey({ columns: [t.clientId, t.key] }),
      c.index("idempotency_keys_expires").on(t.expiresAt),
      c.index("idempotency_keys_user").on(t.userId),
    ],
  );

  /** How often a host was given the global token of an app, or a signature made from its ticket. */
  const handOuts = c.table(
    "hand_outs",
    {
      appId: c.text("app_id").notNull(),
      kind: c.text("kind").$type<HandOutKind>().notNull(),
      clientId: c.text("client_id").notNull(),
      /** Unix day: epoch milliseconds divided by 86,400,000. */
      day: c.integer("day").notNull(),
      count: c.integer("count").notNull(),
      lastAt: c.time("last_at").notNull(),
    },
    (t) => [c.primaryKey({ columns: [t.appId, t.kind, t.clientId, t.day] })],
  );

  /** What changed, written in the batch that changed it. */
  const outbox = c.table(
    "outbox",
    {
      /** Also the webhook-id. */
      id: c.text("id").primaryKey(),
      /** Its place in the feed, without gaps; null until the publisher gives it one. */
      number: c.integer("number"),
      type: c.text("type").notNull(),
      at: c.time("at").notNull(),
      userId: c.text("user_id"),
      /** The host alone that may read it; null: every host. */
      clientId: c.text("client_id"),
      /** Ids of what changed, as JSON: no openid, unionid, nickname or external id. */
      data: c.text("data").notNull(),
    },
    (t) => [
      c.uniqueIndex("outbox_number").on(t.number),
      c.index("outbox_user").on(t.userId),
      c.index("outbox_at").on(t.at),
    ],
  );

  const webhookEndpoints = c.table(
    "webhook_endpoints",
    {
      id: c.text("id").primaryKey(),
      clientId: c
        .text("client_id")
        .notNull()
        .references(() => hostClients.id, { onDelete: "cascade" }),
      url: c.text("url").notNull(),
      /** JSON list of event types; empty: all. */
      types: c.text("types").notNull(),
      /** Encrypted: see KeyRing.encrypt. */
      secret: c.text("secret").notNull(),
      /** Signs as well until `previousUntil`, while a host changes to the new one. */
      previousSecret: c.text("previous_secret"),
      previousUntil: c.time("previous_until"),
      createdAt: c.time("created_at").notNull(),
      /** Since when each try has failed; null while tries succeed. */
      failingSince: c.time("failing_since"),
      disabledAt: c.time("disabled_at"),
      disabledReason: c.text("disabled_reason"),
    },
    (t) => [c.index("webhook_endpoints_client").on(t.clientId)],
  );

  /** One event on its way to one endpoint. */
  const webhookDeliveries = c.table(
    "webhook_deliveries",
    {
      id: c.text("id").primaryKey(),
      endpointId: c
        .text("endpoint_id")
        .notNull()
        .references(() => webhookEndpoints.id, { onDelete: "cascade" }),
      /** Null for a test delivery. */
      eventNumber: c.integer("event_number"),
      state: c.text("state").$type<DeliveryState>().notNull(),
      attempts: c.integer("attempts").notNull(),
      createdAt: c.time("created_at").notNull(),
      /** When it is tried next; null once it is delivered or has failed for good. */
      nextAttemptAt: c.time("next_attempt_at"),
      /** Until when one process is trying it. */
      leaseUntil: c.time("lease_until"),
      lastAttemptAt: c.time("last_attempt_at"),
      /** The HTTP status of the last answer; null without one. */
      lastStatus: c.integer("last_status"),
      /** Why the last try failed, in a few words of this system's own. */
      lastError: c.text("last_error"),
      durationMs: c.integer("duration_ms"),
    },
    (t) => [
      c.uniqueIndex("webhook_deliveries_event").on(t.endpointId, t.eventNumber),
      c.index("webhook_deliveries_next").on(t.nextAttemptAt),
      c.index("webhook_deliveries_endpoint_next").on(t.endpointId, t.nextAttemptAt),
      c.index("webhook_deliveries_endpoint_created").on(t.endpointId, t.createdAt, t.id),
      c.index("webhook_deliveries_created").on(t.createdAt),
    ],
  );

  return {
    users,
    externalUsers,
    bindings,
    nicknameGrams,
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
    appTokenFetches,
    apiFailures,
    errorGroups,
    errorGroupCounts,
    errorGroupPeople,
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
    hostClients,
    apiKeys,
    tickets,
    bindLinks,
    idempotencyKeys,
    handOuts,
    outbox,
    webhookEndpoints,
    webhookDeliveries,
  };
}

export type Tables = ReturnType<typeof defineTables>;
