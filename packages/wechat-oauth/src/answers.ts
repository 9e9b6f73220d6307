import type { Answer } from "./answer.js";

/** What a code or a refresh token was traded for: tokens of one person in one app. */
export interface WebTokens {
  accessToken: string;
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

/** The one token of a whole account, for `/cgi-bin/*`; not to be confused with a person's. */
export interface AppToken {
  accessToken: string;
  /** At most 7200; what remains, for a token that several callers are given. Never assume a constant. */
  expiresInSeconds: number;
}

/** { access_token, expires_in: 7200, refresh_token, openid, scope: "a,b", is_snapshotuser?: 1, unionid? } */
export function toWebTokens(answer: Answer): WebTokens {
  const tokens: WebTokens = {
    accessToken: answer.text("access_token"),
    expiresInSeconds: answer.lifeSeconds("expires_in"),
    refreshToken: answer.text("refresh_token"), // with snsapi_base as well
    openid: answer.id("openid"),
    scope: answer.text("scope").split(","), // OAuth separates by blanks
    isSnapshotUser: answer.isSet("is_snapshotuser"),
  };
  const unionid = answer.unionid();
  if (unionid !== undefined) tokens.unionid = unionid;
  return tokens;
}

/**
 * { openid, nickname, sex: 0, province: "", city: "", country: "", headimgurl, privilege: [], unionid? }
 *
 * @param openid who was asked about: an answer about somebody else is refused
 */
export function toUserInfo(answer: Answer, openid: string): UserInfo {
  if (answer.text("openid") !== openid) throw answer.badShape("openid is not the one asked about");
  const info: UserInfo = {
    openid,
    nickname: answer.anyText("nickname").replace(/\p{Cc}/gu, ""),
    privilege: answer.list("privilege"),
  };
  // Old avatars start with http://, which a https page may not show. Another scheme is no avatar.
  const avatarUrl = answer.optionalText("headimgurl")?.replace(/^http:/i, "https:");
  if (avatarUrl && /^https:\/\//i.test(avatarUrl)) info.avatarUrl = avatarUrl;
  const unionid = answer.unionid();
  if (unionid !== undefined) info.unionid = unionid;
  return info;
}

/** { access_token, expires_in: 7200 } */
export function toAppToken(answer: Answer): AppToken {
  return {
    accessToken: answer.text("access_token"),
    expiresInSeconds: answer.lifeSeconds("expires_in"),
  };
}
