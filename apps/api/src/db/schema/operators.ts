import type { Columns } from "../columns.js";

export type OperatorRole = "viewer" | "operator" | "owner";
/** `totp`: an authenticator app; `passkey`: a WebAuthn credential. */
export type FactorKind = "totp" | "passkey";
/** A password that was right and still needs a factor; the enrolment of an app or of a passkey that is not finished. */
export type ChallengeKind = "sign_in" | FactorKind;
/** `denied` by this system; `refused` by WeChat, or WeChat did not answer. */
export type AuditResult = "ok" | "denied" | "refused";

/** Operators, what limits them and strangers, and what they did. */
export function operatorTables(c: Columns) {
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

  /** What an operator proves beside the password. */
  const operatorFactors = c.table(
    "operator_factors",
    {
      /** Of a passkey the credential id that the authenticator chose, in base64url. */
      id: c.text("id").primaryKey(),
      operatorId: c
        .text("operator_id")
        .notNull()
        .references(() => operators.id, { onDelete: "cascade" }),
      kind: c.text("kind").$type<FactorKind>().notNull(),
      name: c.text("name").notNull(),
      /** Encrypted: the key of the codes, or the public key of a passkey. */
      secret: c.text("secret").notNull(),
      /** The time step of the last code that was used, or the signature counter of a passkey. */
      counter: c.integer("counter").notNull(),
      createdAt: c.time("created_at").notNull(),
      lastUsedAt: c.time("last_used_at"),
    },
    (t) => [c.index("operator_factors_operator").on(t.operatorId)],
  );

  const operatorRecoveryCodes = c.table(
    "operator_recovery_codes",
    {
      codeHash: c.text("code_hash").primaryKey(),
      operatorId: c
        .text("operator_id")
        .notNull()
        .references(() => operators.id, { onDelete: "cascade" }),
    },
    (t) => [c.index("operator_recovery_codes_operator").on(t.operatorId)],
  );

  /** What waits some minutes for a factor, tied to the secret of one browser. */
  const operatorChallenges = c.table(
    "operator_challenges",
    {
      secretHash: c.text("secret_hash").primaryKey(),
      operatorId: c
        .text("operator_id")
        .notNull()
        .references(() => operators.id, { onDelete: "cascade" }),
      kind: c.text("kind").$type<ChallengeKind>().notNull(),
      /** A WebAuthn challenge, or the encrypted key of an authenticator app that is being added. */
      value: c.text("value"),
      expiresAt: c.time("expires_at").notNull(),
    },
    (t) => [
      c.index("operator_challenges_operator").on(t.operatorId),
      c.index("operator_challenges_expires").on(t.expiresAt),
    ],
  );

  /** What owners decide for the whole console. */
  const consoleSettings = c.table("console_settings", {
    name: c.text("name").$type<"second_factor">().primaryKey(),
    value: c.text("value").$type<"required" | "optional">().notNull(),
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

  return {
    operators,
    operatorSessions,
    operatorLinks,
    operatorFactors,
    operatorRecoveryCodes,
    operatorChallenges,
    consoleSettings,
    throttles,
    auditLog,
    auditDetails,
    auditAnchors,
  };
}
