import { and, eq, isNull, lt, or, sql } from "drizzle-orm";
import { encoded, type Params, statement } from "./statement.js";

interface UserTokenValues {
  bindingId: string;
  accessToken: string;
  refreshToken: string;
  scope: string;
  scopeRank: number;
  expiresAt: Date;
  refreshExpiresAt: Date;
  now: Date;
}

/** Keeps what a sign-in brought, unless what is kept has a wider scope and still lives. */
export const upsertUserToken = statement("upsert_user_token", (orm, t, p: Params<UserTokenValues>) =>
  orm
    .insert(t.userTokens)
    .values({
      bindingId: p.bindingId,
      accessToken: p.accessToken,
      refreshToken: p.refreshToken,
      scope: p.scope,
      scopeRank: p.scopeRank,
      expiresAt: p.expiresAt,
      refreshExpiresAt: p.refreshExpiresAt,
      updatedAt: p.now,
    })
    .onConflictDoUpdate({
      target: t.userTokens.bindingId,
      set: {
        accessToken: sql`excluded.access_token`,
        refreshToken: sql`excluded.refresh_token`,
        scope: sql`excluded.scope`,
        scopeRank: sql`excluded.scope_rank`,
        expiresAt: sql`excluded.expires_at`,
        refreshExpiresAt: sql`excluded.refresh_expires_at`,
        updatedAt: sql`excluded.updated_at`,
      },
      setWhere: or(
        sql`excluded.scope_rank >= ${t.userTokens.scopeRank}`,
        sql`${t.userTokens.refreshExpiresAt} <= excluded.updated_at`,
      ) as ReturnType<typeof sql>,
    })
    .returning({ bindingId: t.userTokens.bindingId }),
);

export const listAppTokens = statement("list_app_tokens", (orm, t) =>
  orm
    .select({
      appId: t.appTokens.appId,
      fingerprint: t.appTokens.fingerprint,
      source: t.appTokens.source,
      generation: t.appTokens.generation,
      fetchedAt: t.appTokens.fetchedAt,
      expiresAt: t.appTokens.expiresAt,
      requestedBy: t.appTokens.requestedBy,
      lastFailureAt: t.appTokens.lastFailureAt,
      lastErrcode: t.appTokens.lastErrcode,
      failuresInRow: t.appTokens.failuresInRow,
    })
    .from(t.appTokens)
    .where(eq(t.appTokens.kind, "access_token")),
);

/** Makes the row of an app's token, once, so that there is something to lease. */
export const insertAppToken = statement("insert_app_token", (orm, t, p: Params<{ appId: string }>) =>
  orm
    .insert(t.appTokens)
    .values({ appId: p.appId, kind: "access_token", source: "stable_token", generation: 0, failuresInRow: 0 })
    .onConflictDoNothing()
    .returning({ appId: t.appTokens.appId }),
);

/** One process at a time asks WeChat: whoever gets this row. A holder that died loses it when the lease ends. */
export const leaseAppToken = statement(
  "lease_app_token",
  (orm, t, p: Params<{ appId: string; holder: string; until: Date; now: Date }>) =>
    orm
      .update(t.appTokens)
      .set({
        leaseHolder: sql`${p.holder}`,
        leaseUntil: sql`${encoded(t.appTokens.leaseUntil, p.until)}`,
      })
      .where(
        and(
          eq(t.appTokens.appId, p.appId),
          eq(t.appTokens.kind, "access_token"),
          or(
            isNull(t.appTokens.leaseUntil),
            lt(t.appTokens.leaseUntil, encoded(t.appTokens.leaseUntil, p.now)),
          ),
        ),
      )
      .returning({ generation: t.appTokens.generation }),
);

interface FetchedTokenValues {
  appId: string;
  holder: string;
  token: string;
  fingerprint: string;
  requestedBy: string;
  fetchedAt: Date;
  expiresAt: Date;
}

/** Only the holder of the lease writes: one that was frozen past it does not overwrite a newer token. */
export const storeAppToken = statement("store_app_token", (orm, t, p: Params<FetchedTokenValues>) =>
  orm
    .update(t.appTokens)
    .set({
      token: sql`${p.token}`,
      fingerprint: sql`${p.fingerprint}`,
      requestedBy: sql`${p.requestedBy}`,
      fetchedAt: sql`${encoded(t.appTokens.fetchedAt, p.fetchedAt)}`,
      expiresAt: sql`${encoded(t.appTokens.expiresAt, p.expiresAt)}`,
      generation: sql`${t.appTokens.generation} + 1`,
      failuresInRow: 0,
      lastErrcode: null,
      leaseHolder: null,
      leaseUntil: null,
    })
    .where(
      and(
        eq(t.appTokens.appId, p.appId),
        eq(t.appTokens.kind, "access_token"),
        eq(t.appTokens.leaseHolder, p.holder),
      ),
    )
    .returning({ generation: t.appTokens.generation }),
);

export const failAppToken = statement(
  "fail_app_token",
  (orm, t, p: Params<{ appId: string; holder: string; errcode: string; now: Date }>) =>
    orm
      .update(t.appTokens)
      .set({
        lastErrcode: sql`${p.errcode}`,
        lastFailureAt: sql`${encoded(t.appTokens.lastFailureAt, p.now)}`,
        failuresInRow: sql`${t.appTokens.failuresInRow} + 1`,
        leaseHolder: null,
        leaseUntil: null,
      })
      .where(
        and(
          eq(t.appTokens.appId, p.appId),
          eq(t.appTokens.kind, "access_token"),
          eq(t.appTokens.leaseHolder, p.holder),
        ),
      )
      .returning({ appId: t.appTokens.appId }),
);
