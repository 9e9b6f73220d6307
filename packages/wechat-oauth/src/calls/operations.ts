import type { Answer } from "../answer.js";
import type { Call } from "../caller.js";
import { maskSecrets } from "../mask.js";
import type { GlobalAccessToken } from "../token-families.js";
import { assertText } from "./arguments.js";

/** One call as WeChat recorded it. Recognized secrets, codes and tokens are replaced by `***`. */
export interface RecordedRequest {
  invokedAt: Date;
  durationMs: number;
  requestUrl: string;
  requestBody: string;
  responseBody: string;
  /** The public address the call came from. */
  clientIp: string;
}

/** How much of a call's daily quota is used. */
export interface Quota {
  dailyLimit: number;
  used: number;
  remaining: number;
  /** Present where WeChat also limits the call within a shorter period. */
  rateLimit?: RateLimit;
  /** The same, for a third-party platform acting for the account. */
  componentRateLimit?: RateLimit;
}

export interface RateLimit {
  callCount: number;
  /** The count starts anew after this many seconds. */
  refreshSeconds: number;
}

/** What WeChat found when it tried to reach your server. */
export interface CallbackCheck {
  /** The addresses that your host name resolved to, and their operators, such as `UNICOM`. */
  dns: { ip: string; realOperator: string }[];
  ping: {
    ip: string;
    fromOperator: string;
    /** As WeChat writes it: `0%`. */
    packageLoss: string;
    /** As WeChat writes it, with its unit: `23.079ms`. */
    time: string;
  }[];
}

/** What WeChat checks, and from which operator's network: `DEFAULT` leaves that to WeChat. */
export interface CallbackCheckOptions {
  action: "dns" | "ping" | "all";
  operator?: "CHINANET" | "UNICOM" | "CAP" | "DEFAULT" | undefined;
}

export function getRequest(
  appSecret: string,
  accessToken: GlobalAccessToken,
  rid: string,
): Call<RecordedRequest> {
  assertText("rid", rid);
  return {
    endpoint: "cgi-bin/openapi/rid/get",
    query: { access_token: accessToken },
    body: { rid },
    sent: [accessToken],
    read: (answer) => {
      const request = answer.part("request");
      // No limit per text: a body may belong to any call of the account. The answer as a whole is capped.
      const text = (name: string) =>
        request.has(name) ? request.anyText(name, Number.POSITIVE_INFINITY) : "";
      const masked = (name: string) => maskSecrets(text(name), [appSecret, accessToken]);
      return {
        invokedAt: request.time("invoke_time"),
        durationMs: request.count("cost_in_ms"),
        requestUrl: masked("request_url"),
        requestBody: masked("request_body"),
        responseBody: masked("response_body"),
        clientIp: masked("client_ip"),
      };
    },
    isRepeatable: true,
  };
}

export function getQuota(accessToken: GlobalAccessToken, cgiPath: string): Call<Quota> {
  if (!String(cgiPath).startsWith("/")) throw new TypeError("cgiPath must begin with a slash");
  return {
    endpoint: "cgi-bin/openapi/quota/get",
    query: { access_token: accessToken },
    body: { cgi_path: cgiPath },
    sent: [accessToken],
    read: (answer) => {
      const quota = answer.part("quota");
      return {
        dailyLimit: quota.count("daily_limit"),
        used: quota.count("used"),
        remaining: quota.count("remain"),
        ...(answer.has("rate_limit") && { rateLimit: toRateLimit(answer.part("rate_limit")) }),
        ...(answer.has("component_rate_limit") && {
          componentRateLimit: toRateLimit(answer.part("component_rate_limit")),
        }),
      };
    },
    isRepeatable: true,
  };
}

/** Not repeatable: WeChat allows ten a month. */
export function clearQuota(appId: string, accessToken: GlobalAccessToken): Call<true> {
  return {
    endpoint: "cgi-bin/clear_quota",
    query: { access_token: accessToken },
    body: { appid: appId },
    sent: [accessToken],
    read: (answer) => answer.ok(),
  };
}

/** An IPv4 or IPv6 address, or a CIDR block: `203.0.113.0/24`. */
const ipPattern = /^[\da-f]*[.:][\da-f.:]*(?:\/\d{1,3})?$/i;

export function listIps(
  endpoint: "cgi-bin/get_api_domain_ip" | "cgi-bin/getcallbackip",
  accessToken: GlobalAccessToken,
): Call<string[]> {
  return {
    endpoint,
    query: { access_token: accessToken },
    sent: [accessToken],
    read: (answer) => {
      // An empty firewall allow-list, made from a misread answer, would lock WeChat out.
      const ips = answer.list("ip_list");
      if (ips.length === 0) throw answer.badShape("ip_list is missing or empty");
      // A script that sets firewall rules must not receive anything but addresses.
      if (!ips.every((ip) => ipPattern.test(ip)))
        throw answer.badShape("ip_list has an entry that is not an address");
      return ips;
    },
    isRepeatable: true,
  };
}

export function checkCallback(
  accessToken: GlobalAccessToken,
  { action, operator = "DEFAULT" }: CallbackCheckOptions,
): Call<CallbackCheck> {
  return {
    endpoint: "cgi-bin/callback/check",
    query: { access_token: accessToken },
    body: { action, check_operator: operator },
    sent: [accessToken],
    read: (answer) => ({
      dns: partsIfAny(answer, "dns").map((dns) => ({
        ip: dns.text("ip"),
        realOperator: dns.anyText("real_operator"),
      })),
      ping: partsIfAny(answer, "ping").map((ping) => ({
        ip: ping.text("ip"),
        fromOperator: ping.anyText("from_operator"),
        packageLoss: ping.anyText("package_loss"),
        time: ping.anyText("time"),
      })),
    }),
    isRepeatable: true,
  };
}

/** An answer holds only what was requested: with `action: "dns"` there is no ping, and the reverse. */
function partsIfAny(answer: Answer, name: string): Answer[] {
  return answer.has(name) ? answer.parts(name) : [];
}

function toRateLimit(answer: Answer): RateLimit {
  return { callCount: answer.count("call_count"), refreshSeconds: answer.count("refresh_second") };
}
