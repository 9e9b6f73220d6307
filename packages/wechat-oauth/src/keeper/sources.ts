import type { GlobalAccessToken } from "../token-families.js";

/** A source's token, and its lifetime counted from the request. */
export interface FetchedToken<Value extends string> {
  value: Value;
  expiresInSeconds: number;
}

/** Where a keeper's token comes from: any function that fetches a short-lived, shared value. */
export interface TokenSource<Value extends string = string> {
  /** The record's key in the store: the same in every process, another one for each app and kind of token. */
  readonly key: string;
  fetch(): Promise<FetchedToken<Value>>;
  /** Makes WeChat replace a token that it refuses although `fetch` returns it again. WeChat allows 20 a day. */
  force?(): Promise<FetchedToken<Value>>;
  /** The next token is fetched at most this long before the current one expires. Default 300. */
  readonly refreshAheadSeconds?: number;
}

interface AppTokenClient {
  readonly appId: string;
  getStableAccessToken(options?: { forceRefresh?: boolean }): Promise<AppTokenAnswer>;
  getAccessToken(): Promise<AppTokenAnswer>;
}
interface AppTokenAnswer {
  accessToken: GlobalAccessToken;
  expiresInSeconds: number;
}

interface TicketClient {
  readonly appId: string;
  getJsapiTicket(accessToken: GlobalAccessToken): Promise<{ ticket: string; expiresInSeconds: number }>;
}
/** Runs a call with the app's global token: a keeper, in practice. */
interface TokenUser {
  use<T>(call: (token: GlobalAccessToken) => Promise<T>): Promise<T>;
}

/** The global token by cgi-bin/stable_token, which returns the same token to independent servers. */
export function stableTokenSource(
  client: Pick<AppTokenClient, "appId" | "getStableAccessToken">,
): TokenSource<GlobalAccessToken> {
  return {
    key: `${client.appId}:stable_token`,
    fetch: async () => toFetched(await client.getStableAccessToken()),
    force: async () => toFetched(await client.getStableAccessToken({ forceRefresh: true })),
    // WeChat issues the next one 300 s before the expiry; an earlier request would return the same one again.
    refreshAheadSeconds: 290,
  };
}

/** The global token by cgi-bin/token: each fetch invalidates the previous token; 2000 a day. For keepers of one store. */
export function classicTokenSource(
  client: Pick<AppTokenClient, "appId" | "getAccessToken">,
): TokenSource<GlobalAccessToken> {
  return {
    key: `${client.appId}:token`,
    fetch: async () => toFetched(await client.getAccessToken()),
  };
}

/** The ticket that signs pages for the JS-SDK, fetched with the global token of another keeper. */
export function jsapiTicketSource(client: TicketClient, tokens: TokenUser): TokenSource {
  return {
    key: `${client.appId}:jsapi_ticket`,
    async fetch() {
      const { ticket, expiresInSeconds } = await tokens.use((token) => client.getJsapiTicket(token));
      return { value: ticket, expiresInSeconds };
    },
  };
}

function toFetched({ accessToken, expiresInSeconds }: AppTokenAnswer): FetchedToken<GlobalAccessToken> {
  return { value: accessToken, expiresInSeconds };
}
