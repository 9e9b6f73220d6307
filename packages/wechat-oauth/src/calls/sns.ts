import type { Answer } from "../answer.js";
import type { Call } from "../caller.js";
import { asWebAccessToken, type WebAccessToken } from "../token-families.js";

/** What a code exchange gives: a person's tokens, or on a snapshot page no one. */
export type Exchange = WebTokens | SnapshotVisit;

/**
 * The person saw the page without consenting to anything, in WeChat's snapshot mode. WeChat's answer holds a virtual openid
 * and unionid, which are left out here because nothing may be created or stored for them: ask the person to tap 使用完整服务.
 */
export interface SnapshotVisit {
  isSnapshotUser: true;
}

/**
 * The result of a code exchange or a refresh: tokens of one person in one app.
 *
 * WeChat documents every field but `unionid` as always there. The optional ones and `scope` are still not required,
 * because a person can be signed in without them.
 */
export interface WebTokens {
  accessToken: WebAccessToken;
  /** Usually 7200, counted from WeChat's answer. Absent if WeChat did not say: do not count on the token for long. */
  expiresInSeconds?: number;
  /** Documented to live 30 days from the person's consent, and not to be extended by use. Absent if WeChat gave none. */
  refreshToken?: string;
  /** Identifies the person in this app: case-sensitive; the key is (appId, openid). */
  openid: string;
  /** The scopes granted, such as `["snsapi_userinfo"]`. Empty if WeChat did not say: it proves no right then. */
  scope: string[];
  /**
   * Identifies the person across one Open Platform account's apps. Absent with `snsapi_base` and on an unbound app, and where
   * WeChat sent a placeholder: fewer than 10 characters, fewer than 7 different ones, or others than `A-Z a-z 0-9 _ -`.
   */
  unionid?: string;
  /** A person. See {@link SnapshotVisit}. */
  isSnapshotUser: false;
}

/**
 * A person's profile. Sex and place are left out: since 2021-10-20 WeChat returns 0 and "" for everyone, and an empty
 * field could only overwrite what the person entered earlier.
 */
export interface UserInfo {
  openid: string;
  /**
   * May be empty, is not unique, and identifies no one. Without control characters, otherwise as typed. Absent if WeChat
   * sent none: keep the one that you have.
   */
  nickname?: string;
  /**
   * Always https, except for a simulator on this machine. Absent without an avatar. Stops working when the avatar changes:
   * copy the image to keep it.
   */
  avatarUrl?: string;
  unionid?: string;
  /** Carrier rights such as `chinaunicom`; normally empty. */
  privilege: string[];
}

/** The identity of a mini program's user. */
export interface MiniProgramSession {
  /** Identifies the person in this mini program; differs from the openid in your Official Account or website app. */
  openid: string;
  /** A secret that signs and decrypts what the mini program sends. It must not leave the server. */
  sessionKey: string;
  unionid?: string;
}

/** A person's token and openid, as {@link WebTokens} holds them. */
export interface WebTokenOf {
  accessToken: WebAccessToken;
  openid: string;
}

/** Language of a profile; WeChat's default is `zh_CN`. */
export type Lang = "zh_CN" | "zh_TW" | "en";

export function exchangeCode(appId: string, appSecret: string, code: string): Call<Exchange> {
  return {
    endpoint: "sns/oauth2/access_token",
    query: {
      appid: appId, // OAuth says client_id
      secret: appSecret, // OAuth says client_secret, and does not put it into a query
      code,
      grant_type: "authorization_code",
    },
    sent: [appSecret, code],
    // A snapshot is told apart before its fields are read: an incomplete one is a snapshot all the same.
    read: (answer) => (answer.isSet("is_snapshotuser") ? { isSnapshotUser: true } : toWebTokens(answer)),
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
    mayEchoRequest: true,
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

/** { access_token, expires_in: 7200, refresh_token, openid, scope: "a,b", unionid? } */
function toWebTokens(answer: Answer): WebTokens {
  if (answer.isSet("is_snapshotuser")) throw answer.badShape("tokens of a snapshot visit");
  return {
    accessToken: asWebAccessToken(answer.text("access_token")),
    ...lifetimeOf(answer),
    ...refreshTokenOf(answer),
    openid: answer.id("openid"),
    scope: answer.optionalText("scope")?.split(",") ?? [], // OAuth separates by blanks
    isSnapshotUser: false,
    ...unionidOf(answer),
  };
}

function lifetimeOf(answer: Answer): { expiresInSeconds?: number } {
  return answer.has("expires_in") ? { expiresInSeconds: answer.lifetimeSeconds("expires_in") } : {};
}

/** Documented with snsapi_base as well. */
function refreshTokenOf(answer: Answer): { refreshToken?: string } {
  const refreshToken = answer.optionalText("refresh_token");
  return refreshToken === undefined ? {} : { refreshToken };
}

/**
 * An https host and optional path, in URL characters only: no other scheme, no user name or password before the host,
 * and no quote, backslash or blank, which could break out of a page's HTML or CSS. An address of this machine may be http:
 * a simulator has no certificate.
 */
const avatarPattern =
  /^(?:https:\/\/(?:[\w.-]+|\[[\da-f:.]+\])|http:\/\/(?:127\.0\.0\.1|localhost|\[::1\]))(?::\d{1,5})?(?:[/?#][!#-&*-;=?-[\]_a-z~]*)?$/i;

const isOfThisMachine = /^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?:[:/?#]|$)/i;

/**
 * { openid, nickname, sex: 0, province: "", city: "", country: "", headimgurl, privilege: [], unionid? }
 *
 * @param openid of the request: an answer about another person is refused
 */
function toUserInfo(answer: Answer, openid: string): UserInfo {
  answer.assertOpenid(openid);
  const info: UserInfo = {
    openid,
    ...(answer.has("nickname") && { nickname: answer.anyText("nickname").replace(/\p{Cc}/gu, "") }),
    privilege: answer.list("privilege"),
    ...unionidOf(answer),
  };
  // Old avatars start with http://, which an https page may not show.
  const headimgurl = answer.optionalText("headimgurl");
  const avatarUrl = isOfThisMachine.test(headimgurl ?? "")
    ? headimgurl
    : headimgurl?.replace(/^http:/i, "https:");
  if (avatarUrl !== undefined && avatarPattern.test(avatarUrl)) info.avatarUrl = avatarUrl;
  return info;
}

/** For spreading into a result: without a unionid the property is absent. */
export function unionidOf(answer: Answer): { unionid?: string } {
  const unionid = answer.unionid();
  return unionid === undefined ? {} : { unionid };
}
