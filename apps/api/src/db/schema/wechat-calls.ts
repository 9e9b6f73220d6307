import { isNotNull } from "drizzle-orm";
import type { Columns } from "../columns.js";
import type { PeopleTables } from "./people.js";

/** `regressed`: it was resolved, and failed again. */
export type ErrorGroupState = "open" | "acknowledged" | "resolved" | "regressed" | "muted";
export type AppTokenKind = "access_token" | "jsapi_ticket";

/** WeChat's tokens, and how calls to WeChat went. */
export function wechatCallTables(c: Columns, { bindings }: Pick<PeopleTables, "bindings">) {
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

  /** The same counts in longer slots: a month has 43,200 minutes, and a chart of it 30 days. */
  const apiCallSlots = c.table(
    "api_call_slots",
    {
      /** How long the slot is: 15, or 1440 for a day of UTC. */
      minutes: c.integer("minutes").notNull(),
      /** Unix minutes divided by `minutes`. */
      slot: c.integer("slot").notNull(),
      appId: c.text("app_id").notNull(),
      endpoint: c.text("endpoint").notNull(),
      errcode: c.text("errcode").notNull(),
      calls: c.integer("calls").notNull(),
    },
    (t) => [c.primaryKey({ columns: [t.minutes, t.slot, t.appId, t.endpoint, t.errcode] })],
  );

  return {
    userTokens,
    appTokens,
    appTokenFetches,
    apiFailures,
    errorGroups,
    errorGroupCounts,
    errorGroupPeople,
    apiCallCounts,
    apiCallSlots,
  };
}
