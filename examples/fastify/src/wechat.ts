import {
  type Grant,
  officialAccountAuthorizeUrl,
  WeChatOAuthClient,
  type WeChatOAuthOptions,
  websiteAuthorizeUrl,
} from "@wechat-login/oauth";
import { stableTokenSource, TokenKeeper } from "@wechat-login/oauth/keeper";
import type { Identity } from "./people.js";

export interface WeChatSettings {
  /** For people inside WeChat. */
  officialAccount: { appId: string; appSecret: string };
  /** For all other browsers, by QR code. */
  website: { appId: string; appSecret: string };
  /** A simulator's base URL; undefined for the real WeChat. */
  wechatUrl?: string | undefined;
  onCall?: WeChatOAuthOptions["onCall"];
}

/** Both apps of this site, and which of them a browser needs. */
export function connectWeChat({ officialAccount, website, wechatUrl, onCall }: WeChatSettings) {
  const account = new WeChatOAuthClient({ ...officialAccount, apiUrl: wechatUrl, onCall });
  const site = new WeChatOAuthClient({ ...website, apiUrl: wechatUrl, onCall });
  // One global token for all callers of this process. Several servers share one through a `store`.
  const tokens = new TokenKeeper({ source: stableTokenSource(account) });

  return {
    authorizeUrl(state: string, redirectUri: string, inWeChat: boolean): string {
      const link = { redirectUri, state, openUrl: wechatUrl };
      if (!inWeChat) return websiteAuthorizeUrl({ ...link, appId: site.appId });
      // Requests the profile after a tap on our own link: without a tap WeChat may show its snapshot page.
      return officialAccountAuthorizeUrl({ ...link, appId: account.appId, scope: "snsapi_userinfo" });
    },

    /** @returns undefined for a snapshot user, whose virtual identity must not be stored. @throws {WeChatOAuthError} */
    async identify(grant: Grant<{ inWeChat: boolean }>): Promise<Identity | undefined> {
      const wechat = grant.claim.inWeChat ? account : site;
      const tokens = await wechat.exchangeCode(grant);
      if (tokens.isSnapshotUser) return undefined;
      const { openid, unionid, nickname } = await wechat.getUserInfo(tokens);
      return { appId: wechat.appId, openid, unionid: unionid ?? tokens.unionid, nickname };
    },

    /** Whether this person follows the Official Account; undefined if they never signed in inside WeChat. */
    async isFollower(openids: ReadonlyMap<string, string>): Promise<boolean | undefined> {
      const openid = openids.get(account.appId);
      if (openid === undefined) return undefined;
      return (await tokens.use((accessToken) => account.getFollower({ accessToken, openid }))).isSubscribed;
    },
  };
}
