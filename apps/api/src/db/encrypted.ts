import { and, asc, count, eq, gt, isNotNull, ne, sql } from "drizzle-orm";
import { deleteBatchSize } from "./delete-batch.js";
import { type Params, statement } from "./statement.js";

// What is encrypted under a secret key, to be encrypted again under a newer one. Global tokens are not here: they live two hours,
// and the next one is under the newest key.

/** A page of all users' tokens, in the order of the bindings. */
export const listEncryptedTokens = statement(
  "list_encrypted_tokens",
  (orm, t, p: Params<{ after: string }>) =>
    orm
      .select({
        bindingId: t.userTokens.bindingId,
        accessToken: t.userTokens.accessToken,
        refreshToken: t.userTokens.refreshToken,
      })
      .from(t.userTokens)
      .where(gt(t.userTokens.bindingId, p.after))
      .orderBy(asc(t.userTokens.bindingId))
      .limit(deleteBatchSize),
);

interface ReencryptedTokens {
  bindingId: string;
  accessToken: string;
  refreshToken: string;
  accessTokenBefore: string;
  refreshTokenBefore: string;
}

/** No row if a sign-in or a refresh has stored others meanwhile. */
export const reencryptTokens = statement("reencrypt_tokens", (orm, t, p: Params<ReencryptedTokens>) =>
  orm
    .update(t.userTokens)
    .set({ accessToken: sql`${p.accessToken}`, refreshToken: sql`${p.refreshToken}` })
    .where(
      and(
        eq(t.userTokens.bindingId, p.bindingId),
        eq(t.userTokens.accessToken, p.accessTokenBefore),
        eq(t.userTokens.refreshToken, p.refreshTokenBefore),
      ),
    )
    .returning({ bindingId: t.userTokens.bindingId }),
);

/** All of them: a host has ten at most. */
export const listEncryptedSecrets = statement("list_encrypted_secrets", (orm, t) =>
  orm
    .select({
      id: t.webhookEndpoints.id,
      secret: t.webhookEndpoints.secret,
      previousSecret: t.webhookEndpoints.previousSecret,
    })
    .from(t.webhookEndpoints)
    .orderBy(asc(t.webhookEndpoints.id)),
);

interface ReencryptedSecrets {
  id: string;
  secret: string;
  previousSecret: string | null;
  secretBefore: string;
}

/** No row if the host has another secret meanwhile: that one is under the newest key, and the one before is kept for a day. */
export const reencryptSecrets = statement("reencrypt_secrets", (orm, t, p: Params<ReencryptedSecrets>) =>
  orm
    .update(t.webhookEndpoints)
    .set({ secret: sql`${p.secret}`, previousSecret: sql`${p.previousSecret}` })
    .where(and(eq(t.webhookEndpoints.id, p.id), eq(t.webhookEndpoints.secret, p.secretBefore)))
    .returning({ id: t.webhookEndpoints.id }),
);

/** Entries of the audit log whose seal is of another key. */
export const countOlderSeals = statement("count_older_seals", (orm, t, p: Params<{ newest: string }>) =>
  orm
    .select({ count: count() })
    .from(t.auditLog)
    .where(and(isNotNull(t.auditLog.seal), ne(sql`substr(${t.auditLog.seal}, 1, 9)`, p.newest))),
);

export const countBlockedIdentities = statement("count_blocked_identities", (orm, t) =>
  orm.select({ count: count() }).from(t.blockedIdentities),
);
