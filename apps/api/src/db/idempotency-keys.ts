import { and, eq, inArray, isNull, lte, sql } from "drizzle-orm";
import { deleteBatchSize } from "./delete-batch.js";
import type { Tables } from "./schema.js";
import { encoded, type Params, statement } from "./statement.js";

interface ClaimValues {
  clientId: string;
  key: string;
  requestHash: string;
  now: Date;
  expiresAt: Date;
  /** Requests that began before it and never ended are taken over. */
  abandonedBefore: Date;
}

/** It touches no row if another request has the key: it is under way, or has ended and is still kept. */
export const claimIdempotencyKey = statement("claim_idempotency_key", (orm, t, p: Params<ClaimValues>) => {
  const { idempotencyKeys: keys } = t;
  return orm
    .insert(keys)
    .values({
      clientId: p.clientId,
      key: p.key,
      requestHash: p.requestHash,
      createdAt: p.now,
      expiresAt: p.expiresAt,
    })
    .onConflictDoUpdate({
      target: [keys.clientId, keys.key],
      set: {
        requestHash: sql`excluded.request_hash`,
        createdAt: sql`excluded.created_at`,
        expiresAt: sql`excluded.expires_at`,
        status: null,
        answer: null,
        userId: null,
      },
      setWhere: sql`${lte(keys.expiresAt, encoded(keys.expiresAt, p.now))}
        or (${isNull(keys.status)} and ${lte(keys.createdAt, encoded(keys.createdAt, p.abandonedBefore))})`,
    })
    .returning({ key: keys.key });
});

export const findIdempotencyKey = statement(
  "find_idempotency_key",
  (orm, t, p: Params<{ clientId: string; key: string }>) =>
    orm
      .select()
      .from(t.idempotencyKeys)
      .where(and(eq(t.idempotencyKeys.clientId, p.clientId), eq(t.idempotencyKeys.key, p.key))),
);

interface ClaimedKey {
  clientId: string;
  key: string;
  /** When the request claimed the key: one that was taken over writes nothing. */
  claimedAt: Date;
}

const isUnderWay = ({ idempotencyKeys: keys }: Tables, p: Params<ClaimedKey>) =>
  and(
    eq(keys.clientId, p.clientId),
    eq(keys.key, p.key),
    eq(keys.createdAt, encoded(keys.createdAt, p.claimedAt)),
    isNull(keys.status),
  );

interface CompletionValues extends ClaimedKey {
  status: number;
  answer: string;
  userId: string | null;
}

export const completeIdempotencyKey = statement(
  "complete_idempotency_key",
  (orm, t, p: Params<CompletionValues>) =>
    orm
      .update(t.idempotencyKeys)
      .set({ status: sql`${p.status}`, answer: sql`${p.answer}`, userId: sql`${p.userId}` })
      .where(isUnderWay(t, p))
      .returning({ key: t.idempotencyKeys.key }),
);

export const releaseIdempotencyKey = statement("release_idempotency_key", (orm, t, p: Params<ClaimedKey>) =>
  orm.delete(t.idempotencyKeys).where(isUnderWay(t, p)).returning({ key: t.idempotencyKeys.key }),
);

export const deleteExpiredIdempotencyKeys = statement(
  "delete_expired_idempotency_keys",
  (orm, t, p: Params<{ now: Date }>) => {
    const { idempotencyKeys: keys } = t;
    const isExpired = lte(keys.expiresAt, encoded(keys.expiresAt, p.now));
    const name = sql`(${keys.clientId}, ${keys.key})`;
    const expired = orm
      .select({ clientId: keys.clientId, key: keys.key })
      .from(keys)
      .where(isExpired)
      .limit(deleteBatchSize);
    // Checked again: while the statement waited for a row, a new request may have claimed it.
    return orm
      .delete(keys)
      .where(and(isExpired, inArray(name, expired)))
      .returning({ key: keys.key });
  },
);
