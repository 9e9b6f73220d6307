import { explainErrcode } from "@wechat-login/oauth/errcodes";
import { describe, expect, it } from "vitest";
import type { AlertChange, AlertKind } from "../src/db/schema.js";
import { alertMessage, type Incident } from "../src/domain/alerts/message.js";
import type { Language } from "../src/domain/alerts/texts.js";
import type { Deps } from "../src/domain/deps.js";

const deps = {
  apps: { keyOf: (appId: string) => (appId === "wx1" ? "oa" : null) },
  settings: { publicUrl: new URL("https://login.example") },
} as unknown as Deps;
const openedAt = new Date("2027-05-04T02:00:00.000Z");
const over = { recoveredAt: new Date("2027-05-04T03:30:00.000Z") };

const incident = (about: Partial<Incident> & { kind: AlertKind }): Incident => ({
  ...{ id: about.kind, subject: "a subject", appId: "wx1", endpoint: null, errcode: null },
  ...{ people: null, events: null, percent: null, openedAt, recoveredAt: null, ...about },
});
const message = (
  told: [AlertChange, Incident][],
  { language = "en", timeZone = "UTC" }: { language?: Language; timeZone?: string } = {},
) =>
  alertMessage(
    deps,
    told.map(([change, one]) => ({ change, incident: one })),
    { language, timeZone },
  );
const userinfo = { endpoint: "sns/userinfo", errcode: "48001" };
const stableToken = { endpoint: "cgi-bin/stable_token", errcode: "40164" };
const errors = "https://login.example/admin/errors?appId=wx1&endpoint=sns%2Fuserinfo&errcode=48001";
const [tokens, signIns] = [
  "https://login.example/admin/tokens",
  "https://login.example/admin/sign-ins?appId=wx1",
];
describe("an alert in a chat", () => {
  it.each<[Partial<Incident> & { kind: AlertKind }, string, readonly unknown[], string]>([
    [
      { kind: "group_new", ...userinfo, errcode: "987654", people: 0, events: 1 },
      "New error · oa · 987654",
      [
        "1 failed call, since 4 May, 02:00 GMT+0",
        "Who must act: a developer",
        "What helps: Open the error: it shows what WeChat answered.",
      ],
      errors.replace("48001", "987654"),
    ],
    [
      { kind: "group_regressed", ...userinfo, errcode: "987654", people: 1, events: 2 },
      "An error is back after it was resolved · oa · 987654",
      [
        "1 person, 2 failed calls, since 4 May, 02:00 GMT+0",
        "Who must act: a developer",
        "What helps: Open the error, and look at what changed since it was resolved.",
      ],
      errors.replace("48001", "987654"),
    ],
    [
      { kind: "people_spike", ...userinfo, errcode: "987654", people: 1234, events: 5678 },
      "Many more people than usual are affected · oa · 987654",
      [
        "1,234 people, 5,678 failed calls, since 4 May, 02:00 GMT+0",
        "Who must act: an operator",
        "What helps: Open the error: it shows whom it affects and what WeChat answered.",
      ],
      errors.replace("48001", "987654"),
    ],
    [
      { kind: "token_failing", ...stableToken, errcode: "SomeError" },
      "The global token cannot be refreshed · oa · SomeError",
      [
        "since 4 May, 02:00 GMT+0",
        "Who must act: an operator",
        "What helps: Open the token: it shows why WeChat gave none.",
      ],
      tokens,
    ],
    [
      { kind: "token_clash", endpoint: "cgi-bin/stable_token", events: 3 },
      "WeChat refuses the global token before its time · oa",
      [
        "3 failed calls, since 4 May, 02:00 GMT+0",
        "Who must act: a developer",
        expect.stringMatching(/^What helps: Find the other program that fetches/),
      ],
      tokens,
    ],
    [
      { kind: "ip_refused", ...stableToken },
      "WeChat refuses this server's IP · oa · 40164 ip_not_in_allow_list",
      [
        "since 4 May, 02:00 GMT+0",
        "Who must act: an operator",
        expect.stringMatching(/^What helps: The token's page in the console shows the IP/),
      ],
      tokens,
    ],
    [
      { kind: "quota", ...stableToken, errcode: null, percent: 81, events: 405_000 },
      "81% of today's quota for the global token is used · oa",
      [
        "405,000 calls, since 4 May, 02:00 GMT+0",
        "Who must act: a developer",
        "What helps: Open the token: it shows who asks for it so often.",
      ],
      tokens,
    ],
    [
      { kind: "success_share", percent: 80, events: 4 },
      "Only 80% of sign-ins succeed · oa",
      [
        "4 failed sign-ins, since 4 May, 02:00 GMT+0",
        "Who must act: an operator",
        "What helps: Open the sign-ins of the last minutes, and look at how they end.",
      ],
      signIns,
    ],
    [
      { kind: "webhook_disabled", subject: "a shop", appId: null },
      "A webhook of a host application was disabled · a shop",
      [
        "since 4 May, 02:00 GMT+0",
        "Who must act: the host application's developers",
        "What helps: Mend the receiver, then enable the webhook. Missed events are in the feed.",
      ],
      "https://login.example/admin/hosts/a%20shop",
    ],
  ])("says what is wrong, how many, who must act, what helps and where: %j", (about, heading, facts, url) => {
    expect(message([["opened", incident(about)]]).items).toEqual([
      { heading, facts, link: { text: "Open the console", url } },
    ]);
  });

  it("says what the errcode means after this call, who must act by it, and its first step", () => {
    const about = { kind: "token_failing", ...stableToken, errcode: "40125" } as const;
    const explained = explainErrcode("40125", stableToken.endpoint);
    expect(message([["opened", incident(about)]]).items[0]?.facts).toEqual([
      explained?.meaning.en,
      "since 4 May, 02:00 GMT+0",
      "Who must act: an operator",
      `What helps: ${explained?.steps.en[0]}`,
    ]);
  });

  it("is in Chinese with the times of the channel's time zone", () => {
    const at = { language: "zh", timeZone: "Asia/Shanghai" } as const;
    const spike = { kind: "people_spike", ...userinfo, errcode: "987654", people: 1, events: 2 } as const;
    const told = [incident(spike), incident({ kind: "success_share", percent: 80, events: 4 })];
    const { title, items } = message(
      [
        ["repeated", told[0] as Incident],
        ["opened", told[1] as Incident],
      ],
      at,
    );
    const link = (url: string) => ({ text: "打开控制台", url });
    expect([title, items]).toEqual([
      "2 条告警 · 微信登录 · login.example",
      [
        {
          heading: "仍在持续 · 受影响人数明显高于平时 · oa · 987654",
          facts: [
            "影响 1 人，失败 2 次，始于 5月4日 10:00 GMT+8",
            "由谁处理：运营人员",
            "怎么处理：打开这个错误，查看影响了哪些人、微信返回了什么。",
          ],
          link: link(errors.replace("48001", "987654")),
        },
        {
          heading: "登录成功率降到 80% · oa",
          facts: [
            "4 次登录失败，始于 5月4日 10:00 GMT+8",
            "由谁处理：运营人员",
            "怎么处理：打开最近几分钟的登录记录，查看它们的结果。",
          ],
          link: link(signIns),
        },
      ],
    ]);
  });

  it.each<[Partial<Incident> & { kind: AlertKind }, string, readonly string[]]>([
    [
      { kind: "group_new", ...userinfo, errcode: "987654", people: 0, events: 1 },
      "出现新错误 · oa · 987654",
      [
        "失败 1 次，始于 5月4日 02:00 GMT+0",
        "由谁处理：开发者",
        "怎么处理：打开这个错误，查看微信的返回内容。",
      ],
    ],
    [
      { kind: "group_regressed", ...userinfo, errcode: "987654", people: 1, events: 2 },
      "已解决的错误再次出现 · oa · 987654",
      [
        "影响 1 人，失败 2 次，始于 5月4日 02:00 GMT+0",
        "由谁处理：开发者",
        "怎么处理：打开这个错误，检查标记解决之后有哪些变更。",
      ],
    ],
    [
      { kind: "token_failing", ...stableToken, errcode: "SomeError" },
      "全局令牌刷新失败 · oa · SomeError",
      [
        "始于 5月4日 02:00 GMT+0",
        "由谁处理：运营人员",
        "怎么处理：打开令牌页面，查看微信没有给出令牌的原因。",
      ],
    ],
    [
      { kind: "token_clash", endpoint: "cgi-bin/stable_token", events: 3 },
      "全局令牌提前失效 · oa",
      [
        "失败 3 次，始于 5月4日 02:00 GMT+0",
        "由谁处理：开发者",
        "怎么处理：找出另一个用 cgi-bin/token 或强制刷新取令牌的程序，改为向本系统获取。",
      ],
    ],
    [
      { kind: "ip_refused", ...stableToken },
      "微信拒绝了本服务器的 IP · oa · 40164 ip_not_in_allow_list",
      [
        "始于 5月4日 02:00 GMT+0",
        "由谁处理：运营人员",
        "怎么处理：控制台的令牌页面显示了这个 IP，到 mp.weixin.qq.com 把它加进该公众号的“IP白名单”。",
      ],
    ],
    [
      { kind: "quota", ...stableToken, errcode: null, percent: 81, events: 405 },
      "今天的全局令牌调用次数已用 81% · oa",
      [
        "已调用 405 次，始于 5月4日 02:00 GMT+0",
        "由谁处理：开发者",
        "怎么处理：打开令牌页面，查看是谁在频繁获取。",
      ],
    ],
    [
      { kind: "webhook_disabled", subject: "a shop", appId: null },
      "接入应用的 Webhook 已停用 · a shop",
      [
        "始于 5月4日 02:00 GMT+0",
        "由谁处理：接入应用的开发者",
        "怎么处理：修好接收端之后重新启用；期间的事件可以从事件流读取。",
      ],
    ],
  ])("says the same in Chinese: %j", (about, heading, facts) => {
    const [item] = message([["opened", incident(about)]], { language: "zh" }).items;
    expect([item?.heading, item?.facts]).toEqual([heading, facts]);
  });

  it.each([
    ["en", "-1", "Who must act: WeChat"],
    ["zh", "-1", "由谁处理：微信"],
    ["en", "41003", "Who must act: a developer"],
    ["zh", "41003", "由谁处理：开发者"],
  ] as const)("names who must act by the errcode (%s, %s)", (language, errcode, who) => {
    const about = incident({ kind: "people_spike", endpoint: "sns/userinfo", errcode });
    expect(message([["opened", about]], { language }).items[0]?.facts).toContain(who);
  });

  it.each([
    [["opened"], "1 条告警 · 微信登录 · login.example"],
    [["recovered"], "1 条已恢复 · 微信登录 · login.example"],
    [["opened", "recovered", "recovered"], "1 条告警，2 条已恢复 · 微信登录 · login.example"],
  ] as const)("is headed in Chinese by how many begin and end: %j", (changes, heading) => {
    const told = changes.map((change, n): [AlertChange, Incident] => [
      change,
      incident({ kind: "quota", id: String(n), ...(change === "recovered" && over) }),
    ]);
    const { title, items, more } = message(told, { language: "zh" });
    expect([title, more(3).heading]).toEqual([heading, "还有 3 条"]);
    for (const [n, { heading, facts }] of items.entries()) {
      const isOver = n >= changes.filter((change) => change === "opened").length;
      expect(heading.startsWith("已恢复 · ")).toBe(isOver);
      expect(facts[0]?.includes("至"), facts[0]).toBe(isOver);
    }
  });

  it.each(["en", "zh"] as const)("counts one call and one sign-in as one (%s)", (language) => {
    const facts = (["quota", "success_share"] as const).map(
      (kind) => message([["opened", incident({ kind, events: 1 })]], { language }).items[0]?.facts[0],
    );
    const [call, signIn] = {
      en: ["1 call, ", "1 failed sign-in, "],
      zh: ["已调用 1 次，", "1 次登录失败，"],
    }[language];
    expect(facts).toEqual([
      expect.stringMatching(new RegExp(`^${call}`)),
      expect.stringMatching(new RegExp(`^${signIn}`)),
    ]);
  });

  it("of what is over says how long it lasted and how many it affected, and nothing of what helps", () => {
    const { title, isCritical, items } = message([
      ["recovered", incident({ kind: "people_spike", ...userinfo, people: 3, events: 7, ...over })],
      ["recovered", incident({ kind: "webhook_disabled", subject: "shop", ...over })],
    ]);
    const lasted = "From 4 May, 02:00 GMT+0 to 4 May, 03:30 GMT+0";
    const link = { text: "Open the console", url: errors };
    expect([title, isCritical, items]).toEqual([
      ...["2 recovered · WeChat login · login.example", false],
      [
        {
          heading: "Recovered · Many more people than usual are affected · oa · 48001 api_unauthorized",
          ...{ facts: [lasted, "3 people, 7 failed calls"], link },
        },
        {
          heading: "Recovered · A webhook of a host application was disabled · shop",
          ...{ facts: [lasted], link: { ...link, url: "https://login.example/admin/hosts/shop" } },
        },
      ],
    ]);
  });

  it("has each incident once, what is critical before the rest and what is over last, also for a program", () => {
    const spike = { kind: "people_spike", ...userinfo, people: 3, events: 7 } as const;
    const quota = { kind: "quota", endpoint: "cgi-bin/stable_token", percent: 81, events: 9 } as const;
    const { title, isCritical, incidents, more } = message([
      ["opened", incident({ ...quota, id: "over", ...over })],
      ["opened", incident({ ...spike, id: "critical and over", ...over })],
      ["recovered", incident({ ...quota, id: "over", ...over })],
      ["recovered", incident({ ...spike, id: "critical and over", ...over })],
      ["repeated", incident({ ...quota, id: "goes on", appId: "wx-of-old" })],
      ["opened", incident({ ...spike, id: "critical" })],
      ["opened", incident({ kind: "webhook_disabled", id: "of no app", subject: "shop", appId: null })],
    ]);
    const row = (id: string, change: AlertChange, about: object) => ({
      ...{ id, change, app: "oa", endpoint: null, errcode: null, people: null, events: null, percent: null },
      ...{ openedAt: "2027-05-04T02:00:00.000Z", recoveredAt: null, ...about },
    });
    const ofSpike = { ...spike, severity: "critical", url: errors };
    const ofQuota = { ...quota, severity: "warning", url: tokens };
    const recoveredAt = "2027-05-04T03:30:00.000Z";
    expect([title, isCritical, incidents]).toEqual([
      ...["3 alerts, 2 recovered · WeChat login · login.example", true],
      [
        row("critical", "opened", ofSpike),
        row("goes on", "repeated", { ...ofQuota, app: null }),
        row("of no app", "opened", {
          ...{ kind: "webhook_disabled", severity: "warning", app: null },
          url: "https://login.example/admin/hosts/shop",
        }),
        row("critical and over", "recovered", { ...ofSpike, recoveredAt }),
        row("over", "recovered", { ...ofQuota, recoveredAt }),
      ],
    ]);
    expect(more(7)).toEqual({
      ...{ heading: "And 7 more", facts: [] },
      link: { text: "Open the console", url: "https://login.example/admin/alerts" },
    });
  });
});
