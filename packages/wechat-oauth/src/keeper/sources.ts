import type { GlobalAccessToken } from "../token-families.js";

/** What a source brings, and how long it is good for, counted from the request. */
export interface FetchedToken<Value extends string> {
  value: Value;
  expiresInSeconds: number;
}

/** Where a keeper's token comes from. Any function that fetches something short-lived and shared will do. */
export interface TokenSource<Value extends string = string> {
  /** Names the record in the store: the same in every process, another for every app and kind of token. */
  readonly key: string;
  fetch(): Promise<FetchedToken<Value>>;
  /** Makes WeChat replace a token that is dead although `fetch` brings it again. WeChat allows 20 a day. */
  force?(): Promise<FetchedToken<Value>>;
  /** The refresh ahead begins at most this long before the end. Default 300. */
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
/** What can run a call with the app's global token: a keeper. */
interface TokenUser {
  use<T>(call: (token: GlobalAccessToken) => Promise<T>): Promise<T>;
}

/** The global token by cgi-bin/stable_token: servers that do not know of each other are given the same one. */
export function stableTokenSource(
  client: Pick<AppTokenClient, "appId" | "getStableAccessToken">,
): TokenSource<GlobalAccessToken> {
  return {
    key: `${client.appId}:stable_token`,
    fetch: async () => toFetched(await client.getStableAccessToken()),
    force: async () => toFetched(await client.getStableAccessToken({ forceRefresh: true })),
    // WeChat makes the next one 300 s before the end; asked any earlier it would give the same one again.
    refreshAheadSeconds: 290,
  };
}

/** The global token by cgi-bin/token: each fetch ends the token before, 2000 a day. For keepers of one store only. */
export function classicTokenSource(
  client: Pick<AppTokenClient, "appId" | "getAccessToken">,
): TokenSource<GlobalAccessToken> {
  return {
    key: `${client.appId}:token`,
    fetch: async () => toFetched(await client.getAccessToken()),
  };
}

/** The ticket that signs pages for the JS-SDK; it takes its global token from another keeper. */
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
