import { and, eq, gt, isNotNull, isNull, lte, or } from "drizzle-orm";
import type { Database } from "../database.js";
import { newestFirst, olderThan, textMatches } from "../keyset.js";

/** By their times, except `refused`: WeChat said at the last check that it does not accept the access token. */
export type UserTokenState = "fresh" | "refreshable" | "refused" | "dead";

export interface UserTokenFilter {
  /** An openid, user id or binding id, compared exactly; any other text is a folded nickname or a part of one. */
  text?: string | undefined;
  foldedText?: string | undefined;
  matchesParts?: boolean | undefined;
  appId?: string | undefined;
  bindingId?: string | undefined;
  state?: UserTokenState | undefined;
}

/** The state of the tokens of bindings, last updated first; never the tokens themselves. */
export function listUserTokens(
  db: Database,
  filter: UserTokenFilter,
  page: { now: Date; after?: { at: Date; id: string } | undefined; limit: number },
) {
  return db.consoleQuery((orm, t) => {
    const { userTokens: tokens, bindings } = t;
    const columns = { at: tokens.updatedAt, id: tokens.bindingId };
    const isExpired = and(lte(tokens.expiresAt, page.now), lte(tokens.refreshExpiresAt, page.now));
    const isAccepted = isNull(tokens.refusedErrcode);
    const stateIs = {
      fresh: and(gt(tokens.expiresAt, page.now), isAccepted),
      refreshable: and(lte(tokens.expiresAt, page.now), gt(tokens.refreshExpiresAt, page.now), isAccepted),
      refused: and(
        isNotNull(tokens.refusedErrcode),
        or(gt(tokens.expiresAt, page.now), gt(tokens.refreshExpiresAt, page.now)),
      ),
      dead: isExpired,
    };
    return orm
      .select({
        bindingId: tokens.bindingId,
        appId: bindings.appId,
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
      .where(
        and(
          filter.bindingId ? eq(tokens.bindingId, filter.bindingId) : undefined,
          filter.appId ? eq(bindings.appId, filter.appId) : undefined,
          filter.state ? stateIs[filter.state] : undefined,
          filter.text
            ? or(
                eq(bindings.openid, filter.text),
                eq(bindings.userId, filter.text),
                eq(bindings.id, filter.text),
                textMatches(bindings.nicknameFolded, filter.foldedText ?? filter.text, filter.matchesParts),
              )
            : undefined,
          olderThan(columns, page.after),
        ),
      )
      .orderBy(...newestFirst(columns))
      .limit(page.limit);
  });
}
