import type { Fault } from "../faults/fault.js";
import type { FaultAmount } from "../faults/planned-faults.js";
import type { Endpoint } from "../protocol/endpoints.js";
import type { Text } from "../protocol/text.js";

/** A trouble that everybody meets some day, ready to be planned with one click. */
export interface Preset {
  id: string;
  name: Text;
  /** What it does, and what a client should do about it. */
  about: Text;
  faults: { endpoint: Endpoint; fault: Fault; amount: FaultAmount }[];
}

export const PRESETS: readonly Preset[] = [
  {
    id: "code-used",
    name: { en: "The code is used", zh: "code 已被使用" },
    about: {
      en: "The next exchange is 40163. Start over once, never retry.",
      zh: "下一次换取令牌返回 40163。应重新授权一次，不要重试。",
    },
    faults: [{ endpoint: "access_token", fault: { kind: "errcode", errcode: 40163 }, amount: 1 }],
  },
  {
    id: "slow",
    name: { en: "WeChat is slow", zh: "微信很慢" },
    about: {
      en: "The next exchange is answered after 15 s; the code is spent.",
      zh: "下一次换取令牌在 15 秒后才应答；code 已消耗。",
    },
    faults: [{ endpoint: "access_token", fault: { kind: "delay", ms: 15_000 }, amount: 1 }],
  },
  {
    id: "cut-after",
    name: { en: "Cut after the code was spent", zh: "code 消耗后连接中断" },
    about: {
      en: "The next exchange succeeds here, and its answer never arrives.",
      zh: "下一次换取令牌在微信侧成功，但应答没有送达。",
    },
    faults: [{ endpoint: "access_token", fault: { kind: "reset", when: "after" }, amount: 1 }],
  },
  {
    id: "busy",
    name: { en: "WeChat is busy", zh: "系统繁忙" },
    about: {
      en: "The next three calls of exchange and userinfo each are -1.",
      zh: "换取令牌与 userinfo 接下来各三次返回 -1。",
    },
    faults: [
      { endpoint: "access_token", fault: { kind: "errcode", errcode: -1 }, amount: 3 },
      { endpoint: "userinfo", fault: { kind: "errcode", errcode: -1 }, amount: 3 },
    ],
  },
  {
    id: "ip",
    name: { en: "IP not on the list", zh: "IP 不在白名单" },
    about: {
      en: "The next fetch of a global token is 40164, by either endpoint.",
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
      en: "The next user/info and getticket are 40001. Fetch once, repeat once.",
      zh: "下一次 user/info 和 getticket 返回 40001。应重新获取令牌一次、重试一次。",
    },
    faults: [
      { endpoint: "user_info", fault: { kind: "errcode", errcode: 40001 }, amount: 1 },
      { endpoint: "getticket", fault: { kind: "errcode", errcode: 40001 }, amount: 1 },
    ],
  },
  {
    id: "gateway",
    name: { en: "A gateway's 502", zh: "网关 502" },
    about: {
      en: "The next exchange is HTML under HTTP 502; the code survives.",
      zh: "下一次换取令牌得到 HTTP 502 和 HTML；code 未消耗。",
    },
    faults: [{ endpoint: "access_token", fault: { kind: "http_502" }, amount: 1 }],
  },
  {
    id: "page-gone",
    name: { en: "WeChat's page does not come", zh: "微信的页面打不开" },
    about: {
      en: "The next visit of authorize and of qrconnect each is a gateway's 502.",
      zh: "下一次打开授权页和扫码页各得到一次网关的 502。",
    },
    faults: [
      { endpoint: "authorize", fault: { kind: "http_502" }, amount: 1 },
      { endpoint: "qrconnect", fault: { kind: "http_502" }, amount: 1 },
    ],
  },
  {
    id: "cut-json",
    name: { en: "The answer is cut short", zh: "应答被截断" },
    about: {
      en: "The next userinfo is half a JSON text.",
      zh: "下一次 userinfo 只有半段 JSON。",
    },
    faults: [{ endpoint: "userinfo", fault: { kind: "truncated_json" }, amount: 1 }],
  },
  {
    id: "quota",
    name: { en: "Today's quota is used up", zh: "今日额度已用完" },
    about: {
      en: "The next fetch of a global token is 45009, by either endpoint.",
      zh: "两个接口下一次获取全局令牌均返回 45009。",
    },
    faults: [
      { endpoint: "token", fault: { kind: "errcode", errcode: 45009 }, amount: 1 },
      { endpoint: "stable_token", fault: { kind: "errcode", errcode: 45009 }, amount: 1 },
    ],
  },
  {
    id: "fifth",
    name: { en: "One call in five fails", zh: "每五次失败一次" },
    about: {
      en: "A fifth of all exchanges and userinfo calls are -1, until cancelled.",
      zh: "五分之一的换取令牌和 userinfo 调用返回 -1，直到取消。",
    },
    faults: [
      { endpoint: "access_token", fault: { kind: "errcode", errcode: -1 }, amount: { share: 0.2 } },
      { endpoint: "userinfo", fault: { kind: "errcode", errcode: -1 }, amount: { share: 0.2 } },
    ],
  },
];
