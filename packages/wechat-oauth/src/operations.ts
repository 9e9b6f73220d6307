// The entry "@wechat-login/oauth/operations": what an account's operators ask WeChat, apart from the calls of a sign-in.

import { type Account, accountOf, type Call, type CallOptions } from "./caller.js";
import { checkQuery } from "./calls/arguments.js";
import type { CallbackCheck, CallbackCheckOptions, Quota, RecordedRequest } from "./calls/operations.js";
import * as operations from "./calls/operations.js";
import type { WeChatOAuthClient, WithGlobalToken } from "./client.js";
import type { GlobalAccessToken } from "./token-families.js";

export type {
  CallbackCheck,
  CallbackCheckOptions,
  Quota,
  RateLimit,
  RecordedRequest,
} from "./calls/operations.js";

/**
 * Quotas, WeChat's record of failed calls, its addresses, and a test of the callback URL. Errors, deadline and reports are
 * those of the client.
 */
export class AccountOperations {
  readonly #account: Account;

  constructor(client: WeChatOAuthClient) {
    this.#account = accountOf(client);
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
  async getRequest(options: WithGlobalToken & { rid: string }, call?: CallOptions): Promise<RecordedRequest> {
    const { appSecret } = this.#account;
    return this.#run(operations.getRequest(appSecret, options.accessToken, options.rid), call);
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
  async getQuota(options: WithGlobalToken & { cgiPath: `/${string}` }, call?: CallOptions): Promise<Quota> {
    return this.#run(operations.getQuota(options.accessToken, options.cgiPath), call);
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
  async clearQuota(accessToken: GlobalAccessToken, call?: CallOptions): Promise<void> {
    await this.#run(operations.clearQuota(this.#account.appId, accessToken), call);
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
  async listApiDomainIps(accessToken: GlobalAccessToken, call?: CallOptions): Promise<string[]> {
    return this.#run(operations.listIps("cgi-bin/get_api_domain_ip", accessToken), call);
  }

  /** Like {@link listApiDomainIps}, for the addresses from which WeChat calls your server. GET /cgi-bin/getcallbackip */
  async listCallbackIps(accessToken: GlobalAccessToken, call?: CallOptions): Promise<string[]> {
    return this.#run(operations.listIps("cgi-bin/getcallbackip", accessToken), call);
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
  async checkCallback(
    options: WithGlobalToken & CallbackCheckOptions,
    call?: CallOptions,
  ): Promise<CallbackCheck> {
    return this.#run(operations.checkCallback(options.accessToken, options), call);
  }

  #run<T>(call: Call<T>, options?: CallOptions): Promise<T> {
    return this.#account.caller.run(checkQuery(call), options);
  }
}
