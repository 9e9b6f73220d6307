import type { Grant } from "./callback.js";
import { type Call, Caller, type WeChatOAuthOptions } from "./caller.js";
import { checkQuery } from "./calls/arguments.js";
import type { Follower } from "./calls/followers.js";
import * as followers from "./calls/followers.js";
import type { CallbackCheck, CallbackCheckOptions, Quota, RecordedRequest } from "./calls/operations.js";
import * as operations from "./calls/operations.js";
import type { Lang, MiniProgramSession, UserInfo, WebTokenOf, WebTokens } from "./calls/sns.js";
import * as sns from "./calls/sns.js";
import type { AppToken, JsapiTicket } from "./calls/tokens.js";
import * as tokens from "./calls/tokens.js";
import { WeChatApiError } from "./errors.js";
import type { GlobalAccessToken } from "./token-families.js";

/** The errcodes of sns/auth for an invalid or expired token, or an invalid openid. */
const invalidTokenErrcodes: readonly number[] = [40001, 40003, 40014, 42001];

/** What every call about the whole account needs: its global token, best from a keeper that all servers share. */
export interface WithGlobalToken {
  accessToken: GlobalAccessToken;
}

/**
 * WeChat's server-side calls for one app. `calls/` has the requests, one file per family.
 *
 * Every method may throw {@link WeChatApiError} (WeChat refused), {@link NetworkError} (no answer in time) or
 * {@link ResponseError} (an answer that WeChat does not give). None of these holds a secret, code, token or URL. A
 * token, code or id that is not a non-empty string is a {@link TypeError}, thrown before any request; it names the
 * argument, not the value.
 */
export class WeChatOAuthClient {
  readonly appId: string;
  readonly #appSecret: string;
  readonly #caller: Caller;

  /** @throws {TypeError} an invalid option; the message names it and never shows its value */
  constructor(options: WeChatOAuthOptions) {
    this.#caller = new Caller(options);
    this.appId = options.appId;
    this.#appSecret = options.appSecret;
  }

  /**
   * Exchanges the grant for tokens. Never retried: the code works once, and a request whose answer was lost may have
   * spent it. After a failure, redirect the person to the authorize page again, once.
   *
   * GET /sns/oauth2/access_token → { access_token, expires_in: 7200, refresh_token, openid, scope, unionid? }
   *
   * @returns tokens whose `expiresInSeconds` counts from WeChat's answer.
   * @throws {WeChatApiError} 40029 code invalid · 40163 already used · 42003 expired
   * @throws {NetworkError} no answer within `timeoutMs`
   * @throws {ResponseError} BAD_SHAPE: neither an errcode nor a complete set of tokens
   * @see https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/Wechat_Login.html
   */
  async exchangeCode(grant: Grant<unknown>): Promise<WebTokens> {
    return this.#run(sns.exchangeCode(this.appId, this.#appSecret, grant.code));
  }

  /**
   * Exchanges a refresh token for tokens; overwrite both stored tokens. Keep the stored unionid: WeChat does not
   * promise one here. Never retried.
   *
   * GET /sns/oauth2/refresh_token → as exchangeCode
   *
   * @throws {WeChatApiError} 40030 refresh token invalid · 42002 expired · 42007 invalid since a password change
   * @see https://developers.weixin.qq.com/doc/service/api/webdev/access/api_snsrefreshtoken
   */
  async refreshTokens(refreshToken: string): Promise<WebTokens> {
    return this.#run(sns.refreshTokens(this.appId, refreshToken));
  }

  /**
   * The profile of the person to whom a web token belongs. Retried once when WeChat is busy (errcode -1).
   *
   * GET /sns/userinfo → { openid, nickname, headimgurl, privilege: [], unionid?, … }
   *
   * @throws {WeChatApiError} 48001 the token is of scope snsapi_base · 40001, 40014, 42001 token invalid or expired
   * @throws {ResponseError} BAD_SHAPE: the answer is about another openid
   * @see https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html
   */
  async getUserInfo(options: WebTokenOf & { lang?: Lang | undefined }): Promise<UserInfo> {
    return this.#run(sns.getUserInfo(options));
  }

  /**
   * Whether a web token is still valid for this openid. The answer does not show for which app the token was issued,
   * so a token that a client sent proves nothing. Retried once when WeChat is busy (errcode -1).
   *
   * GET /sns/auth → { errcode: 0, errmsg: "ok" }
   *
   * @returns false for 40001, 40003, 40014 and 42001 only.
   * @throws {WeChatApiError} any other errcode
   */
  async checkAccessToken(options: WebTokenOf): Promise<boolean> {
    try {
      return await this.#run(sns.checkAccessToken(options));
    } catch (error) {
      if (error instanceof WeChatApiError && invalidTokenErrcodes.includes(error.errcode)) return false;
      throw error;
    }
  }

  /**
   * Exchanges the js_code of a mini program's `wx.login` for its user's openid. The client needs the mini program's
   * appid and secret. Never retried: the js_code works once, within 5 minutes.
   *
   * GET /sns/jscode2session → { openid, session_key, unionid? }
   *
   * @throws {WeChatApiError} 40029 code invalid · 40163 already used · 40226 WeChat blocked a risky login ·
   * 45011 more than 100 a minute for one user
   * @see https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/user-login/code2Session.html
   */
  async exchangeJsCode(jsCode: string): Promise<MiniProgramSession> {
    return this.#run(sns.exchangeJsCode(this.appId, this.#appSecret, jsCode));
  }

  /**
   * The account's global token, the way WeChat recommends: all servers receive the same one. Retried once when WeChat
   * is busy (errcode -1), unless forced.
   *
   * POST /cgi-bin/stable_token { grant_type, appid, secret, force_refresh } → { access_token, expires_in }
   *
   * @param options `forceRefresh` invalidates the current token at once; 20 a day, 30 s apart: only after a leak.
   * @throws {WeChatApiError} 40164 this server's address is not on the allow-list (see `callerIp`) · 40125 wrong
   * secret · 45009 daily quota, 45011 quota per minute used up
   * @see https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/getStableAccessToken.html
   */
  async getStableAccessToken(options: { forceRefresh?: boolean | undefined } = {}): Promise<AppToken> {
    const { forceRefresh = false } = options;
    return this.#run(tokens.getStableAccessToken(this.appId, this.#appSecret, forceRefresh));
  }

  /**
   * The account's global token, the old way: every call issues a new token and the previous one expires within 5
   * minutes; 2000 a day. Only for a single, central caller, and therefore never retried.
   *
   * GET /cgi-bin/token → { access_token, expires_in: 7200 }
   *
   * @throws {WeChatApiError} as getStableAccessToken
   * @see https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/Get_access_token.html
   */
  async getAccessToken(): Promise<AppToken> {
    return this.#run(tokens.getAccessToken(this.appId, this.#appSecret));
  }

  /**
   * The ticket with which {@link signJsSdk} signs pages. Cache it until it expires, for all servers. Retried once when
   * WeChat is busy (errcode -1).
   *
   * GET /cgi-bin/ticket/getticket?type=jsapi → { errcode: 0, errmsg: "ok", ticket, expires_in: 7200 }
   *
   * @throws {WeChatApiError} 40001, 40014, 42001 global token invalid or expired · 45009 · 48001 account not authorized
   * @see https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/JS-SDK.html
   */
  async getJsapiTicket(accessToken: GlobalAccessToken): Promise<JsapiTicket> {
    return this.#run(tokens.getJsapiTicket(accessToken));
  }

  /**
   * Whether a person follows the account, and since when. Retried once when WeChat is busy (errcode -1).
   *
   * GET /cgi-bin/user/info → { subscribe: 1, openid, subscribe_time: unix seconds, … } or { subscribe: 0, openid }
   *
   * @throws {WeChatApiError} 40003 openid of another account · 40001, 40014, 42001 · 45009 · 48001
   * @throws {ResponseError} BAD_SHAPE: the answer is about another openid
   * @see https://developers.weixin.qq.com/doc/service/api/usermanage/userinfo/api_userinfo
   */
  async getFollower(
    options: WithGlobalToken & { openid: string; lang?: Lang | undefined },
  ): Promise<Follower> {
    return this.#run(followers.getFollower(options.accessToken, options.openid, options.lang));
  }

  /**
   * The same for up to 100 people, by openid. A person whom WeChat's answer omits is not in the map. Retried once when
   * WeChat is busy (errcode -1).
   *
   * POST /cgi-bin/user/info/batchget { user_list: [{ openid, lang? }] } → { user_info_list: [as getFollower] }
   *
   * @throws {TypeError} no openid, or more than 100
   * @throws {WeChatApiError} as getFollower · 40032 too many
   * @see https://developers.weixin.qq.com/doc/service/api/usermanage/userinfo/api_batchuserinfo
   */
  async listFollowers(
    options: WithGlobalToken & { openids: readonly string[]; lang?: Lang | undefined },
  ): Promise<Map<string, Follower>> {
    return this.#run(followers.listFollowers(options.accessToken, options.openids, options.lang));
  }

  /**
   * WeChat's record of a failed call, by the `rid` of its error: kept for 7 days, of the account's own calls, and of
   * `/cgi-bin/*` only. Retried once when WeChat is busy (errcode -1).
   *
   * POST /cgi-bin/openapi/rid/get { rid } → { errcode: 0, request: { invoke_time: unix seconds, cost_in_ms,
   * request_url, request_body, response_body, client_ip } }
   *
   * @returns texts with `***` in place of secrets, codes and tokens, which WeChat records in clear.
   * @throws {WeChatApiError} 76001 not found, too old, or of `/sns/*` · 76002 malformed · 76003 of another account
   * @see WeChat's openApi pages at developers.weixin.qq.com/doc/offiaccount/openApi
   */
  async getRequest(options: WithGlobalToken & { rid: string }): Promise<RecordedRequest> {
    return this.#run(operations.getRequest(this.#appSecret, options.accessToken, options.rid));
  }

  /**
   * How often a call was made today, and how often it may be. Retried once when WeChat is busy (errcode -1).
   *
   * POST /cgi-bin/openapi/quota/get { cgi_path } → { errcode: 0, quota: { daily_limit, used, remain },
   * rate_limit?: { call_count, refresh_second }, component_rate_limit? }
   *
   * @param options `cgiPath` with its leading slash and without a host, such as `/cgi-bin/token`.
   * @throws {TypeError} cgiPath does not begin with a slash
   * @throws {WeChatApiError} 76021 no such path · 76022 another account's, and every `/sns/*` path
   * @see WeChat's openApi pages at developers.weixin.qq.com/doc/offiaccount/openApi
   */
  async getQuota(options: WithGlobalToken & { cgiPath: `/${string}` }): Promise<Quota> {
    return this.#run(operations.getQuota(options.accessToken, options.cgiPath));
  }

  /**
   * Resets today's counts of all calls. Ten a month, shared with the button in WeChat's console, and therefore never
   * retried.
   *
   * POST /cgi-bin/clear_quota { appid } → { errcode: 0, errmsg: "ok" }
   *
   * @throws {WeChatApiError} 48006 the month's ten are used up
   * @see WeChat's openApi pages at developers.weixin.qq.com/doc/offiaccount/openApi
   */
  async clearQuota(accessToken: GlobalAccessToken): Promise<void> {
    await this.#run(operations.clearQuota(this.appId, accessToken));
  }

  /**
   * The addresses of WeChat's API servers, for outbound firewall rules; some are CIDR blocks. Retried once when WeChat
   * is busy (errcode -1).
   *
   * GET /cgi-bin/get_api_domain_ip → { ip_list: ["203.0.113.7", "203.0.113.0/24"] }
   *
   * @throws {ResponseError} BAD_SHAPE: the list is empty (as a firewall rule it would block WeChat), or has an entry
   * that is not an address
   * @see WeChat's openApi pages at developers.weixin.qq.com/doc/offiaccount/openApi
   */
  async listApiDomainIps(accessToken: GlobalAccessToken): Promise<string[]> {
    return this.#run(operations.listIps("cgi-bin/get_api_domain_ip", accessToken));
  }

  /** Like {@link listApiDomainIps}, for the addresses from which WeChat calls your server. GET /cgi-bin/getcallbackip */
  async listCallbackIps(accessToken: GlobalAccessToken): Promise<string[]> {
    return this.#run(operations.listIps("cgi-bin/getcallbackip", accessToken));
  }

  /**
   * Makes WeChat test the callback URL that is set in its console: DNS and ping. Retried once when WeChat is busy
   * (errcode -1).
   *
   * POST /cgi-bin/callback/check { action, check_operator } → { dns: [{ ip, real_operator }], ping: [{ ip,
   * from_operator, package_loss: "0%", time: "23.079ms" }] }
   *
   * @throws {WeChatApiError} 40201 no callback URL is set
   * @see WeChat's openApi pages at developers.weixin.qq.com/doc/offiaccount/openApi
   */
  async checkCallback(options: WithGlobalToken & CallbackCheckOptions): Promise<CallbackCheck> {
    return this.#run(operations.checkCallback(options.accessToken, options));
  }

  /** Its callers are async, so that an invalid argument rejects instead of throwing. */
  #run<T>(call: Call<T>): Promise<T> {
    return this.#caller.run(checkQuery(call));
  }
}
