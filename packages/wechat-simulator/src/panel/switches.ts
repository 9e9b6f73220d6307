import type { Text } from "../protocol/text.js";
import { NO_YES, OFF_ON, type Switch, sameLabel } from "./switch.js";

export interface SwitchGroup {
  title: Text;
  switches: Switch[];
}

const AUTHORIZE: Switch[] = [
  {
    name: "refusal",
    title: { en: "When a person refuses", zh: "用户拒绝授权时" },
    about: {
      en: "Real phones do not redirect; older documents describe a redirect with only state, and old clients sent code=authdeny.",
      zh: "真实手机上不会跳转；旧文档称会只带 state 跳转，旧版客户端会带 code=authdeny 跳转。",
    },
    knowledge: "reported",
    choices: [
      ["nothing", { en: "no redirect", zh: "不跳转" }],
      ["state_only", { en: "state only", zh: "只带 state" }],
      ["authdeny", { en: "code=authdeny", zh: "code=authdeny" }],
    ],
  },
  {
    name: "doubleCallback",
    title: { en: "Double callback", zh: "双重回调" },
    about: {
      en: "Every callback arrives twice, with two codes and one state, as on some Android phones.",
      zh: "每次回调都会到达两次：code 不同、state 相同，与某些安卓手机一样。",
    },
    knowledge: "reported",
    choices: [
      ["false", { en: "off", zh: "关" }],
      ["without_connect_redirect", { en: "without connect_redirect=1", zh: "没有 connect_redirect=1 时" }],
      ["true", { en: "always", zh: "总是" }],
    ],
  },
  {
    name: "sameCode",
    title: { en: "Reuse the code", zh: "重复返回同一个 code" },
    about: {
      en: "A person gets the same code in every tab until it is exchanged, as in desktop WeChat 3.9.7.",
      zh: "换取令牌之前，同一用户在各标签页得到同一个 code，与桌面微信 3.9.7 一样。",
    },
    knowledge: "reported",
    choices: OFF_ON,
  },
  {
    name: "fromMenu",
    title: { en: "Silent for followers", zh: "关注者静默授权" },
    about: {
      en: "People come from the account's menu: snsapi_userinfo does not ask followers.",
      zh: "用户从公众号菜单进入：snsapi_userinfo 不询问关注者。",
    },
    knowledge: "documented",
    choices: OFF_ON,
  },
  {
    name: "recentLogin",
    title: { en: "Recent sign-in", zh: "近期登录过" },
    about: {
      en: "A person who granted snsapi_userinfo before is not asked again; for how long is not known.",
      zh: "同意过 snsapi_userinfo 的用户不再询问；有效期未知。",
    },
    knowledge: "documented",
    choices: OFF_ON,
  },
  {
    name: "emptyState",
    title: { en: "Empty state", zh: "state 为空" },
    about: {
      en: "An empty or missing state is page error 10013, or returns empty. Both are reported.",
      zh: "state 为空或缺失：页面错误 10013，或原样返回空值。两种情况都有反馈。",
    },
    knowledge: "reported",
    choices: [
      ["refused", { en: "refused", zh: "拒绝" }],
      ["returned", { en: "returned", zh: "原样返回" }],
    ],
  },
  {
    name: "stateAlphabet",
    title: { en: "Characters in state", zh: "state 的字符" },
    about: {
      en: "Letters and digits are documented; hyphens and underscores are said to be accepted too, here always on the QR page.",
      zh: "文档规定字母和数字；据说连字符和下划线也能通过，扫码页在此总是允许。",
    },
    knowledge: "documented",
    choices: [
      ["alphanumeric", { en: "letters and digits", zh: "字母和数字" }],
      ["with_hyphen_and_underscore", { en: "also - and _", zh: "也允许 - 和 _" }],
      ["any", { en: "anything", zh: "不限" }],
    ],
  },
  {
    name: "parameterOrder",
    title: { en: "Order of parameters", zh: "参数顺序" },
    about: {
      en: "The documented order is required; for snsapi_base, scope before response_type was reported to work on phones.",
      zh: "文档要求固定顺序；有反馈称 snsapi_base 的 scope 写在 response_type 之前，在手机上也能打开。",
    },
    knowledge: "documented",
    choices: [
      ["strict", { en: "required", zh: "须一致" }],
      ["lenient_for_base", { en: "lenient for snsapi_base", zh: "对 snsapi_base 放宽" }],
    ],
  },
];

const CODES: Switch[] = [
  {
    name: "expiredCode",
    title: { en: "Expired code", zh: "code 过期" },
    about: {
      en: "The errcode; 42003 is documented but rarely seen.",
      zh: "返回的错误码；42003 见于错误码表，但很少出现。",
    },
    knowledge: "documented",
    choices: [sameLabel("40029"), sameLabel("42003")],
  },
  {
    name: "usedCode",
    title: { en: "Used code", zh: "code 已使用" },
    about: {
      en: "The errcode; old logs show 40029.",
      zh: "返回的错误码；旧日志中为 40029。",
    },
    knowledge: "reported",
    choices: [sameLabel("40163"), sameLabel("40029")],
  },
  {
    name: "wrongSecretSpendsCode",
    title: { en: "A wrong secret spends the code", zh: "密钥错误也消耗 code" },
    about: {
      en: "Whether an exchange with a wrong secret spends the code.",
      zh: "用错误的密钥换取令牌后，code 是否作废。",
    },
    knowledge: "unknown",
    choices: NO_YES,
  },
  {
    name: "snapshotFlag",
    title: { en: "Snapshot flag", zh: "快照页标记" },
    about: {
      en: "Whether the token response of a snapshot has is_snapshotuser; reported missing on first visits.",
      zh: "快照页换取令牌的响应是否带 is_snapshotuser；有反馈称首次访问时缺失。",
    },
    knowledge: "documented",
    choices: [
      ["true", { en: "flag present", zh: "有标记" }],
      ["false", { en: "flag missing", zh: "无标记" }],
    ],
  },
  {
    name: "snapshotUserinfo",
    title: { en: "userinfo of a snapshot", zh: "快照页的 userinfo" },
    about: {
      en: "A virtual identity is documented; 48001 was reported once.",
      zh: "文档称返回虚拟身份；有一次 48001 的反馈。",
    },
    knowledge: "documented",
    choices: [["virtual", { en: "virtual identity", zh: "虚拟身份" }], sameLabel("48001")],
  },
];

const TOKENS: Switch[] = [
  {
    name: "refreshKeepsAccessToken",
    title: { en: "Refresh keeps a valid token", zh: "刷新保留有效令牌" },
    about: {
      en: "A refresh extends an access token that is still valid (documented for website apps only) or issues a new one.",
      zh: "令牌仍有效时，刷新会延长它（仅网站应用有文档），或签发新令牌。",
    },
    knowledge: "documented",
    choices: [
      ["true", { en: "keeps it", zh: "保留" }],
      ["false", { en: "issues a new one", zh: "签发新令牌" }],
    ],
  },
  {
    name: "refreshSlides",
    title: { en: "Refresh restarts the 30 days", zh: "刷新重新计算 30 天" },
    about: {
      en: "Whether a refresh restarts the refresh token's 30 days. The documents say no; developers report both.",
      zh: "刷新是否让 refresh_token 的 30 天重新计算。文档称不会，开发者的反馈不一。",
    },
    knowledge: "unknown",
    choices: NO_YES,
  },
  {
    name: "newAuthorizationEndsOld",
    title: { en: "A new sign-in ends old tokens", zh: "新授权使旧令牌失效" },
    about: {
      en: "Tokens from earlier sign-ins of the same person answer 40001; reported once.",
      zh: "同一用户此前的令牌返回 40001；仅有一次反馈。",
    },
    knowledge: "unknown",
    choices: NO_YES,
  },
  {
    name: "revokedErrcode",
    title: { en: "After revocation", zh: "撤销授权之后" },
    about: {
      en: "The errcode for the tokens of a person who revoked the app.",
      zh: "用户撤销授权后，其令牌返回的错误码。",
    },
    knowledge: "unknown",
    choices: [sameLabel("50001"), sameLabel("40001")],
  },
  {
    name: "quotas",
    title: { en: "Quotas", zh: "调用额度" },
    about: {
      en: "Daily and minute quotas (45009, 45011); off for load tests.",
      zh: "每日和每分钟的额度（45009、45011）；压测时可关闭。",
    },
    knowledge: "documented",
    choices: OFF_ON,
  },
];

const ANSWERS: Switch[] = [
  {
    name: "errmsgTail",
    title: { en: "End of errmsg", zh: "errmsg 的结尾" },
    about: {
      en: "A rid as today, or a hint as before 2020 (/cgi-bin) and 2021 (/sns).",
      zh: "现在的 rid，或 2020 年（/cgi-bin）、2021 年（/sns）以前的 hint。",
    },
    knowledge: "reported",
    choices: [sameLabel("rid"), sameLabel("hints")],
  },
  {
    name: "nonFollowerUnionid",
    title: { en: "unionid of non-followers", zh: "未关注者的 unionid" },
    about: {
      en: "Whether user/info includes the unionid of a non-follower.",
      zh: "user/info 是否给出未关注者的 unionid。",
    },
    knowledge: "unknown",
    choices: NO_YES,
  },
  {
    name: "batchgetUnknown",
    title: { en: "Unknown openid in batchget", zh: "batchget 中的未知 openid" },
    about: {
      en: "It is left out, so that later results move up, or the whole call answers 40003.",
      zh: "略过该 openid，后面的结果前移；或整个调用返回 40003。",
    },
    knowledge: "unknown",
    choices: [
      ["left_out", { en: "left out", zh: "略过" }],
      ["refused", { en: "40003", zh: "40003" }],
    ],
  },
  {
    name: "qrPollSeconds",
    title: { en: "QR poll timeout, seconds", zh: "扫码轮询等待时间（秒）" },
    about: {
      en: "How long a poll of the QR page waits for a change before it answers 408.",
      zh: "扫码页的轮询等待多久后返回 408。",
    },
    knowledge: "unknown",
    choices: undefined,
  },
  {
    name: "qrLifeSeconds",
    title: { en: "QR code validity, seconds", zh: "二维码有效期（秒）" },
    about: { en: "How long a QR code can be scanned.", zh: "二维码可供扫描的时长。" },
    knowledge: "unknown",
    choices: undefined,
  },
];

export const SWITCH_GROUPS: readonly SwitchGroup[] = [
  { title: { en: "Authorization", zh: "授权" }, switches: AUTHORIZE },
  { title: { en: "Codes and snapshots", zh: "code 与快照页" }, switches: CODES },
  { title: { en: "Tokens and quotas", zh: "令牌与额度" }, switches: TOKENS },
  { title: { en: "Responses and QR codes", zh: "响应与二维码" }, switches: ANSWERS },
];

/** Converts a form value to the type of the setting; parse-settings.ts validates it. */
export function readSwitch(name: string, value: string): unknown {
  const known = SWITCH_GROUPS.flatMap(({ switches }) => switches).find(
    (candidate) => candidate.name === name,
  );
  if (!known) throw new TypeError("no such switch");
  if (value === "true" || value === "false") return value === "true";
  // The 48001 of snapshotUserinfo is a string; all other numbers are numbers.
  return name !== "snapshotUserinfo" && /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : value;
}
