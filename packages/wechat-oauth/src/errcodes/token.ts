import type { ErrcodeExplanation } from "./explanation.js";
import { links } from "./links.js";

/** Access tokens and refresh tokens that are wrong, old or missing. */
export const tokenErrcodes: readonly ErrcodeExplanation[] = [
  {
    code: 40001,
    name: "invalid_credential",
    errmsg: "invalid credential, access_token is invalid or not latest",
    meaning: {
      zh: "access_token 无效或已被新的取代",
      en: "The access token is invalid, or a newer one replaced it",
    },
    causes: {
      zh: [
        "另一台服务器用同一个 AppID 取了新 token，把这个顶掉了",
        "把全局 token 用在了用户接口上，或反过来",
        "AppSecret 不对（旧版返回）",
      ],
      en: [
        "Another server got a new token with the same AppID and pushed this one out",
        "The global token was used where a person's belongs, or the other way round",
        "The AppSecret is wrong (how it used to be told)",
      ],
    },
    whoMustAct: "developer",
    steps: {
      zh: [
        "出现在 sns/ 接口：让用户重新登录即可",
        "出现在 cgi-bin/ 接口：先重新读取共用的 token，仍不行再刷新一次",
        "反复出现时，找出还有谁在用这个 AppID 取 token",
      ],
      en: [
        "On sns/ calls: the person signs in again, that is all",
        "On cgi-bin/ calls: read the shared token again, and only then renew it once",
        "If it repeats, find who else gets tokens with this AppID",
      ],
    },
    retry: "token",
    retryOnSns: "restart",
    link: links.returnCodes,
  },
  {
    code: 40014,
    name: "invalid_access_token",
    errmsg: "invalid access_token",
    meaning: { zh: "微信不认识这个 access_token", en: "WeChat does not know this access token" },
    causes: {
      zh: ["token 已作废，或保存时被截断", "全局 token 与用户 token 用混了"],
      en: [
        "The token is dead, or was cut when it was stored",
        "A person's token and the global one were mixed up",
      ],
    },
    whoMustAct: "developer",
    steps: {
      zh: [
        "出现在 sns/ 接口：让用户重新登录",
        "出现在 cgi-bin/ 接口：刷新一次全局 token",
        "仍出现时，检查数据库该列长度是否不足 512",
      ],
      en: [
        "On sns/ calls: the person signs in again",
        "On cgi-bin/ calls: renew the global token once",
        "If it stays, check that the stored token is not cut: it needs room for 512 characters",
      ],
    },
    retry: "token",
    retryOnSns: "restart",
    link: links.returnCodes,
  },
  {
    code: 40030,
    name: "invalid_refresh_token",
    errmsg: "invalid refresh_token",
    meaning: { zh: "refresh_token 无效", en: "The refresh token is not good" },
    causes: {
      zh: ["用户重新授权后旧的已失效", "已超过 30 天", "有时不到 30 天也会失效"],
      en: ["A newer authorization replaced it", "It is older than 30 days", "It sometimes dies earlier"],
    },
    whoMustAct: "user",
    steps: { zh: ["让用户重新登录"], en: ["The person signs in again"] },
    retry: "restart",
    link: links.returnCodes,
  },
  {
    code: 41001,
    name: "access_token_missing",
    errmsg: "access_token missing",
    meaning: { zh: "请求里没有 access_token", en: "The request had no access token" },
    causes: { zh: ["程序传了空值"], en: ["The program passed an empty value"] },
    whoMustAct: "developer",
    steps: { zh: ["检查调用前是否真的拿到了 token"], en: ["Check that there was a token before the call"] },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 41003,
    name: "refresh_token_missing",
    errmsg: "refresh_token missing",
    meaning: { zh: "请求里没有 refresh_token", en: "The request had no refresh token" },
    causes: { zh: ["程序传了空值"], en: ["The program passed an empty value"] },
    whoMustAct: "developer",
    steps: {
      zh: ["检查保存的 refresh_token 是否为空", "为空则让用户重新登录"],
      en: ["Check whether the stored refresh token is empty", "If so, the person signs in again"],
    },
    retry: "never",
    link: links.returnCodes,
  },
  {
    code: 42001,
    name: "access_token_expired",
    errmsg: "access_token expired",
    meaning: { zh: "access_token 已过期", en: "The access token has expired" },
    causes: {
      zh: ["超过了 2 小时", "服务器时间不准，以为还没过期"],
      en: ["Its two hours are over", "The server's clock is wrong"],
    },
    whoMustAct: "developer",
    steps: {
      zh: ["偶尔出现属正常，程序会自动刷新", "大量出现时检查服务器时间"],
      en: ["Now and then it is normal: software refreshes it", "If there are many, check the server's clock"],
    },
    retry: "token",
    retryOnSns: "sns_refresh",
    link: links.returnCodes,
  },
  {
    code: 42002,
    name: "refresh_token_expired",
    errmsg: "refresh_token expired",
    meaning: { zh: "refresh_token 已过期（30 天）", en: "The refresh token has expired (30 days)" },
    causes: {
      zh: ["用户超过 30 天没有重新授权"],
      en: ["The person's last consent is more than 30 days ago"],
    },
    whoMustAct: "user",
    steps: { zh: ["让用户重新登录"], en: ["The person signs in again"] },
    retry: "restart",
    link: links.returnCodes,
  },
  {
    code: 42007,
    name: "tokens_revoked_by_password_change",
    errmsg: "access_token and refresh_token exception",
    meaning: {
      zh: "用户改了微信密码，令牌全部失效",
      en: "The person changed the WeChat password: all tokens are dead",
    },
    causes: { zh: ["用户修改了微信密码"], en: ["The person changed the WeChat password"] },
    whoMustAct: "user",
    steps: { zh: ["让用户重新登录"], en: ["The person signs in again"] },
    retry: "restart",
    link: links.returnCodes,
  },
];
