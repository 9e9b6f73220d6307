import type { Grant } from "./callback.js";
import { type Call, Caller, type CallOptions, setAccount, type WeChatOAuthOptions } from "./caller.js";
import { checkQuery } from "./calls/arguments.js";
import { type CustomCall, toCall } from "./calls/custom.js";
import type { Follower } from "./calls/followers.js";
import * as followers from "./calls/followers.js";
import type { Exchange, Lang, MiniProgramSession, UserInfo, WebTokenOf, WebTokens } from "./calls/sns.js";
import * as sns from "./calls/sns.js";
import type { GlobalToken, JsapiTicket } from "./calls/tokens.js";
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
 * argument, not the value. The last argument of every method aborts that one call, or shows its whole answer.
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
    setAccount(this, { ...options, caller: this.#caller });
  }

  /**
   * Exchanges the grant for tokens. Never retried: the code works once, and a request whose answer was lost may have
   * spent it. After a failure, redirect the person to the authorize page again, once.
   *
   * GET /sns/oauth2/access_token → { access_token, expires_in: 7200, refresh_token, openid, scope, unionid? }
   *
   * @returns tokens whose `expiresInSeconds` counts from WeChat's answer; or, on a snapshot page, no one: read
   * `isSnapshotUser` first.
   * @throws {WeChatApiError} 40029 code invalid · 40163 already used · 42003 expired
   * @throws {NetworkError} no answer within `timeoutMs`
   * @throws {ResponseError} BAD_SHAPE: neither an errcode nor a complete set of tokens
   * @see https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/Wechat_Login.html
   */
  async exchangeCode(grant: Grant<unknown>, call?: CallOptions): Promise<Exchange> {
    return this.#run(sns.exchangeCode(this.appId, this.#appSecret, grant.code), call);
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
  async refreshTokens(refreshToken: string, call?: CallOptions): Promise<WebTokens> {
    return this.#run(sns.refreshTokens(this.appId, refreshToken), call);
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
  async getUserInfo(
    options: WebTokenOf & { lang?: Lang | undefined },
    call?: CallOptions,
  ): Promise<UserInfo> {
    return this.#run(sns.getUserInfo(options), call);
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
  async checkAccessToken(options: WebTokenOf, call?: CallOptions): Promise<boolean> {
    try {
      return await this.#run(sns.checkAccessToken(options), call);
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
  async exchangeJsCode(jsCode: string, call?: CallOptions): Promise<MiniProgramSession> {
    return this.#run(sns.exchangeJsCode(this.appId, this.#appSecret, jsCode), call);
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
  async getStableAccessToken(
    options: { forceRefresh?: boolean | undefined } = {},
    call?: CallOptions,
  ): Promise<GlobalToken> {
    const { forceRefresh = false } = options;
    return this.#run(tokens.getStableAccessToken(this.appId, this.#appSecret, forceRefresh), call);
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
  async getAccessToken(call?: CallOptions): Promise<GlobalToken> {
    return this.#run(tokens.getAccessToken(this.appId, this.#appSecret), call);
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
  async getJsapiTicket(accessToken: GlobalAccessToken, call?: CallOptions): Promise<JsapiTicket> {
    return this.#run(tokens.getJsapiTicket(accessToken), call);
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
    call?: CallOptions,
  ): Promise<Follower> {
    return this.#run(followers.getFollower(options.accessToken, options.openid, options.lang), call);
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
    call?: CallOptions,
  ): Promise<Map<string, Follower>> {
    return this.#run(followers.listFollowers(options.accessToken, options.openids, options.lang), call);
  }

  /**
   * Any other call of WeChat's API that answers JSON, with this client's deadline, redaction, errors and reports. With a
   * global token, let a keeper repeat it: `tokens.use((accessToken) => wechat.call({ path, accessToken }))`.
   *
   * @returns what `read` makes of WeChat's answer, or the answer itself.
   * @throws {TypeError} a path that is none of WeChat's, or a value of the query that is not a non-empty string
   * @throws {ResponseError} also BAD_SHAPE when `read` throws; its error is the cause
   */
  async call<T = Record<string, unknown>>(custom: CustomCall<T>, call?: CallOptions): Promise<T> {
    return this.#run(toCall(custom), call);
  }

  /** Its callers are async, so that an invalid argument rejects instead of throwing. */
  #run<T>(call: Call<T>, options?: CallOptions): Promise<T> {
    return this.#caller.run(checkQuery(call), options);
  }
}
