import { countAppTokenFetches } from "../../db/app-token-fetches.js";
import { listAppTokenFetches } from "../../db/console/app-token-fetches.js";
import { findLastErrmsg } from "../../db/console/failures.js";
import type { AppTokenKind } from "../../db/schema.js";
import { listAppTokens } from "../../db/tokens.js";
import { cursorsOf, pageOf } from "../cursor.js";
import { type Deps, later } from "../deps.js";
import { refusedAddress } from "../failures/refused-address.js";
import { listHandOutsToday } from "../hosts/hand-outs.js";
import { appTokenKey } from "../tokens/app-token-store.js";
import { type AppTokenName, endpointOf } from "../tokens/app-tokens.js";
import { dailyQuota, startOfWeChatDay } from "../tokens/quota.js";
import { readRequester } from "../tokens/requesters.js";
import { explanationOf, namesOf, type PageInput } from "./view.js";

/** A token is refreshed 290 to 200 s before it expires: with less time left, the refresh is late. */
const nearExpirySeconds = 120;

const dayMs = 86_400_000;

export type AppTokenState = "none" | "fresh" | "near_expiry" | "expired" | "failing";

type Row = Awaited<ReturnType<typeof readRows>>[number];
const readRows = (deps: Deps) => deps.db.run(listAppTokens, {});

interface Counts {
  today: Awaited<ReturnType<typeof countSince>>;
  lastDay: Awaited<ReturnType<typeof countSince>>;
}
const countSince = (deps: Deps, since: Date) => deps.db.run(countAppTokenFetches, { since });

/** The global token and the ticket of every configured app as the console shows them: never the values themselves. */
export async function listAppTokenStates(deps: Deps) {
  const now = deps.now();
  const [rows, today, lastDay, handOuts] = await Promise.all([
    readRows(deps),
    countSince(deps, startOfWeChatDay(now)),
    countSince(deps, later(now, -dayMs / 1000)),
    listHandOutsToday(deps),
  ]);
  return Promise.all(
    deps.apps.all.map(async ({ appId, key, kind }) => {
      const show = (tokenKind: AppTokenKind) =>
        viewOf(deps, { appId, kind: tokenKind }, rows, { today, lastDay });
      const hasTokens = kind === "official_account";
      return {
        ...{ appId, key, kind },
        handedOutToday: handOuts
          .filter((row) => row.appId === appId)
          .map(({ kind, clientId, count, lastAt }) => ({ kind, clientId, count, lastAt })),
        accessToken: hasTokens ? await show("access_token") : null,
        jsapiTicket: hasTokens ? await show("jsapi_ticket") : null,
      };
    }),
  );
}

async function viewOf(deps: Deps, name: AppTokenName, rows: readonly Row[], counts: Counts) {
  const now = deps.now();
  const isThis = (row: AppTokenName) => row.appId === name.appId && row.kind === name.kind;
  const row = rows.find(isThis);
  const sum = (fetches: Counts["today"], wanted = (_: string): boolean => true) =>
    fetches
      .filter((one) => isThis(one) && wanted(one.requestedBy))
      .reduce((total, one) => total + one.fetches, 0);
  const forcedAt = JSON.parse(row?.forcedAt ?? "[]") as number[];
  const endpoint = `cgi-bin/${endpointOf[name.kind]}`;
  const lastErrcode = row?.lastErrcode ?? null;
  const isFetching = row?.leaseUntil != null && row.leaseUntil > now;
  const fetchingFor = deps.tokenRequesters.fetchingFor(appTokenKey(name.appId, name.kind));
  const errmsg = await lastErrmsg(deps, name.appId, row, endpoint);
  return {
    state: row ? stateOf(row, now) : ("none" as AppTokenState),
    source: endpointOf[name.kind],
    fingerprint: row?.fingerprint ?? null,
    generation: row?.generation ?? 0,
    fetchedAt: row?.fetchedAt ?? null,
    expiresAt: row?.expiresAt ?? null,
    requestedBy: row?.requestedBy == null ? null : readRequester(row.requestedBy),
    /** A process is asking WeChat now: it holds the lease until then. */
    fetchingUntil: isFetching ? row.leaseUntil : null,
    /** Who for; null if it is another process than the one that answers. */
    fetchingFor: isFetching && fetchingFor !== undefined ? readRequester(fetchingFor) : null,
    fetchesToday: sum(counts.today),
    dailyQuota: dailyQuota[name.kind],
    /** Of the last 24 hours: each says that WeChat refused the token before its time was over. */
    reportedInvalid: sum(counts.lastDay, (by) => readRequester(by).kind === "refused"),
    forced: forcedAt.filter((at) => now.getTime() - at < dayMs).length,
    lastFailureAt: row?.lastFailureAt ?? null,
    lastErrcode,
    failuresInRow: row?.failuresInRow ?? 0,
    retryAt: row?.retryAt ?? null,
    errmsg,
    /** Ours, where WeChat does not know it: what the operator adds to the allow-list. */
    refusedAddress:
      lastErrcode === null || errmsg === null ? null : refusedAddress({ errcode: lastErrcode, errmsg }),
    explanation: explanationOf(lastErrcode, endpoint),
  };
}

/** What WeChat said the last time. The failure is written a moment before the token's row. */
async function lastErrmsg(
  deps: Deps,
  appId: string,
  row: Row | undefined,
  endpoint: string,
): Promise<string | null> {
  if (!row?.lastErrcode || !row.lastFailureAt) return null;
  const { lastErrcode: errcode, lastFailureAt: to } = row;
  const [failure] = await deps.db.run(findLastErrmsg, { appId, endpoint, errcode, from: later(to, -60), to });
  return failure?.errmsg || null;
}

function stateOf(row: { expiresAt: Date | null; failuresInRow: number }, now: Date): AppTokenState {
  if (row.failuresInRow > 0) return "failing";
  if (!row.expiresAt) return "none";
  if (row.expiresAt <= now) return "expired";
  return row.expiresAt <= later(now, nearExpirySeconds) ? "near_expiry" : "fresh";
}

/** Each time WeChat was asked for an app's token or ticket, newest first. */
export async function listAppTokenFetchesPage(
  deps: Deps,
  { cursor, limit, ...token }: PageInput & AppTokenName,
) {
  const cursors = cursorsOf(deps.keys, { list: "app_token_fetches", ...token });
  const after = cursors.read(cursor);
  const rows = await listAppTokenFetches(deps.db, token, { after, limit: limit + 1 });
  const page = pageOf({ rows }, limit, cursors, (row) => row);
  const items = page.items.map(({ requestedBy, source, ...row }) => ({
    ...row,
    source,
    requestedBy: readRequester(requestedBy),
    ...namesOf(explanationOf(row.errcode)),
  }));
  return { ...page, items };
}
