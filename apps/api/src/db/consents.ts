import { and, eq, gt, notExists, or, sql } from "drizzle-orm";
import { columnsFor } from "./insert-select.js";
import type { ConsentPurpose, Tables } from "./schema.js";
import { encoded, type Params, statement } from "./statement.js";

// What people were asked and what they agreed to. The id of a row is that of the sign-in that asked.

export const findConsent = statement("find_consent", (orm, t, p: Params<{ id: string }>) =>
  orm
    .select({
      userId: t.consents.userId,
      bindingId: t.consents.bindingId,
      purpose: t.consents.purpose,
      answer: t.consents.answer,
    })
    .from(t.consents)
    .where(eq(t.consents.id, p.id)),
);

interface Asked {
  bindingId: string;
  purpose: ConsentPurpose;
  /** A question that was refused at this time or before may be asked again. */
  refusedBefore: Date;
}

const isAnswered = ({ consents: c }: Tables, p: Params<Asked>) =>
  and(
    eq(c.bindingId, p.bindingId),
    eq(c.purpose, p.purpose),
    or(eq(c.answer, "agreed"), gt(c.at, encoded(c.at, p.refusedBefore))),
  );

/** Whether the person agreed once, or refused lately. */
export const findAnswer = statement("find_answer", (orm, t, p: Params<Asked>) =>
  orm.select({ id: t.consents.id }).from(t.consents).where(isAnswered(t, p)).limit(1),
);

/** Two sign-ins of one person ask one after the other: the second one sees what the first one wrote. */
export const lockBinding = statement("lock_binding_by_id", (orm, t, p: Params<{ bindingId: string }>) =>
  orm
    .update(t.bindings)
    .set({ lastSignInAt: sql`${t.bindings.lastSignInAt}` })
    .where(eq(t.bindings.id, p.bindingId))
    .returning({ id: t.bindings.id }),
);

/** Asks a question, which counts as refused until the person agrees. No row if it is answered already. */
export const insertQuestion = statement(
  "insert_question",
  (orm, t, p: Params<Asked & { id: string; noticeVersion: string | null; now: Date }>) =>
    orm
      .insert(t.consents)
      .select(
        orm
          .select(
            columnsFor(t.consents, {
              id: p.id,
              userId: t.bindings.userId,
              bindingId: t.bindings.id,
              purpose: p.purpose,
              answer: sql`'refused'`,
              noticeVersion: p.noticeVersion,
              at: p.now,
            }),
          )
          .from(t.bindings)
          .where(
            and(
              eq(t.bindings.id, p.bindingId),
              notExists(orm.select({ id: t.consents.id }).from(t.consents).where(isAnswered(t, p))),
            ),
          ),
      )
      .onConflictDoNothing()
      .returning({ id: t.consents.id }),
);

interface Agreement {
  id: string;
  userId: string;
  bindingId: string;
  purpose: ConsentPurpose;
  noticeVersion: string | null;
  now: Date;
}

/** The person agreed, after a question or before there was a binding. The first agreement stays. */
export const upsertAgreement = statement("upsert_agreement", (orm, t, p: Params<Agreement>) =>
  orm
    .insert(t.consents)
    .values({
      id: p.id,
      userId: p.userId,
      bindingId: p.bindingId,
      purpose: p.purpose,
      answer: "agreed",
      noticeVersion: p.noticeVersion,
      at: p.now,
    })
    .onConflictDoUpdate({
      target: t.consents.id,
      set: {
        answer: sql`excluded.answer`,
        noticeVersion: sql`excluded.notice_version`,
        at: sql`excluded.at`,
      },
      setWhere: eq(t.consents.answer, "refused"),
    })
    .returning({ id: t.consents.id }),
);
