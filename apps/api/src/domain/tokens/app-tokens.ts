import type { GlobalAccessToken } from "@wechat-login/oauth";
import {
  jsapiTicketSource,
  type KeptToken,
  stableTokenSource,
  systemClock,
  TokenKeeper,
  type TokenSource,
  TokenUnavailableError,
} from "@wechat-login/oauth/keeper";
import type { AppTokenKind } from "../../db/schema.js";
import { DatabaseError, type Deps } from "../deps.js";
import { readFailure, recordFailure } from "../failures/failures.js";
import { appTokenKey, appTokenStore } from "./app-token-store.js";
import { FetchHistory } from "./fetch-history.js";
import type { Requester } from "./requesters.js";

/** Which of an app's two: the access token, or the ticket for the JS-SDK. */
export interface AppTokenName {
  appId: string;
  kind: AppTokenKind;
}

/** The row that a token is encrypted for. */
const appTokenRow = (appId: string, kind: AppTokenKind) => `app_tokens.token:${appId}:${kind}`;

/** Where WeChat gives each, below cgi-bin/. */
export const endpointOf = {
  access_token: "stable_token",
  jsapi_ticket: "ticket/getticket",
} as const satisfies Record<AppTokenKind, string>;

/** Website apps have no global token. */
const appsWithToken = (deps: Pick<Deps, "apps">) =>
  deps.apps.all.filter((app) => app.kind === "official_account");

/**
 * Refreshes an app's global token or ticket for an operator, in normal mode: while one is valid WeChat returns the same one, so
 * it stays valid for every other holder. If another process is refreshing it, its answer is used. A refusal is stored as a
 * failure and in the token's state.
 *
 * @param operator the name, for the console.
 * @returns why WeChat gave no token, an errcode or the library's code; undefined if it gave one.
 * @throws {DatabaseError}
 */
export async function refreshAppToken(
  deps: Deps,
  token: AppTokenName,
  operator: string,
): Promise<string | undefined> {
  return fetchTokenFor(deps, token, `operator:${operator}`, (keeper) => keeper.refresh());
}

/**
 * Replaces a token that must not be used any longer, as if WeChat had refused it: a token of another generation is left alone.
 * If WeChat gives the same one again, a forced refresh makes another one; that is allowed 12 times a day.
 *
 * @returns as `refreshAppToken`, and `SAME_TOKEN` where it is too early to force another one.
 * @throws {DatabaseError}
 */
export async function invalidateAppToken(
  deps: Deps,
  { generation, ...token }: AppTokenName & { generation: number },
  operator: string,
): Promise<string | undefined> {
  return fetchTokenFor(deps, token, `operator:${operator}`, (keeper) => replaceToken(keeper, generation));
}

/**
 * A token in place of that of a generation. An earlier one has been replaced already; of a later one nothing is known.
 *
 * @throws {TokenUnavailableError}
 */
export async function replaceToken<Value extends string>(
  keeper: TokenKeeper<Value>,
  generation: number,
): Promise<KeptToken<Value>> {
  const current = await keeper.get();
  return current.generation === generation ? keeper.replace(current.value) : current;
}

/** Refreshes the tokens that are due. Every process runs it; a lease lets one of them call WeChat. */
export async function keepAppTokensFresh(deps: Deps): Promise<void> {
  for (const { appId } of appsWithToken(deps)) {
    const token = { appId, kind: "access_token" } as const;
    await fetchTokenFor(deps, token, "schedule", (keeper) => keeper.refreshIfDue());
  }
}

/** Fetches a token. Returns why WeChat gave none. */
async function fetchTokenFor(
  deps: Deps,
  { appId, kind }: AppTokenName,
  requester: Requester,
  fetch: (keeper: TokenKeeper) => Promise<unknown>,
): Promise<string | undefined> {
  const keeper = kind === "access_token" ? deps.appToken(appId) : deps.jsapiTicket(appId);
  try {
    await deps.tokenRequesters.during(appTokenKey(appId, kind), requester, () =>
      fetch(keeper as TokenKeeper<string>),
    );
    return undefined;
  } catch (error) {
    if (!(error instanceof TokenUnavailableError)) throw error;
    if (error.reason === "STORE") throw new DatabaseError("unavailable", { cause: error });
    deps.log.warn(
      { event: "app_token_failed", appId, kind, errcode: error.reason },
      "WeChat gave no global token",
    );
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
  const keepers = new Map(
    appsWithToken(deps).map(({ appId }) => {
      const { fetch, force, ...source } = sourceOf(appId);
      const key = appTokenKey(appId, kind);
      const history = new FetchHistory({ appId, kind }, deps.now, (errcode) =>
        deps.metrics?.countTokenFetch(appId, kind, errcode),
      );
      const noted = (name: string, ask: () => ReturnType<typeof fetch>) => () =>
        deps.tokenRequesters.fetching(key, (requestedBy) =>
          history.note({ source: name, requestedBy }, () => recordFailures(deps, appId, ask)),
        );
      const keeper = new TokenKeeper<Value>({
        source: {
          ...source,
          key,
          fetch: noted(endpointOf[kind], fetch),
          ...(force ? { force: noted(`${endpointOf[kind]} force_refresh`, force) } : {}),
        },
        store: appTokenStore(deps.db, history),
        seal: (token) => deps.keys.encrypt(token, appTokenRow(appId, kind)),
        open: (sealed) => deps.keys.decrypt(sealed, appTokenRow(appId, kind)),
        onEvent: (event) => {
          if (event.kind === "waited") deps.metrics?.countLeaseWait(appId, kind, event.durationMs);
        },
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
