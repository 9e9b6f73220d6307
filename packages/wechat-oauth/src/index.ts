// The public surface: anything that is not exported here may change at any time. Optional parts have their own entries:
// "@wechat-login/oauth/errcodes" the explanations, "@wechat-login/oauth/operations" quotas and WeChat's records, "@wechat-login/oauth/keeper" the token keeper, "@wechat-login/oauth/redis" its store.

export {
  createState,
  type OfficialAccountAuthorizeOptions,
  officialAccountAuthorizeUrl,
  type WebsiteAuthorizeOptions,
  websiteAuthorizeUrl,
} from "./authorize-url.js";
export {
  type Callback,
  type Grant,
  grantWithoutState,
  type Mismatch,
  type ReadCallbackOptions,
  type Refusal,
  readCallback,
} from "./callback.js";
export type { CallOptions, CallReport, WeChatOAuthOptions } from "./caller.js";
export type { CustomCall } from "./calls/custom.js";
export type { Follower, NonSubscriber, Subscriber } from "./calls/followers.js";
export type {
  Exchange,
  Lang,
  MiniProgramSession,
  SnapshotVisit,
  UserInfo,
  WebTokenOf,
  WebTokens,
} from "./calls/sns.js";
export type { GlobalToken, JsapiTicket } from "./calls/tokens.js";
export { WeChatOAuthClient, type WithGlobalToken } from "./client.js";
export {
  CallError,
  type Endpoint,
  NetworkError,
  type ReceivedAnswer,
  ResponseError,
  type SentRequest,
  WeChatApiError,
  WeChatOAuthError,
} from "./errors.js";
export type { Fetch, FetchInit, FetchResponse } from "./fetch-transport.js";
export { type JsSdkSignature, type SignJsSdkOptions, signJsSdk } from "./js-sdk.js";
export {
  asGlobalAccessToken,
  asWebAccessToken,
  type GlobalAccessToken,
  type WebAccessToken,
} from "./token-families.js";
export type { Transport, WireAnswer, WireLimits, WireRequest } from "./transport.js";
export { readUserAgent, type UserAgent } from "./user-agent.js";
export { mpVerifyFile, type VerifyFile } from "./verify-file.js";
export { type WxLoginInput, type WxLoginOptions, wxLoginOptions } from "./wx-login.js";
