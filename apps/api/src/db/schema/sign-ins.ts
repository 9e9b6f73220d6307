import type { Columns } from "../columns.js";
import type { PeopleTables } from "./people.js";

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

/** Sign-ins, step by step, and the sessions that they open. */
export function signInTables(c: Columns, { users }: Pick<PeopleTables, "users">) {
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

  return {
    signIns,
    authorizationRequests,
    signInEvents,
    sessions,
  };
}
