import { and, asc, eq, gt, gte, inArray, lt, or } from "drizzle-orm";
import { deleteBatchSize } from "./delete-batch.js";
import { encoded, type Params, statement } from "./statement.js";

interface FailureValues {
  id: string;
  at: Date;
  appId: string;
  endpoint: string;
  errcode: string;
  errmsg: string;
  rid: string | null;
  openid: string | null;
  attempt: number;
  latencyMs: number;
  signInId: string | null;
  request: string | null;
  answer: string | null;
}

export const insertFailure = statement("insert_failure", (orm, t, p: Params<FailureValues>) =>
  orm
    .insert(t.apiFailures)
    .values({
      id: p.id,
      at: p.at,
      appId: p.appId,
      endpoint: p.endpoint,
      errcode: p.errcode,
      errmsg: p.errmsg,
      rid: p.rid,
      openid: p.openid,
      attempt: p.attempt,
      latencyMs: p.latencyMs,
      signInId: p.signInId,
      request: p.request,
      answer: p.answer,
    })
    .returning({ id: t.apiFailures.id }),
);

/** A batch of failures between two moments, the oldest first. */
export const listFailuresAfter = statement(
  "list_failures_after",
  (orm, t, p: Params<{ afterAt: Date; afterId: string; before: Date }>) => {
    const { at, id } = t.apiFailures;
    const after = encoded(at, p.afterAt);
    return orm
      .select({
        at,
        id,
        errmsg: t.apiFailures.errmsg,
        rid: t.apiFailures.rid,
        request: t.apiFailures.request,
      })
      .from(t.apiFailures)
      .where(and(gte(at, after), or(gt(at, after), gt(id, p.afterId)), lt(at, encoded(at, p.before))))
      .orderBy(asc(at), asc(id))
      .limit(deleteBatchSize);
  },
);

export const clearFailureBody = statement("clear_failure_body", (orm, t, p: Params<{ id: string }>) =>
  orm
    .update(t.apiFailures)
    .set({ errmsg: "", rid: null, request: null, answer: null })
    .where(eq(t.apiFailures.id, p.id))
    .returning({ id: t.apiFailures.id }),
);

export const deleteFailuresBefore = statement(
  "delete_failures_before",
  (orm, t, p: Params<{ before: Date }>) =>
    orm
      .delete(t.apiFailures)
      .where(
        inArray(
          t.apiFailures.id,
          orm
            .select({ id: t.apiFailures.id })
            .from(t.apiFailures)
            .where(lt(t.apiFailures.at, encoded(t.apiFailures.at, p.before)))
            .limit(deleteBatchSize),
        ),
      )
      .returning({ id: t.apiFailures.id }),
);
