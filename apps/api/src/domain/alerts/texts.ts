import type { AlertKind } from "../../db/schema.js";

export type Language = "zh" | "en";

interface KindTexts {
  name(about: { percent: number }): string;
  /** What helps, where the errcode does not say it. */
  remedy: string;
}

export interface AlertTexts {
  title(about: { begun: number; recovered: number; host: string }): string;
  kinds: Record<AlertKind, KindTexts>;
  actors: Record<"user" | "operator" | "developer" | "wechat" | "host", string>;
  people(count: number): string;
  /** What is counted: calls and sign-ins that failed, or calls that a quota counts, failed or not. */
  events: Record<"failedCalls" | "failedSignIns" | "calls", (count: number) => string>;
  since(at: string): string;
  lasted(from: string, to: string): string;
  whoMustAct(who: string): string;
  remedy(text: string): string;
  recovered: string;
  repeated: string;
  more(count: number): string;
  open: string;
  comma: string;
  test: { heading: string; fact(host: string): string };
}

const english = (count: number, one: string, many: string) =>
  `${count.toLocaleString("en")} ${count === 1 ? one : many}`;

/** The words of alerts. */
export const alertTexts: Record<Language, AlertTexts> = {
  en: {
    title: ({ begun, recovered, host }) => {
      const alerts = begun > 0 ? [english(begun, "alert", "alerts")] : [];
      const ended = recovered > 0 ? [`${recovered} recovered`] : [];
      return `${[...alerts, ...ended].join(", ")} · WeChat login · ${host}`;
    },
    kinds: {
      group_new: { name: () => "New error", remedy: "Open the error: it shows what WeChat answered." },
      group_regressed: {
        name: () => "An error is back after it was resolved",
        remedy: "Open the error, and look at what changed since it was resolved.",
      },
      people_spike: {
        name: () => "Many more people than usual are affected",
        remedy: "Open the error: it shows whom it affects and what WeChat answered.",
      },
      token_failing: {
        name: () => "The global token cannot be refreshed",
        remedy: "Open the token: it shows why WeChat gave none.",
      },
      token_clash: {
        name: () => "WeChat refuses the global token before its time",
        remedy:
          "Find the other program that fetches this account's token by cgi-bin/token or by force, and let it ask this system.",
      },
      ip_refused: {
        name: () => "WeChat refuses this server's IP",
        remedy:
          "The token's page in the console shows the IP: add it to the account's IP allow-list at mp.weixin.qq.com.",
      },
      quota: {
        name: ({ percent }) => `${percent}% of today's quota for the global token is used`,
        remedy: "Open the token: it shows who asks for it so often.",
      },
      success_share: {
        name: ({ percent }) => `Only ${percent}% of sign-ins succeed`,
        remedy: "Open the sign-ins of the last minutes, and look at how they end.",
      },
      webhook_disabled: {
        name: () => "A webhook of a host application was disabled",
        remedy: "Mend the receiver, then enable the webhook. Missed events are in the feed.",
      },
    },
    actors: {
      user: "the person signing in",
      operator: "an operator",
      developer: "a developer",
      wechat: "WeChat",
      host: "the host application's developers",
    },
    people: (count) => english(count, "person", "people"),
    events: {
      failedCalls: (count) => english(count, "failed call", "failed calls"),
      failedSignIns: (count) => english(count, "failed sign-in", "failed sign-ins"),
      calls: (count) => english(count, "call", "calls"),
    },
    since: (at) => `since ${at}`,
    lasted: (from, to) => `From ${from} to ${to}`,
    whoMustAct: (who) => `Who must act: ${who}`,
    remedy: (text) => `What helps: ${text}`,
    recovered: "Recovered",
    repeated: "Still going on",
    more: (count) => `And ${count} more`,
    open: "Open the console",
    comma: ", ",
    test: {
      heading: "Test message",
      fact: (host) => `Alerts of the WeChat login at ${host} arrive here.`,
    },
  },
  zh: {
    title: ({ begun, recovered, host }) => {
      const alerts = begun > 0 ? [`${begun} 条告警`] : [];
      const ended = recovered > 0 ? [`${recovered} 条已恢复`] : [];
      return `${[...alerts, ...ended].join("，")} · 微信登录 · ${host}`;
    },
    kinds: {
      group_new: { name: () => "出现新错误", remedy: "打开这个错误，查看微信的返回内容。" },
      group_regressed: {
        name: () => "已解决的错误再次出现",
        remedy: "打开这个错误，检查标记解决之后有哪些变更。",
      },
      people_spike: {
        name: () => "受影响人数明显高于平时",
        remedy: "打开这个错误，查看影响了哪些人、微信返回了什么。",
      },
      token_failing: { name: () => "全局令牌刷新失败", remedy: "打开令牌页面，查看微信没有给出令牌的原因。" },
      token_clash: {
        name: () => "全局令牌提前失效",
        remedy: "找出另一个用 cgi-bin/token 或强制刷新取令牌的程序，改为向本系统获取。",
      },
      ip_refused: {
        name: () => "微信拒绝了本服务器的 IP",
        remedy: "控制台的令牌页面显示了这个 IP，到 mp.weixin.qq.com 把它加进该公众号的“IP白名单”。",
      },
      quota: {
        name: ({ percent }) => `今天的全局令牌调用次数已用 ${percent}%`,
        remedy: "打开令牌页面，查看是谁在频繁获取。",
      },
      success_share: {
        name: ({ percent }) => `登录成功率降到 ${percent}%`,
        remedy: "打开最近几分钟的登录记录，查看它们的结果。",
      },
      webhook_disabled: {
        name: () => "接入应用的 Webhook 已停用",
        remedy: "修好接收端之后重新启用；期间的事件可以从事件流读取。",
      },
    },
    actors: {
      user: "登录的用户",
      operator: "运营人员",
      developer: "开发者",
      wechat: "微信",
      host: "接入应用的开发者",
    },
    people: (count) => `影响 ${count} 人`,
    events: {
      failedCalls: (count) => `失败 ${count} 次`,
      failedSignIns: (count) => `${count} 次登录失败`,
      calls: (count) => `已调用 ${count} 次`,
    },
    since: (at) => `始于 ${at}`,
    lasted: (from, to) => `${from} 至 ${to}`,
    whoMustAct: (who) => `由谁处理：${who}`,
    remedy: (text) => `怎么处理：${text}`,
    recovered: "已恢复",
    repeated: "仍在持续",
    more: (count) => `还有 ${count} 条`,
    open: "打开控制台",
    comma: "，",
    test: { heading: "测试消息", fact: (host) => `${host} 微信登录的告警会发到这里。` },
  },
};
