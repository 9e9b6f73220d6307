import type { Answer } from "../answer.js";
import type { Call } from "../caller.js";
import { asWebAccessToken, type WebAccessToken } from "../token-families.js";

/** What a code or a refresh token was traded for: tokens of one person in one app. */
export interface WebTokens {
  accessToken: WebAccessToken;
  /** Usually 7200, counted from WeChat's answer. */
  expiresInSeconds: number;
  /** Documented to live 30 days from the person's consent, and not to be extended by use. */
  refreshToken: string;
  /** The person in this app: case-sensitive; the key is (appId, openid). */
  openid: string;
  /** The scopes granted, such as `["snsapi_userinfo"]`. */
  scope: string[];
  /** The person across the apps of one Open Platform account. Never with `snsapi_base`, nor on an unbound app. */
  unionid?: string;
  /** True for a snapshot page: openid and unionid are then virtual. Create nothing, store nothing. */
  isSnapshotUser: boolean;
}

/**
 * A person's profile. Sex and place are left out: since 2021-10-20 WeChat fills them with 0 and "" for
 * everybody, and a field that can only overwrite what a person once told you is worse than none.
 */
export interface UserInfo {
  openid: string;
  /** May be empty, is not unique, and never an identity. Without control characters; otherwise as typed. */
  nickname: string;
  /** Always https. Absent when the person has no avatar. Dies when the avatar changes: copy it if it must last. */
  avatarUrl?: string;
  unionid?: string;
  /** Carrier rights such as `chinaunicom`; normally empty. */
  privilege: string[];
}

/** Who a mini program's user is. */
export interface MiniProgramSession {
  /** The person in this mini program; not the openid of your Official Account or website. */
  openid: string;
  /** A secret: it signs and decrypts what the mini program sends. Never leaves the server. */
  sessionKey: string;
  unionid?: string;
}

/** A person's token and whose it is, as {@link WebTokens} holds them. */
export interface WebTokenOf {
  accessToken: WebAccessToken;
  openid: string;
}

/** Language of what WeChat says about a person; its default is `zh_CN`. */
export type Lang = "zh_CN" | "zh_TW" | "en";

export function exchangeCode(appId: string, appSecret: string, code: string): Call<WebTokens> {
  return {
    endpoint: "sns/oauth2/access_token",
    query: {
      appid: appId, // OAuth says client_id
      secret: appSecret, // OAuth says client_secret, and not in a query
      code,
      grant_type: "authorization_code",
    },
    sent: [appSecret, code],
    read: toWebTokens,
  };
}

export function refreshTokens(appId: string, refreshToken: string): Call<WebTokens> {
  return {
    endpoint: "sns/oauth2/refresh_token",
    query: {
      appid: appId,
      grant_type: "refresh_token",
      refresh_token: refreshToken, // and no secret
    },
    sent: [refreshToken],
    read: toWebTokens,
    mayComeBack: true,
  };
}

export function getUserInfo({
  accessToken,
  openid,
  lang,
}: WebTokenOf & { lang?: Lang | undefined }): Call<UserInfo> {
  return {
    endpoint: "sns/userinfo",
    query: { access_token: accessToken, openid, ...(lang !== undefined && { lang }) },
    sent: [accessToken],
    read: (answer) => toUserInfo(answer, openid),
    isRepeatable: true,
  };
}

export function checkAccessToken({ accessToken, openid }: WebTokenOf): Call<true> {
  return {
    endpoint: "sns/auth",
    query: { access_token: accessToken, openid },
    sent: [accessToken],
    read: (answer) => answer.ok(),
    isRepeatable: true,
  };
}

export function exchangeJsCode(appId: string, appSecret: string, jsCode: string): Call<MiniProgramSession> {
  return {
    endpoint: "sns/jscode2session",
    query: {
      appid: appId,
      secret: appSecret,
      js_code: jsCode, // sns/oauth2/access_token says code
      grant_type: "authorization_code",
    },
    sent: [appSecret, jsCode],
    read: (answer) => ({
      openid: answer.id("openid"),
      sessionKey: answer.text("session_key"),
      ...unionidOf(answer),
    }),
  };
}

/** { access_token, expires_in: 7200, refresh_token, openid, scope: "a,b", is_snapshotuser?: 1, unionid? } */
function toWebTokens(answer: Answer): WebTokens {
  return {
    accessToken: asWebAccessToken(answer.text("access_token")),
    expiresInSeconds: answer.lifeSeconds("expires_in"),
    refreshToken: answer.text("refresh_token"), // with snsapi_base as well
    openid: answer.id("openid"),
    scope: answer.text("scope").split(","), // OAuth separates by blanks
    isSnapshotUser: answer.isSet("is_snapshotuser"),
    ...unionidOf(answer),
  };
}

/**
 * A host, and perhaps more, of characters that a URL may have: neither another scheme nor a name and password before
 * the host, nor a quote, backslash or blank, by which a page's HTML or CSS would read it otherwise.
 */
const avatarPattern = /^https:\/\/(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?(?:[/?#][!#-&*-;=?-[\]_a-z~]*)?$/i;

/**
 * { openid, nickname, sex: 0, province: "", city: "", country: "", headimgurl, privilege: [], unionid? }
 *
 * @param openid who was asked about: an answer about somebody else is refused
 */
function toUserInfo(answer: Answer, openid: string): UserInfo {
  answer.mustBeAbout(openid);
  const info: UserInfo = {
    openid,
    nickname: answer.anyText("nickname").replace(/\p{Cc}/gu, ""),
    privilege: answer.list("privilege"),
    ...unionidOf(answer),
  };
  // Old avatars start with http://, which a https page may not show.
  const avatarUrl = answer.optionalText("headimgurl")?.replace(/^http:/i, "https:");
  if (avatarUrl !== undefined && avatarPattern.test(avatarUrl)) info.avatarUrl = avatarUrl;
  return info;
}

/** To be spread into a result: an absent unionid is no property at all. */
export function unionidOf(answer: Answer): { unionid?: string } {
  const unionid = answer.unionid();
  return unionid === undefined ? {} : { unionid };
}
