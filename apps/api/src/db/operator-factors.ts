import { and, asc, count, eq, exists, gt, inArray, lte, notExists, sql } from "drizzle-orm";
import { deleteBatchSize } from "./delete-batch.js";
import type { ChallengeKind, FactorKind } from "./schema.js";
import { encoded, type Params, statement } from "./statement.js";

// Second factors of operators, and what waits for one.

export const listFactors = statement("list_factors", (orm, t, p: Params<{ operatorId: string }>) =>
  orm
    .select({
      id: t.operatorFactors.id,
      kind: t.operatorFactors.kind,
      name: t.operatorFactors.name,
      secret: t.operatorFactors.secret,
      counter: t.operatorFactors.counter,
      createdAt: t.operatorFactors.createdAt,
      lastUsedAt: t.operatorFactors.lastUsedAt,
    })
    .from(t.operatorFactors)
    .where(eq(t.operatorFactors.operatorId, p.operatorId))
    .orderBy(asc(t.operatorFactors.createdAt), asc(t.operatorFactors.id)),
);

/** An operator whom the password alone signs in; no row otherwise. */
export const findOperatorWithoutFactor = statement(
  "find_operator_without_factor",
  (orm, t, p: Params<{ operatorId: string }>) =>
    orm
      .select({ id: t.operators.id })
      .from(t.operators)
      .where(
        and(
          eq(t.operators.id, p.operatorId),
          notExists(
            orm
              .select({ id: t.operatorFactors.id })
              .from(t.operatorFactors)
              .where(eq(t.operatorFactors.operatorId, t.operators.id)),
          ),
        ),
      ),
);

/** Lets changes of one operator run one after the other; no row if the operator is disabled. */
export const lockActiveOperator = statement(
  "lock_active_operator",
  (orm, t, p: Params<{ operatorId: string }>) =>
    orm
      .update(t.operators)
      .set({ status: sql`${t.operators.status}` })
      .where(and(eq(t.operators.id, p.operatorId), eq(t.operators.status, "active")))
      .returning({ id: t.operators.id }),
);

/** No row if there is such a factor already: a passkey of this operator, or of another one. */
export const insertFactor = statement(
  "insert_factor",
  (
    orm,
    t,
    p: Params<{
      id: string;
      operatorId: string;
      kind: FactorKind;
      name: string;
      secret: string;
      counter: number;
      now: Date;
    }>,
  ) =>
    orm
      .insert(t.operatorFactors)
      .values({
        id: p.id,
        operatorId: p.operatorId,
        kind: p.kind,
        name: p.name,
        secret: p.secret,
        counter: p.counter,
        createdAt: p.now,
        lastUsedAt: p.now,
      })
      .onConflictDoNothing()
      .returning({ id: t.operatorFactors.id }),
);

/** Remembers a code or a signature as used. No row if another request used one meanwhile: each works once. */
export const advanceFactor = statement(
  "advance_factor",
  (orm, t, p: Params<{ id: string; operatorId: string; before: number; counter: number; now: Date }>) =>
    orm
      .update(t.operatorFactors)
      .set({
        counter: sql`${p.counter}`,
        lastUsedAt: sql`${encoded(t.operatorFactors.lastUsedAt, p.now)}`,
      })
      .where(
        and(
          eq(t.operatorFactors.id, p.id),
          eq(t.operatorFactors.operatorId, p.operatorId),
          eq(t.operatorFactors.counter, p.before),
        ),
      )
      .returning({ id: t.operatorFactors.id }),
);

export const deleteFactor = statement(
  "delete_factor",
  (orm, t, p: Params<{ id: string; operatorId: string }>) =>
    orm
      .delete(t.operatorFactors)
      .where(and(eq(t.operatorFactors.id, p.id), eq(t.operatorFactors.operatorId, p.operatorId)))
      .returning({ id: t.operatorFactors.id }),
);

export const deleteFactors = statement("delete_factors", (orm, t, p: Params<{ operatorId: string }>) =>
  orm
    .delete(t.operatorFactors)
    .where(eq(t.operatorFactors.operatorId, p.operatorId))
    .returning({ id: t.operatorFactors.id }),
);

export const insertRecoveryCode = statement(
  "insert_recovery_code",
  (orm, t, p: Params<{ codeHash: string; operatorId: string }>) =>
    orm
      .insert(t.operatorRecoveryCodes)
      .values({ codeHash: p.codeHash, operatorId: p.operatorId })
      .returning({ operatorId: t.operatorRecoveryCodes.operatorId }),
);

export const countRecoveryCodes = statement(
  "count_recovery_codes",
  (orm, t, p: Params<{ operatorId: string }>) =>
    orm
      .select({ count: count() })
      .from(t.operatorRecoveryCodes)
      .where(eq(t.operatorRecoveryCodes.operatorId, p.operatorId)),
);

/** Of two requests with one code, one gets the row. */
export const spendRecoveryCode = statement(
  "spend_recovery_code",
  (orm, t, p: Params<{ codeHash: string; operatorId: string }>) =>
    orm
      .delete(t.operatorRecoveryCodes)
      .where(
        and(
          eq(t.operatorRecoveryCodes.codeHash, p.codeHash),
          eq(t.operatorRecoveryCodes.operatorId, p.operatorId),
        ),
      )
      .returning({ operatorId: t.operatorRecoveryCodes.operatorId }),
);

export const deleteRecoveryCodes = statement(
  "delete_recovery_codes",
  (orm, t, p: Params<{ operatorId: string }>) =>
    orm
      .delete(t.operatorRecoveryCodes)
      .where(eq(t.operatorRecoveryCodes.operatorId, p.operatorId))
      .returning({ operatorId: t.operatorRecoveryCodes.operatorId }),
);

/** Recovery codes stand in for a factor: without one they end. */
export const deleteUselessRecoveryCodes = statement(
  "delete_useless_recovery_codes",
  (orm, t, p: Params<{ operatorId: string }>) =>
    orm
      .delete(t.operatorRecoveryCodes)
      .where(
        and(
          eq(t.operatorRecoveryCodes.operatorId, p.operatorId),
          notExists(
            orm
              .select({ id: t.operatorFactors.id })
              .from(t.operatorFactors)
              .where(eq(t.operatorFactors.operatorId, t.operatorRecoveryCodes.operatorId)),
          ),
        ),
      )
      .returning({ operatorId: t.operatorRecoveryCodes.operatorId }),
);

/** Stores what waits for a factor, in the place of an older one with this secret. */
export const putChallenge = statement(
  "put_challenge",
  (
    orm,
    t,
    p: Params<{
      secretHash: string;
      operatorId: string;
      kind: ChallengeKind;
      value: string | null;
      expiresAt: Date;
    }>,
  ) =>
    orm
      .insert(t.operatorChallenges)
      .values({
        secretHash: p.secretHash,
        operatorId: p.operatorId,
        kind: p.kind,
        value: p.value,
        expiresAt: p.expiresAt,
      })
      .onConflictDoUpdate({
        target: t.operatorChallenges.secretHash,
        set: { value: sql`excluded.value`, expiresAt: sql`excluded.expires_at` },
      })
      .returning({ operatorId: t.operatorChallenges.operatorId }),
);

/** What waits under this secret for an operator who is not disabled. */
export const findChallenge = statement(
  "find_challenge",
  (orm, t, p: Params<{ secretHash: string; kind: ChallengeKind; now: Date }>) =>
    orm
      .select({
        operatorId: t.operators.id,
        username: t.operators.username,
        role: t.operators.role,
        value: t.operatorChallenges.value,
      })
      .from(t.operatorChallenges)
      .innerJoin(
        t.operators,
        and(eq(t.operators.id, t.operatorChallenges.operatorId), eq(t.operators.status, "active")),
      )
      .where(
        and(
          eq(t.operatorChallenges.secretHash, p.secretHash),
          eq(t.operatorChallenges.kind, p.kind),
          gt(t.operatorChallenges.expiresAt, encoded(t.operatorChallenges.expiresAt, p.now)),
        ),
      ),
);

/** Gives a sign-in that waits the challenge that its passkey is to sign; no row if it has expired. */
export const setChallengeValue = statement(
  "set_challenge_value",
  (orm, t, p: Params<{ secretHash: string; value: string; now: Date }>) =>
    orm
      .update(t.operatorChallenges)
      .set({ value: sql`${p.value}` })
      .where(
        and(
          eq(t.operatorChallenges.secretHash, p.secretHash),
          gt(t.operatorChallenges.expiresAt, encoded(t.operatorChallenges.expiresAt, p.now)),
        ),
      )
      .returning({ operatorId: t.operatorChallenges.operatorId }),
);

/** Spends a WebAuthn challenge, whatever its answer is worth: of two requests, one gets the row. */
export const spendChallengeValue = statement(
  "spend_challenge_value",
  (orm, t, p: Params<{ secretHash: string; value: string }>) =>
    orm
      .update(t.operatorChallenges)
      .set({ value: sql`null` })
      .where(and(eq(t.operatorChallenges.secretHash, p.secretHash), eq(t.operatorChallenges.value, p.value)))
      .returning({ operatorId: t.operatorChallenges.operatorId }),
);

export const deleteChallenge = statement("delete_challenge", (orm, t, p: Params<{ secretHash: string }>) =>
  orm
    .delete(t.operatorChallenges)
    .where(eq(t.operatorChallenges.secretHash, p.secretHash))
    .returning({ operatorId: t.operatorChallenges.operatorId }),
);

export const deleteExpiredChallenge = statement(
  "delete_expired_challenge",
  (orm, t, p: Params<{ secretHash: string; now: Date }>) =>
    orm
      .delete(t.operatorChallenges)
      .where(
        and(
          eq(t.operatorChallenges.secretHash, p.secretHash),
          lte(t.operatorChallenges.expiresAt, encoded(t.operatorChallenges.expiresAt, p.now)),
        ),
      )
      .returning({ operatorId: t.operatorChallenges.operatorId }),
);

/** By name, because a link is redeemed before the id is known. */
export const deleteChallengesOf = statement(
  "delete_challenges_of",
  (orm, t, p: Params<{ username: string }>) =>
    orm
      .delete(t.operatorChallenges)
      .where(
        exists(
          orm
            .select({ id: t.operators.id })
            .from(t.operators)
            .where(
              and(eq(t.operators.id, t.operatorChallenges.operatorId), eq(t.operators.username, p.username)),
            ),
        ),
      )
      .returning({ operatorId: t.operatorChallenges.operatorId }),
);

export const deleteExpiredChallenges = statement(
  "delete_expired_challenges",
  (orm, t, p: Params<{ now: Date }>) => {
    const isExpired = lte(t.operatorChallenges.expiresAt, encoded(t.operatorChallenges.expiresAt, p.now));
    const expired = orm
      .select({ secretHash: t.operatorChallenges.secretHash })
      .from(t.operatorChallenges)
      .where(isExpired)
      .limit(deleteBatchSize);
    return orm
      .delete(t.operatorChallenges)
      .where(and(isExpired, inArray(t.operatorChallenges.secretHash, expired)))
      .returning({ operatorId: t.operatorChallenges.operatorId });
  },
);

export const findSecondFactorPolicy = statement("find_second_factor_policy", (orm, t) =>
  orm
    .select({ value: t.consoleSettings.value })
    .from(t.consoleSettings)
    .where(eq(t.consoleSettings.name, "second_factor")),
);

export const setSecondFactorPolicy = statement(
  "set_second_factor_policy",
  (orm, t, p: Params<{ value: "required" | "optional" }>) =>
    orm
      .insert(t.consoleSettings)
      .values({ name: "second_factor", value: p.value })
      .onConflictDoUpdate({ target: t.consoleSettings.name, set: { value: sql`excluded.value` } })
      .returning({ value: t.consoleSettings.value }),
);

/** All of them, for `rotateKeys`: an operator has few. */
export const listEncryptedFactors = statement("list_encrypted_factors", (orm, t) =>
  orm
    .select({ id: t.operatorFactors.id, secret: t.operatorFactors.secret })
    .from(t.operatorFactors)
    .orderBy(asc(t.operatorFactors.id)),
);

export const reencryptFactor = statement(
  "reencrypt_factor",
  (orm, t, p: Params<{ id: string; secret: string; secretBefore: string }>) =>
    orm
      .update(t.operatorFactors)
      .set({ secret: sql`${p.secret}` })
      .where(and(eq(t.operatorFactors.id, p.id), eq(t.operatorFactors.secret, p.secretBefore)))
      .returning({ id: t.operatorFactors.id }),
);
