import type { GlobalAccessToken } from "wechat-oauth";
import {
  jsapiTicketSource,
  type KeptToken,
  stableTokenSource,
  systemClock,
  TokenKeeper,
  type TokenSource,
  TokenUnavailableError,
} from "wechat-oauth/keeper";
import type { AppTokenKind } from "../../db/schema.js";
import { listAppTokens, setAppTokenRequester } from "../../db/tokens.js";
import type { WeChatApp } from "../apps.js";
import { DatabaseError, type Deps, later } from "../deps.js";
import { readFailure, recordFailure } from "../failures/failures.js";
import { appTokenKey, appTokenStore } from "./app-token-store.js";

/** A token is refreshed 290 to 200 s before it expires: with less time left, the refresh is late. */
const nearExpirySeconds = 120;

export type AppTokenState = "none" | "fresh" | "near_expiry" | "expired" | "failing";

/** The row that a token is encrypted for. */
const appTokenRow = (appId: string, kind: AppTokenKind) => `app_tokens.token:${appId}:${kind}`;

/** Website apps have no global token. */
const appsWithToken = (deps: Pick<Deps, "apps">) =>
  deps.apps.all.filter((app) => app.kind === "official_account");

/** The global token of every configured app as the console shows it: never the token itself. */
export async function listAppTokenStates(deps: Deps) {
  const rows = new Map((await deps.db.run(listAppTokens, {})).map((row) => [row.appId, row]));
  const now = deps.now();
  return deps.apps.all.map((app) => {
    const row = rows.get(app.appId);
    const accessToken =
      app.kind === "website"
        ? null
        : {
            state: row ? stateOf(row, now) : ("none" as AppTokenState),
            source: row?.source ?? "stable_token",
            fingerprint: row?.fingerprint ?? null,
            generation: row?.generation ?? 0,
            fetchedAt: row?.fetchedAt ?? null,
            expiresAt: row?.expiresAt ?? null,
            requestedBy: row?.requestedBy ?? null,
            lastFailureAt: row?.lastFailureAt ?? null,
            lastErrcode: row?.lastErrcode ?? null,
            failuresInRow: row?.failuresInRow ?? 0,
          };
    return { appId: app.appId, key: app.key, kind: app.kind, accessToken };
  });
}

function stateOf(row: { expiresAt: Date | null; failuresInRow: number }, now: Date): AppTokenState {
  if (row.failuresInRow > 0) return "failing";
  if (!row.expiresAt) return "none";
  if (row.expiresAt <= now) return "expired";
  return row.expiresAt <= later(now, nearExpirySeconds) ? "near_expiry" : "fresh";
}

/**
 * Refreshes an app's global token for an operator, in normal mode: while one is valid WeChat returns the same one, so it
 * stays valid for every other holder. If another process is refreshing it, its answer is used. A refusal is stored as a
 * failure and in the token's state.
 *
 * @param requestedBy the operator's name, for the console.
 * @returns why WeChat gave no token, an errcode or the library's code; undefined if it gave one.
 * @throws {DatabaseError}
 */
export async function refreshAppToken(
  deps: Deps,
  app: WeChatApp,
  requestedBy: string,
): Promise<string | undefined> {
  return fetchTokenFor(deps, app.appId, requestedBy, () => deps.appToken(app.appId).refresh());
}

/** Refreshes the tokens that are due. Every process runs it; a lease lets one of them call WeChat. */
export async function keepAppTokensFresh(deps: Deps): Promise<void> {
  for (const { appId } of appsWithToken(deps)) {
    await fetchTokenFor(deps, appId, "schedule", () => deps.appToken(appId).refreshIfDue());
  }
}

/** Fetches a token and notes for whom. Returns why WeChat gave none. */
async function fetchTokenFor(
  deps: Deps,
  appId: string,
  requestedBy: string,
  fetch: () => Promise<KeptToken | undefined>,
): Promise<string | undefined> {
  try {
    const token = await fetch();
    if (!token) return undefined;
    const { generation } = token;
    await deps.db.run(setAppTokenRequester, { appId, kind: "access_token", generation, requestedBy });
    return undefined;
  } catch (error) {
    if (!(error instanceof TokenUnavailableError)) throw error;
    if (error.reason === "STORE") throw new DatabaseError("unavailable", { cause: error });
    deps.log.warn({ event: "app_token_failed", appId, errcode: error.reason }, "WeChat gave no global token");
    return error.reason;
  }
}

type KeeperDeps = Omit<Deps, "appToken" | "jsapiTicket">;

/** One keeper for each app that has a global token. The keepers of all processes share the database. */
export function createAppTokenKeepers(deps: KeeperDeps): (appId: string) => TokenKeeper<GlobalAccessToken> {
  return keepersOf(deps, "access_token", (appId) => stableTokenSource(deps.wechat(appId)));
}

/** The same for the ticket that signs pages for the JS-SDK, which is fetched with the global token. */
export function createJsapiTicketKeepers(
  deps: KeeperDeps & Pick<Deps, "appToken">,
): (appId: string) => TokenKeeper {
  return keepersOf(deps, "jsapi_ticket", (appId) =>
    jsapiTicketSource(deps.wechat(appId), deps.appToken(appId)),
  );
}

function keepersOf<Value extends string>(
  deps: KeeperDeps,
  kind: AppTokenKind,
  sourceOf: (appId: string) => TokenSource<Value>,
): (appId: string) => TokenKeeper<Value> {
  const store = appTokenStore(deps.db);
  const keepers = new Map(
    appsWithToken(deps).map(({ appId }) => {
      const { fetch, force, ...source } = sourceOf(appId);
      const keeper = new TokenKeeper<Value>({
        source: {
          ...source,
          key: appTokenKey(appId, kind),
          fetch: () => recordFailures(deps, appId, fetch),
          ...(force ? { force: () => recordFailures(deps, appId, force) } : {}),
        },
        store,
        seal: (token) => deps.keys.encrypt(token, appTokenRow(appId, kind)),
        open: (sealed) => deps.keys.decrypt(sealed, appTokenRow(appId, kind)),
        clock: { ...systemClock, now: () => deps.now().getTime() },
      });
      return [appId, keeper];
    }),
  );
  return (appId) => {
    const keeper = keepers.get(appId);
    if (!keeper) throw new RangeError("no configured app with this appid has a global token");
    return keeper;
  };
}

async function recordFailures<Answer>(
  deps: KeeperDeps,
  appId: string,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  const startedAt = performance.now();
  try {
    return await ask();
  } catch (error) {
    const failure = readFailure(error);
    // The caller needs WeChat's error, also where its row cannot be written.
    if (failure) await recordFailure(deps, failure, { appId, latencyMs: performance.now() - startedAt });
    throw error;
  }
}
