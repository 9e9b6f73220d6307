import { and, eq, inArray, isNotNull, isNull, or, sql } from "drizzle-orm";
import { columnsFor } from "./insert-select.js";
import type { AppTokenKind } from "./schema.js";
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

/**
 * Stores the tokens of a sign-in, unless the stored ones are worth more (`scopeRank`) and are, as far as is known, still
 * alive.
 */
export const upsertUserToken = statement("upsert_user_token", (orm, t, p: Params<UserTokenValues>) =>
  orm
    .insert(t.userTokens)
    .select(
      orm
        .select(
          columnsFor(t.userTokens, {
            bindingId: t.bindings.id,
            appId: t.bindings.appId,
            accessToken: p.accessToken,
            refreshToken: p.refreshToken,
            scope: p.scope,
            scopeRank: p.scopeRank,
            expiresAt: p.expiresAt,
            refreshExpiresAt: p.refreshExpiresAt,
            updatedAt: p.now,
          }),
        )
        .from(t.bindings)
        .where(eq(t.bindings.id, p.bindingId)),
    )
    .onConflictDoUpdate({
      target: t.userTokens.bindingId,
      set: {
        appId: sql`excluded.app_id`,
        accessToken: sql`excluded.access_token`,
        refreshToken: sql`excluded.refresh_token`,
        scope: sql`excluded.scope`,
        scopeRank: sql`excluded.scope_rank`,
        expiresAt: sql`excluded.expires_at`,
        refreshExpiresAt: sql`excluded.refresh_expires_at`,
        updatedAt: sql`excluded.updated_at`,
        checkedAt: sql`excluded.checked_at`,
        refusedErrcode: sql`excluded.refused_errcode`,
      },
      setWhere: or(
        sql`excluded.scope_rank >= ${t.userTokens.scopeRank}`,
        sql`${t.userTokens.refreshExpiresAt} <= excluded.updated_at`,
        isNotNull(t.userTokens.refusedErrcode),
      ) as ReturnType<typeof sql>,
    })
    .returning({ bindingId: t.userTokens.bindingId }),
);

export const findUserToken = statement("find_user_token", (orm, t, p: Params<{ bindingId: string }>) =>
  orm
    .select({
      accessToken: t.userTokens.accessToken,
      refreshToken: t.userTokens.refreshToken,
      appId: t.bindings.appId,
      openid: t.bindings.openid,
    })
    .from(t.userTokens)
    .innerJoin(t.bindings, eq(t.bindings.id, t.userTokens.bindingId))
    .where(eq(t.userTokens.bindingId, p.bindingId)),
);

/** The tokens with which a person's profile can be read again. */
export const findProfileToken = statement(
  "find_profile_token",
  (orm, t, p: Params<{ appId: string; openid: string }>) =>
    orm
      .select({
        bindingId: t.bindings.id,
        accessToken: t.userTokens.accessToken,
        refreshToken: t.userTokens.refreshToken,
      })
      .from(t.bindings)
      .innerJoin(t.userTokens, eq(t.userTokens.bindingId, t.bindings.id))
      .where(
        and(
          eq(t.bindings.appId, p.appId),
          eq(t.bindings.openid, p.openid),
          eq(t.userTokens.scopeRank, 2),
          isNull(t.userTokens.refusedErrcode),
        ),
      ),
);

export const deleteUserToken = statement("delete_user_token", (orm, t, p: Params<{ bindingId: string }>) =>
  orm
    .delete(t.userTokens)
    .where(eq(t.userTokens.bindingId, p.bindingId))
    .returning({ bindingId: t.userTokens.bindingId }),
);

export const deleteTokensOfUser = statement(
  "delete_tokens_of_user",
  (orm, t, p: Params<{ userId: string }>) =>
    orm
      .delete(t.userTokens)
      .where(
        inArray(
          t.userTokens.bindingId,
          orm.select({ id: t.bindings.id }).from(t.bindings).where(eq(t.bindings.userId, p.userId)),
        ),
      )
      .returning({ bindingId: t.userTokens.bindingId }),
);

interface RefreshedTokens {
  bindingId: string;
  /** The one that was refreshed. */
  before: string;
  accessToken: string;
  refreshToken: string;
  expiresAt: Date;
  now: Date;
}

/**
 * Overwrites both tokens after a refresh; no row if a sign-in has stored others meanwhile. The refresh token's end stays:
 * that a refresh extends it is not confirmed.
 */
export const replaceUserToken = statement("replace_user_token", (orm, t, p: Params<RefreshedTokens>) =>
  orm
    .update(t.userTokens)
    .set({
      accessToken: sql`${p.accessToken}`,
      refreshToken: sql`${p.refreshToken}`,
      expiresAt: sql`${encoded(t.userTokens.expiresAt, p.expiresAt)}`,
      updatedAt: sql`${encoded(t.userTokens.updatedAt, p.now)}`,
      checkedAt: null,
      refusedErrcode: null,
    })
    .where(and(eq(t.userTokens.bindingId, p.bindingId), eq(t.userTokens.accessToken, p.before)))
    .returning({ bindingId: t.userTokens.bindingId }),
);

/** Stores what WeChat said about an access token; no row if a sign-in has stored another one meanwhile. */
export const setUserTokenCheck = statement(
  "set_user_token_check",
  (orm, t, p: Params<{ bindingId: string; accessToken: string; refusedErrcode: string | null; now: Date }>) =>
    orm
      .update(t.userTokens)
      .set({
        checkedAt: sql`${encoded(t.userTokens.checkedAt, p.now)}`,
        refusedErrcode: sql`${p.refusedErrcode}`,
      })
      .where(and(eq(t.userTokens.bindingId, p.bindingId), eq(t.userTokens.accessToken, p.accessToken)))
      .returning({ bindingId: t.userTokens.bindingId }),
);

export const listAppTokens = statement("list_app_tokens", (orm, t) =>
  orm
    .select({
      appId: t.appTokens.appId,
      kind: t.appTokens.kind,
      fingerprint: t.appTokens.fingerprint,
      source: t.appTokens.source,
      generation: t.appTokens.generation,
      fetchedAt: t.appTokens.fetchedAt,
      expiresAt: t.appTokens.expiresAt,
      requestedBy: t.appTokens.requestedBy,
      lastFailureAt: t.appTokens.lastFailureAt,
      lastErrcode: t.appTokens.lastErrcode,
      failuresInRow: t.appTokens.failuresInRow,
      retryAt: t.appTokens.retryAt,
      leaseUntil: t.appTokens.leaseUntil,
      forcedAt: t.appTokens.forcedAt,
    })
    .from(t.appTokens),
);

export const findAppToken = statement(
  "find_app_token",
  (orm, t, p: Params<{ appId: string; kind: AppTokenKind }>) =>
    orm
      .select({
        version: t.appTokens.version,
        token: t.appTokens.token,
        fingerprint: t.appTokens.fingerprint,
        generation: t.appTokens.generation,
        fetchedAt: t.appTokens.fetchedAt,
        expiresAt: t.appTokens.expiresAt,
        refreshAt: t.appTokens.refreshAt,
        leaseUntil: t.appTokens.leaseUntil,
        lastFailureAt: t.appTokens.lastFailureAt,
        lastErrcode: t.appTokens.lastErrcode,
        failuresInRow: t.appTokens.failuresInRow,
        retryAt: t.appTokens.retryAt,
        forcedAt: t.appTokens.forcedAt,
      })
      .from(t.appTokens)
      .where(and(eq(t.appTokens.appId, p.appId), eq(t.appTokens.kind, p.kind))),
);

export interface AppTokenValues {
  appId: string;
  kind: AppTokenKind;
  version: number;
  token: string | null;
  fingerprint: string | null;
  generation: number;
  fetchedAt: Date | null;
  expiresAt: Date | null;
  refreshAt: Date | null;
  leaseUntil: Date | null;
  lastFailureAt: Date | null;
  lastErrcode: string | null;
  failuresInRow: number;
  retryAt: Date | null;
  forcedAt: string;
}

/** The first write of an app's token: of several at the same time one succeeds. */
export const insertAppToken = statement("insert_app_token", (orm, t, p: Params<AppTokenValues>) =>
  orm
    .insert(t.appTokens)
    .values({
      appId: p.appId,
      kind: p.kind,
      source: "stable_token",
      version: p.version,
      token: p.token,
      fingerprint: p.fingerprint,
      generation: p.generation,
      fetchedAt: p.fetchedAt,
      expiresAt: p.expiresAt,
      refreshAt: p.refreshAt,
      leaseUntil: p.leaseUntil,
      lastFailureAt: p.lastFailureAt,
      lastErrcode: p.lastErrcode,
      failuresInRow: p.failuresInRow,
      retryAt: p.retryAt,
      forcedAt: p.forcedAt,
    })
    .onConflictDoNothing()
    .returning({ version: t.appTokens.version }),
);

/** Every later write: only over the version just before, so that a process that was frozen overwrites nothing newer. */
export const replaceAppToken = statement("replace_app_token", (orm, t, p: Params<AppTokenValues>) =>
  orm
    .update(t.appTokens)
    .set({
      version: sql`${p.version}`,
      token: sql`${p.token}`,
      fingerprint: sql`${p.fingerprint}`,
      generation: sql`${p.generation}`,
      fetchedAt: sql`${encoded(t.appTokens.fetchedAt, p.fetchedAt)}`,
      expiresAt: sql`${encoded(t.appTokens.expiresAt, p.expiresAt)}`,
      refreshAt: sql`${encoded(t.appTokens.refreshAt, p.refreshAt)}`,
      leaseUntil: sql`${encoded(t.appTokens.leaseUntil, p.leaseUntil)}`,
      lastFailureAt: sql`${encoded(t.appTokens.lastFailureAt, p.lastFailureAt)}`,
      lastErrcode: sql`${p.lastErrcode}`,
      failuresInRow: sql`${p.failuresInRow}`,
      retryAt: sql`${encoded(t.appTokens.retryAt, p.retryAt)}`,
      forcedAt: sql`${p.forcedAt}`,
    })
    .where(
      and(
        eq(t.appTokens.appId, p.appId),
        eq(t.appTokens.kind, p.kind),
        eq(t.appTokens.version, sql`${p.version} - 1`),
      ),
    )
    .returning({ version: t.appTokens.version }),
);

/** Stores who requested the current token, for the console; no row if there is a newer one. */
export const setAppTokenRequester = statement(
  "set_app_token_requester",
  (orm, t, p: Params<{ appId: string; kind: AppTokenKind; generation: number; requestedBy: string }>) =>
    orm
      .update(t.appTokens)
      .set({ requestedBy: sql`${p.requestedBy}` })
      .where(
        and(
          eq(t.appTokens.appId, p.appId),
          eq(t.appTokens.kind, p.kind),
          eq(t.appTokens.generation, p.generation),
        ),
      )
      .returning({ appId: t.appTokens.appId }),
);
