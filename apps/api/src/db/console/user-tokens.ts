import { and, eq, gt, inArray, isNotNull, isNull, lte, or, type SQL, sql } from "drizzle-orm";
import type { Database } from "../database.js";
import { unindexed } from "../json-rows.js";
import { newestFirst } from "../keyset.js";
import type { Tables } from "../schema.js";
import type { Orm } from "../statement.js";
import { countBounded, type PageRequest, readBounded, type Total, type TotalBound } from "./bounded.js";
import { bindingsByGram, type NicknameSearch, nicknameMatches, type RareGram } from "./nicknames.js";

/** By their times, except `refused`: WeChat said at the last check that it does not accept the access token. */
export type UserTokenState = "fresh" | "refreshable" | "refused" | "dead";

export interface UserTokenFilter {
  /** An openid, user id or binding id, compared exactly. */
  exactly?: string | undefined;
  nickname?: (NicknameSearch & { gram: RareGram }) | undefined;
  appId?: string | undefined;
  state?: UserTokenState | undefined;
}

const order = (t: Tables) => ({ at: t.userTokens.updatedAt, id: t.userTokens.bindingId });

function userTokenList(filter: UserTokenFilter, now: Date) {
  const { exactly, nickname, appId, state } = filter;
  const gram = nickname?.gram ?? undefined;
  const isNarrow = exactly !== undefined || gram !== undefined;
  return {
    table: "userTokens",
    columns: order,
    served: isNarrow ? undefined : servedBy(filter),
    isNarrow,
    isFiltered: !isNarrow && (state !== undefined || nickname !== undefined),
    checked: (orm: Orm, t: Tables) =>
      and(
        exactly === undefined ? undefined : hasId(orm, t, exactly),
        nickname && (gram === undefined ? hasNickname(orm, t, nickname) : byGram(orm, t, nickname, gram)),
        isNarrow && appId ? eq(unindexed(t.userTokens.appId), appId) : undefined,
        state && stateIs(t, state, now),
      ),
  } as const;
}

function servedBy({ appId, state }: UserTokenFilter) {
  if (appId) return (t: Tables) => eq(t.userTokens.appId, appId);
  return state === "refused" ? (t: Tables) => isNotNull(t.userTokens.refusedErrcode) : undefined;
}

/** The state of the tokens of bindings, last updated first; never the tokens themselves. */
export function listUserTokens(db: Database, filter: UserTokenFilter, page: PageRequest & { now: Date }) {
  const list = userTokenList(filter, page.now);
  return readBounded(db, page, {
    ...list,
    read: (orm, t, condition) => {
      const { userTokens: tokens, bindings } = t;
      return orm
        .select({
          bindingId: tokens.bindingId,
          appId: tokens.appId,
          openid: bindings.openid,
          userId: bindings.userId,
          nickname: bindings.nickname,
          scope: tokens.scope,
          scopeRank: tokens.scopeRank,
          expiresAt: tokens.expiresAt,
          refreshExpiresAt: tokens.refreshExpiresAt,
          updatedAt: tokens.updatedAt,
          checkedAt: tokens.checkedAt,
          refusedErrcode: tokens.refusedErrcode,
        })
        .from(tokens)
        .innerJoin(bindings, eq(bindings.id, tokens.bindingId))
        .where(condition)
        .orderBy(...newestFirst(order(t)))
        .limit(page.limit);
    },
  });
}

export function countUserTokens(
  db: Database,
  filter: UserTokenFilter,
  bound: TotalBound & { now: Date },
): Promise<Total> {
  const list = userTokenList(filter, bound.now);
  return countBounded(db, bound, {
    ...list,
    matching: (orm, t, condition, limit) =>
      orm
        .select({ id: t.userTokens.bindingId })
        .from(t.userTokens)
        .where(condition)
        .limit(limit)
        .as("matching"),
  });
}

const hasId = (orm: Orm, { userTokens, bindings: b }: Tables, id: string): SQL | undefined =>
  inArray(
    userTokens.bindingId,
    orm
      .select({ id: b.id })
      .from(b)
      .where(or(eq(b.openid, id), eq(b.userId, id), eq(b.id, id))),
  );

/** As a value: for a nickname that many have, PostgreSQL would rather join all bindings with all tokens than look some up. */
function hasNickname(orm: Orm, t: Tables, search: NicknameSearch): SQL {
  const one = orm
    .select({ one: sql`1` })
    .from(t.bindings)
    .where(and(eq(t.bindings.id, t.userTokens.bindingId), nicknameMatches(t, search)))
    .limit(1);
  return sql`((${one}) is not null)`;
}

const byGram = (orm: Orm, t: Tables, search: NicknameSearch, gram: string): SQL => {
  const found = bindingsByGram(orm, t, search, gram).as("found");
  return inArray(t.userTokens.bindingId, orm.select({ id: found.id }).from(found));
};

function stateIs({ userTokens: tokens }: Tables, state: UserTokenState, now: Date): SQL | undefined {
  const isAccepted = isNull(tokens.refusedErrcode);
  const isFresh = gt(tokens.expiresAt, now);
  const isRefreshable = gt(tokens.refreshExpiresAt, now);
  switch (state) {
    case "fresh":
      return and(isFresh, isAccepted);
    case "refreshable":
      return and(lte(tokens.expiresAt, now), isRefreshable, isAccepted);
    case "refused":
      return and(isNotNull(tokens.refusedErrcode), or(isFresh, isRefreshable));
    case "dead":
      return and(lte(tokens.expiresAt, now), lte(tokens.refreshExpiresAt, now));
  }
}
