// The entry "@wechat-login/oauth/keeper": one global token or ticket, shared by all callers and processes.

export { type KeeperClock, systemClock } from "./keeper/clock.js";
export type { KeeperEvent } from "./keeper/events.js";
export { fingerprint } from "./keeper/fingerprint.js";
export { TokenKeeper } from "./keeper/keeper.js";
export type { KeptToken } from "./keeper/known-token.js";
export { memoryStore } from "./keeper/memory-store.js";
export type { TokenKeeperOptions } from "./keeper/options.js";
export {
  classicTokenSource,
  type FetchedToken,
  jsapiTicketSource,
  stableTokenSource,
  type TokenSource,
} from "./keeper/sources.js";
export type { StoredFailure, StoredToken, TokenRecord, TokenStore } from "./keeper/store.js";
export { type Refusal, TokenUnavailableError } from "./keeper/token-unavailable.js";
