import { desc, eq } from "drizzle-orm";
import { type Params, statement } from "./statement.js";

// What a person takes away with them: every row that says something of this user and of no other.

export const findOwnUser = statement("find_own_user", (orm, t, p: Params<{ userId: string }>) =>
  orm
    .select({ id: t.users.id, createdAt: t.users.createdAt, lastSignInAt: t.users.lastSignInAt })
    .from(t.users)
    .where(eq(t.users.id, p.userId)),
);

/** Newest first. */
export const listOwnSignIns = statement(
  "list_own_sign_ins",
  (orm, t, p: Params<{ userId: string; limit: number }>) =>
    orm
      .select({
        id: t.signIns.id,
        appId: t.signIns.appId,
        createdAt: t.signIns.createdAt,
        outcome: t.signIns.outcome,
        ip: t.signIns.ip,
        userAgent: t.signIns.userAgent,
      })
      .from(t.signIns)
      .where(eq(t.signIns.userId, p.userId))
      .orderBy(desc(t.signIns.createdAt), desc(t.signIns.id))
      .limit(p.limit),
);

export const listOwnConsents = statement("list_own_consents", (orm, t, p: Params<{ userId: string }>) =>
  orm
    .select({
      purpose: t.consents.purpose,
      answer: t.consents.answer,
      noticeVersion: t.consents.noticeVersion,
      at: t.consents.at,
    })
    .from(t.consents)
    .where(eq(t.consents.userId, p.userId))
    .orderBy(t.consents.at, t.consents.id),
);
