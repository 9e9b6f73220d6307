import { officialAccountAuthorizeUrl, readUserAgent, websiteAuthorizeUrl } from "@wechat-login/oauth";

const redirectUri = "https://www.example.com/login/callback"; // on the domain that is set in WeChat's console

/** Where to redirect a browser: each place needs its own app, and both may share one callback. */
export function authorizeUrl(userAgent: string, state: string): string {
  return readUserAgent(userAgent).client === "wechat"
    ? officialAccountAuthorizeUrl({ appId: "wx0123456789abcdef", redirectUri, scope: "snsapi_base", state })
    : websiteAuthorizeUrl({ appId: "wxfedcba9876543210", redirectUri, state });
}
