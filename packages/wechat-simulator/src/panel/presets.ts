import type { Fault } from "../faults/fault.js";
import type { FaultAmount } from "../faults/planned-faults.js";
import type { Endpoint } from "../protocol/endpoints.js";
import type { Text } from "../protocol/text.js";

/** A common failure that can be planned with one click. */
export interface Preset {
  id: string;
  name: Text;
  /** The effect, and how a client should react. */
  about: Text;
  faults: { endpoint: Endpoint; fault: Fault; amount: FaultAmount }[];
}

export const PRESETS: readonly Preset[] = [
  {
    id: "code-used",
    name: { en: "Code already used", zh: "code 已被使用" },
    about: {
      en: "The next exchange answers 40163. Restart the sign-in once; do not retry.",
      zh: "下一次换取令牌返回 40163。应重新授权一次，不要重试。",
    },
    faults: [{ endpoint: "access_token", fault: { kind: "errcode", errcode: 40163 }, amount: 1 }],
  },
  {
    id: "slow",
    name: { en: "WeChat is slow", zh: "微信很慢" },
    about: {
      en: "The response to the next exchange takes 15 s; the code is spent.",
      zh: "下一次换取令牌在 15 秒后才响应；code 已消耗。",
    },
    faults: [{ endpoint: "access_token", fault: { kind: "delay", ms: 15_000 }, amount: 1 }],
  },
  {
    id: "cut-after",
    name: { en: "Connection lost after the code was spent", zh: "code 消耗后连接中断" },
    about: {
      en: "The next exchange succeeds, but its response does not arrive.",
      zh: "下一次换取令牌在微信侧成功，但响应没有送达。",
    },
    faults: [{ endpoint: "access_token", fault: { kind: "reset", when: "after" }, amount: 1 }],
  },
  {
    id: "busy",
    name: { en: "WeChat is busy", zh: "系统繁忙" },
    about: {
      en: "The next three exchanges and the next three userinfo calls answer -1.",
      zh: "接下来三次换取令牌和三次 userinfo 调用返回 -1。",
    },
    faults: [
      { endpoint: "access_token", fault: { kind: "errcode", errcode: -1 }, amount: 3 },
      { endpoint: "userinfo", fault: { kind: "errcode", errcode: -1 }, amount: 3 },
    ],
  },
  {
    id: "ip",
    name: { en: "IP not on the allow-list", zh: "IP 不在白名单" },
    about: {
      en: "The next fetch of a global token answers 40164, at either endpoint.",
      zh: "两个接口下一次获取全局令牌均返回 40164。",
    },
    faults: [
      { endpoint: "token", fault: { kind: "errcode", errcode: 40164 }, amount: 1 },
      { endpoint: "stable_token", fault: { kind: "errcode", errcode: 40164 }, amount: 1 },
    ],
  },
  {
    id: "replaced",
    name: { en: "Another server fetched a token", zh: "令牌被另一台服务器刷新" },
    about: {
      en: "The next user/info and getticket answer 40001. Fetch a new token once, then retry once.",
      zh: "下一次 user/info 和 getticket 返回 40001。应重新获取令牌一次、重试一次。",
    },
    faults: [
      { endpoint: "user_info", fault: { kind: "errcode", errcode: 40001 }, amount: 1 },
      { endpoint: "getticket", fault: { kind: "errcode", errcode: 40001 }, amount: 1 },
    ],
  },
  {
    id: "gateway",
    name: { en: "Gateway error 502", zh: "网关 502" },
    about: {
      en: "The next exchange answers HTTP 502 with HTML; the code is not spent.",
      zh: "下一次换取令牌得到 HTTP 502 和 HTML；code 未消耗。",
    },
    faults: [{ endpoint: "access_token", fault: { kind: "http_502" }, amount: 1 }],
  },
  {
    id: "page-gone",
    name: { en: "WeChat's pages do not load", zh: "微信的页面打不开" },
    about: {
      en: "The next visits to the authorize page and to the QR page get a gateway's 502.",
      zh: "下一次打开授权页和扫码页各得到一次网关的 502。",
    },
    faults: [
      { endpoint: "authorize", fault: { kind: "http_502" }, amount: 1 },
      { endpoint: "qrconnect", fault: { kind: "http_502" }, amount: 1 },
    ],
  },
  {
    id: "cut-json",
    name: { en: "Truncated response", zh: "响应被截断" },
    about: {
      en: "The next userinfo returns half of its JSON.",
      zh: "下一次 userinfo 只有半段 JSON。",
    },
    faults: [{ endpoint: "userinfo", fault: { kind: "truncated_json" }, amount: 1 }],
  },
  {
    id: "quota",
    name: { en: "Daily quota used up", zh: "今日额度已用完" },
    about: {
      en: "The next fetch of a global token answers 45009, at either endpoint.",
      zh: "两个接口下一次获取全局令牌均返回 45009。",
    },
    faults: [
      { endpoint: "token", fault: { kind: "errcode", errcode: 45009 }, amount: 1 },
      { endpoint: "stable_token", fault: { kind: "errcode", errcode: 45009 }, amount: 1 },
    ],
  },
  {
    id: "fifth",
    name: { en: "One call in five fails", zh: "五分之一的调用失败" },
    about: {
      en: "A fifth of all exchanges and userinfo calls answer -1 until cancelled.",
      zh: "五分之一的换取令牌和 userinfo 调用返回 -1，直到取消。",
    },
    faults: [
      { endpoint: "access_token", fault: { kind: "errcode", errcode: -1 }, amount: { share: 0.2 } },
      { endpoint: "userinfo", fault: { kind: "errcode", errcode: -1 }, amount: { share: 0.2 } },
    ],
  },
];
