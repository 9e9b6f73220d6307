// The public surface: what is not named here may change tomorrow. Explanations of errcodes have an entry of
// their own, "wechat-oauth/errcodes", so that nobody ships the texts who does not show them.

export type { AppToken, UserInfo, WebTokens } from "./answers.js";
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
  type Mismatch,
  type ReadCallbackOptions,
  type Refusal,
  readCallback,
} from "./callback.js";
export { type CallReport, WeChatOAuthClient, type WeChatOAuthOptions } from "./client.js";
export { type Endpoint, NetworkError, ResponseError, WeChatApiError, WeChatOAuthError } from "./errors.js";
export type { Fetch, FetchInit, FetchResponse } from "./transport.js";
export { readUserAgent, type UserAgent } from "./user-agent.js";
