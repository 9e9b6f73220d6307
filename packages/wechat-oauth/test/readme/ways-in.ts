import { officialAccountAuthorizeUrl, readUserAgent, websiteAuthorizeUrl } from "wechat-oauth";

const redirectUri = "https://www.example.com/login/callback"; // on the one domain that WeChat's console knows

/** Where to send a browser: each place takes an app of its own, and the callback may be the same. */
export function authorizeUrl(userAgent: string, state: string): string {
  return readUserAgent(userAgent).client === "wechat"
    ? officialAccountAuthorizeUrl({ appId: "wx0123456789abcdef", redirectUri, scope: "snsapi_base", state })
    : websiteAuthorizeUrl({ appId: "wxfedcba9876543210", redirectUri, state });
}
