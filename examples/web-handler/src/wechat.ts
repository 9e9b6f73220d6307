import {
  type Grant,
  officialAccountAuthorizeUrl,
  WeChatOAuthClient,
  websiteAuthorizeUrl,
} from "@wechat-login/oauth";
import type { AuthorizationRequest, Identity } from "./stores.ts";

export interface WeChatSettings {
  /** For people inside WeChat. */
  officialAccount: { appId: string; appSecret: string };
  /** For all other browsers, by QR code. */
  website: { appId: string; appSecret: string };
  /** A simulator's base URL; undefined for the real WeChat. */
  wechatUrl?: string | undefined;
}

/** Both apps of this site, and which of them a browser needs. */
export function connectWeChat({ officialAccount, website, wechatUrl }: WeChatSettings) {
  const account = new WeChatOAuthClient({ ...officialAccount, apiUrl: wechatUrl });
  const site = new WeChatOAuthClient({ ...website, apiUrl: wechatUrl });
  return {
    authorizeUrl(state: string, redirectUri: string, { inWeChat }: AuthorizationRequest): string {
      const link = { redirectUri, state, openUrl: wechatUrl };
      if (!inWeChat) return websiteAuthorizeUrl({ ...link, appId: site.appId });
      // Requests the profile after a tap on your own link: without a tap WeChat may show its snapshot page.
      return officialAccountAuthorizeUrl({ ...link, appId: account.appId, scope: "snsapi_userinfo" });
    },

    /** @returns undefined for a snapshot user, whose virtual identity must not be stored. @throws {WeChatOAuthError} */
    async identify(grant: Grant<AuthorizationRequest>): Promise<Identity | undefined> {
      const wechat = grant.claim.inWeChat ? account : site;
      const tokens = await wechat.exchangeCode(grant);
      if (tokens.isSnapshotUser) return undefined;
      const { openid, unionid, nickname } = await wechat.getUserInfo(tokens);
      return { appId: wechat.appId, openid, unionid: unionid ?? tokens.unionid, nickname };
    },
  };
}
