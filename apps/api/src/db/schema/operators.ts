import type { Columns } from "../columns.js";

export type OperatorRole = "viewer" | "operator" | "owner";
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
    throttles,
    auditLog,
    auditDetails,
    auditAnchors,
  };
}
