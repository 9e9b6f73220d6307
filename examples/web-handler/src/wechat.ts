import {
  type Grant,
  officialAccountAuthorizeUrl,
  WeChatOAuthClient,
  websiteAuthorizeUrl,
} from "wechat-oauth";
import type { Identity, Trip } from "./stores.js";

export interface WeChatSettings {
  /** For people inside WeChat. */
  officialAccount: { appId: string; appSecret: string };
  /** For everybody else, by QR code. */
  website: { appId: string; appSecret: string };
  /** A simulator's base URL; undefined for the real WeChat. */
  wechatUrl?: string | undefined;
}

/** Both apps of this site, and which of them a browser needs. */
export function connectWeChat({ officialAccount, website, wechatUrl }: WeChatSettings) {
  const account = new WeChatOAuthClient({ ...officialAccount, apiUrl: wechatUrl });
  const site = new WeChatOAuthClient({ ...website, apiUrl: wechatUrl });
  return {
    authorizeUrl(state: string, redirectUri: string, { inWeChat }: Trip): string {
      const link = { redirectUri, state, openUrl: wechatUrl };
      if (!inWeChat) return websiteAuthorizeUrl({ ...link, appId: site.appId });
      // Asks for the profile, after a tap on a link of yours: asked out of the blue, WeChat shows its snapshot page.
      return officialAccountAuthorizeUrl({ ...link, appId: account.appId, scope: "snsapi_userinfo" });
    },

    /** @returns undefined for a snapshot's virtual person, of whom nothing may be kept. @throws {WeChatOAuthError} */
    async identify(grant: Grant<Trip>): Promise<Identity | undefined> {
      const wechat = grant.claim.inWeChat ? account : site;
      const tokens = await wechat.exchangeCode(grant);
      if (tokens.isSnapshotUser) return undefined;
      const { openid, unionid, nickname } = await wechat.getUserInfo(tokens);
      return { appId: wechat.appId, openid, unionid: unionid ?? tokens.unionid, nickname };
    },
  };
}
