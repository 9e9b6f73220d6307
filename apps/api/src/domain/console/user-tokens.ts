import { listBindingsOf } from "../../db/console/people.js";
import { countUserTokens, listUserTokens, type UserTokenState } from "../../db/console/user-tokens.js";
import { cursorsOf, pageOf } from "../cursor.js";
import type { Deps } from "../deps.js";
import { displayProfile } from "../identity/display-profile.js";
import { currentUserId } from "../identity/merges.js";
import type { OperatorRole } from "../operators/roles.js";
import { rankWithoutRefreshToken } from "../tokens/user-tokens.js";
import { mayMatchParts } from "./masking.js";
import { nicknameSearch } from "./nickname-search.js";
import { type PageInput, withApp } from "./view.js";

export interface UserTokenQuery {
  q?: string | undefined;
  appId?: string | undefined;
  state?: UserTokenState | undefined;
}

/** The users' tokens, last updated first: their state, never the tokens themselves. */
export async function listUserTokensPage(
  deps: Deps,
  role: OperatorRole,
  { cursor, limit, ...query }: UserTokenQuery & PageInput,
) {
  const matchesParts = mayMatchParts(role);
  const cursors = cursorsOf(deps.keys, { list: "user_tokens", matchesParts, ...query });
  const { exact, byNickname } = await filtersOf(deps, query, matchesParts);
  const now = deps.now();
  const asked = { now, after: cursors.read(cursor), limit: limit + 1 };
  const exactly = exact && (await listUserTokens(deps.db, exact, asked));
  const found = exactly?.rows.length ? exactly : await listUserTokens(deps.db, await byNickname(), asked);
  const page = pageOf(found, limit, cursors, (row) => ({ at: row.updatedAt, id: row.bindingId }));
  const items = await withNames(deps, page.items);
  return { ...page, items: items.map((row) => viewOf(deps, row, now)) };
}

/** How many bindings the list has. */
export async function countUserTokensListed(deps: Deps, role: OperatorRole, query: UserTokenQuery) {
  const { exact, byNickname } = await filtersOf(deps, query, mayMatchParts(role));
  const at = { now: deps.now() };
  const exactly = exact && (await countUserTokens(deps.db, exact, at));
  return exactly?.count ? exactly : countUserTokens(deps.db, await byNickname(), at);
}

/** An exact id first; a nickname only if no user has it. */
async function filtersOf(deps: Deps, { q, ...filter }: UserTokenQuery, matchesParts: boolean) {
  const text = q && (await currentUserId(deps, q.trim()));
  return {
    exact: text ? { ...filter, exactly: text } : undefined,
    byNickname: async () => ({
      ...filter,
      nickname: text ? await nicknameSearch(deps, text, matchesParts) : undefined,
    }),
  };
}

/** @returns undefined if this binding has no tokens. */
export async function getUserToken(deps: Deps, bindingId: string) {
  const now = deps.now();
  const { rows } = await listUserTokens(deps.db, { exactly: bindingId }, { now, limit: 1 });
  const row = rows.find((one) => one.bindingId === bindingId);
  if (!row) return undefined;
  const [named = row] = await withNames(deps, [row]);
  return viewOf(deps, named, now);
}

/** A person is shown by one nickname everywhere, which may be that of another binding. */
async function withNames(deps: Deps, rows: Row[]): Promise<Row[]> {
  const bindings = await listBindingsOf(deps.db, [...new Set(rows.map(({ userId }) => userId))]);
  return rows.map((row) => {
    const own = bindings.filter(({ userId }) => userId === row.userId);
    return { ...row, nickname: displayProfile(own).nickname };
  });
}

type Row = Awaited<ReturnType<typeof listUserTokens>>["rows"][number];

/** Without a refresh token there is no time at which it expires. WeChat vouched for a token when it issued it, and at a check. */
function viewOf(deps: Deps, { scopeRank, ...row }: Row, now: Date) {
  const refreshExpiresAt = scopeRank === rankWithoutRefreshToken ? null : row.refreshExpiresAt;
  const checkedAt = row.checkedAt ?? row.updatedAt;
  return { ...withApp(deps, row), refreshExpiresAt, checkedAt, state: stateOf(row, now) };
}

function stateOf(
  { expiresAt, refreshExpiresAt, refusedErrcode }: Omit<Row, "scopeRank">,
  now: Date,
): UserTokenState {
  if (expiresAt <= now && refreshExpiresAt <= now) return "dead";
  if (refusedErrcode !== null) return "refused";
  return expiresAt > now ? "fresh" : "refreshable";
}
