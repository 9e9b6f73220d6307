import type { Text } from "../protocol/text.js";
import { itself, NO_YES, OFF_ON, type Switch } from "./switch.js";

export interface SwitchGroup {
  title: Text;
  switches: Switch[];
}

const AUTHORIZE: Switch[] = [
  {
    name: "refusal",
    title: { en: "When a person refuses", zh: "用户拒绝授权时" },
    about: {
      en: "Real phones send nobody back; older documents speak of a redirect with state alone.",
      zh: "真实手机上不会跳转；旧文档说会带着 state 跳转。",
    },
    knowledge: "reported",
    choices: [
      ["nothing", { en: "no redirect", zh: "不跳转" }],
      ["state_only", { en: "state alone", zh: "只带 state" }],
    ],
  },
  {
    name: "doubleCallback",
    title: { en: "Double callback", zh: "双重回调" },
    about: {
      en: "Every callback comes twice, with two codes and one state, as on some Android phones.",
      zh: "每次回调都来两次：两个 code、同一个 state，某些安卓手机上如此。",
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
    title: { en: "Same code again", zh: "重复给同一个 code" },
    about: {
      en: "One person gets one code in every tab until it is exchanged, as desktop WeChat 3.9.7 did.",
      zh: "换取令牌之前，同一用户在每个标签页得到同一个 code，桌面微信 3.9.7 曾如此。",
    },
    knowledge: "reported",
    choices: OFF_ON,
  },
  {
    name: "fromMenu",
    title: { en: "Silent follower", zh: "关注者静默授权" },
    about: {
      en: "People come from the account's menu: snsapi_userinfo asks no follower.",
      zh: "从公众号菜单进入：snsapi_userinfo 不再询问关注者。",
    },
    knowledge: "documented",
    choices: OFF_ON,
  },
  {
    name: "recentLogin",
    title: { en: "Signed in lately", zh: "近期登录过" },
    about: {
      en: "Who allowed snsapi_userinfo before is not asked again; how long that holds is not known.",
      zh: "同意过 snsapi_userinfo 的用户不再被询问；有效期未知。",
    },
    knowledge: "documented",
    choices: OFF_ON,
  },
  {
    name: "emptyState",
    title: { en: "Empty state", zh: "state 为空" },
    about: {
      en: "An empty or missing state is page error 10013, or comes back empty. Both were seen.",
      zh: "state 为空或缺失：页面错误 10013，或原样返回空值。两种情况都有人遇到过。",
    },
    knowledge: "reported",
    choices: [
      ["refused", { en: "refused", zh: "拒绝" }],
      ["returned", { en: "returned", zh: "原样返回" }],
    ],
  },
  {
    name: "stateAlphabet",
    title: { en: "Letters of state", zh: "state 的字符" },
    about: {
      en: "Letters and digits are documented; hyphens and underscores are said to pass as well.",
      zh: "文档规定字母和数字；据说连字符和下划线也能通过。",
    },
    knowledge: "documented",
    choices: [
      ["alphanumeric", { en: "letters and digits", zh: "字母和数字" }],
      ["with_hyphen_and_underscore", { en: "also - and _", zh: "也许可 - 和 _" }],
    ],
  },
];

const CODES: Switch[] = [
  {
    name: "expiredCode",
    title: { en: "An expired code", zh: "code 过期" },
    about: {
      en: "What it is answered with; 42003 is in the list of codes and hardly ever seen.",
      zh: "返回哪个错误码；42003 在错误码表里，但几乎没人遇到过。",
    },
    knowledge: "documented",
    choices: [itself("40029"), itself("42003")],
  },
  {
    name: "usedCode",
    title: { en: "A used code", zh: "code 已使用" },
    about: {
      en: "What it is answered with; 40029 stands in old logs.",
      zh: "返回哪个错误码；旧日志里是 40029。",
    },
    knowledge: "reported",
    choices: [itself("40163"), itself("40029")],
  },
  {
    name: "wrongSecretSpendsCode",
    title: { en: "A wrong secret spends the code", zh: "密钥错误也消耗 code" },
    about: {
      en: "Whether the code is gone after an exchange with a wrong secret.",
      zh: "用错误的密钥换取令牌后，code 是否作废。",
    },
    knowledge: "unknown",
    choices: NO_YES,
  },
  {
    name: "snapshotFlag",
    title: { en: "Snapshot says so", zh: "快照页有标记" },
    about: {
      en: "Whether the token reply of a snapshot has is_snapshotuser; on first visits it was reported missing.",
      zh: "快照页换到的令牌是否带 is_snapshotuser；有人遇到过首次访问时缺失。",
    },
    knowledge: "documented",
    choices: [
      ["true", { en: "flag is there", zh: "有标记" }],
      ["false", { en: "flag is missing", zh: "缺标记" }],
    ],
  },
  {
    name: "snapshotUserinfo",
    title: { en: "userinfo of a snapshot", zh: "快照页的 userinfo" },
    about: {
      en: "A virtual person is documented; 48001 was reported once.",
      zh: "文档说返回虚拟身份；有人遇到过一次 48001。",
    },
    knowledge: "documented",
    choices: [["virtual", { en: "virtual person", zh: "虚拟身份" }], itself("48001")],
  },
];

const TOKENS: Switch[] = [
  {
    name: "refreshKeepsAccessToken",
    title: { en: "Refresh keeps a living token", zh: "刷新保留有效令牌" },
    about: {
      en: "While the access token lives a refresh prolongs it (documented for websites only), or gives a new one.",
      zh: "令牌仍有效时，刷新是延长它（只有网站应用有文档），还是给新的。",
    },
    knowledge: "documented",
    choices: [
      ["true", { en: "keeps it", zh: "保留" }],
      ["false", { en: "gives a new one", zh: "给新的" }],
    ],
  },
  {
    name: "refreshSlides",
    title: { en: "The 30 days slide", zh: "30 天顺延" },
    about: {
      en: "Whether a refresh starts the refresh token's 30 days anew; documents say no, developers disagree.",
      zh: "刷新是否让 refresh_token 的 30 天重新计算；文档说不会，开发者说法不一。",
    },
    knowledge: "unknown",
    choices: NO_YES,
  },
  {
    name: "newAuthorizationEndsOld",
    title: { en: "A new sign-in ends old tokens", zh: "新授权使旧令牌失效" },
    about: {
      en: "Tokens of earlier sign-ins of the same person become 40001; one report says so.",
      zh: "同一用户以前的令牌变成 40001；仅有一份报告提到。",
    },
    knowledge: "unknown",
    choices: NO_YES,
  },
  {
    name: "revokedErrcode",
    title: { en: "After consent was revoked", zh: "撤销授权之后" },
    about: {
      en: "What the tokens of a person who revoked the app are answered with.",
      zh: "用户撤销授权后，其令牌返回哪个错误码。",
    },
    knowledge: "unknown",
    choices: [itself("50001"), itself("40001")],
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
    title: { en: "Tail of an errmsg", zh: "errmsg 的尾部" },
    about: {
      en: "A rid as today, or the hint of before 2020 and 2021.",
      zh: "现在的 rid，或 2020、2021 年以前的 hint。",
    },
    knowledge: "reported",
    choices: [itself("rid"), itself("hints")],
  },
  {
    name: "nonFollowerUnionid",
    title: { en: "unionid of non-followers", zh: "未关注者的 unionid" },
    about: {
      en: "Whether user/info tells the unionid of somebody who does not follow.",
      zh: "user/info 是否给出未关注者的 unionid。",
    },
    knowledge: "unknown",
    choices: NO_YES,
  },
  {
    name: "batchgetUnknown",
    title: { en: "An unknown openid in batchget", zh: "batchget 中的未知 openid" },
    about: {
      en: "It is left out, so that later results move up, or the whole call is 40003.",
      zh: "略过它，后面的结果前移；或整个调用返回 40003。",
    },
    knowledge: "unknown",
    choices: [
      ["left_out", { en: "left out", zh: "略过" }],
      ["refused", { en: "40003", zh: "40003" }],
    ],
  },
  {
    name: "qrPollSeconds",
    title: { en: "Patience of a QR poll, seconds", zh: "扫码轮询等待（秒）" },
    about: {
      en: "How long the QR page's poll waits for news before it answers 408.",
      zh: "扫码页的轮询在返回 408 之前等多久。",
    },
    knowledge: "unknown",
    choices: undefined,
  },
  {
    name: "qrLifeSeconds",
    title: { en: "Life of a QR code, seconds", zh: "二维码有效期（秒）" },
    about: { en: "How long a QR code can be scanned.", zh: "二维码在多长时间内可以扫描。" },
    knowledge: "unknown",
    choices: undefined,
  },
];

export const SWITCH_GROUPS: readonly SwitchGroup[] = [
  { title: { en: "Asking for consent", zh: "征求授权" }, switches: AUTHORIZE },
  { title: { en: "Codes and snapshots", zh: "code 与快照页" }, switches: CODES },
  { title: { en: "Tokens and quotas", zh: "令牌与额度" }, switches: TOKENS },
  { title: { en: "Answers and QR codes", zh: "应答与二维码" }, switches: ANSWERS },
];

/** Turns what a form says into the setting's own type; settings-input judges it. */
export function readSwitch(name: string, value: string): unknown {
  const known = SWITCH_GROUPS.flatMap(({ switches }) => switches).find(
    (candidate) => candidate.name === name,
  );
  if (!known) throw new TypeError("there is no such switch");
  if (value === "true" || value === "false") return value === "true";
  // snapshotUserinfo's 48001 is a text; every other number is one.
  return name !== "snapshotUserinfo" && /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : value;
}
