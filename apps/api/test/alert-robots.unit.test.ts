import { describe, expect, it } from "vitest";
import type { AlertItem } from "../src/domain/alerts/message.js";
import { endOfQuietHours } from "../src/domain/alerts/quiet-hours.js";
import { robots, signDingTalk, signFeishu } from "../src/domain/alerts/robots.js";

describe("the signature of a robot", () => {
  it("is that of Feishu with the time in seconds, and that of DingTalk in milliseconds for a query", () => {
    expect(signFeishu(1714037059, "SECtest")).toBe("ihbIT+VCvKcyfoqod76EbLf/tOVploqjHdvcMV6Lfdo=");
    expect(signDingTalk(1714037059000, "SECtest")).toBe("OOx63sziLZLuu5sy9HrpzqWgVapuSMYu7Qk%2F0Oh8e4s%3D");
  });

  it("is left out where the operator gave no secret", () => {
    const item: AlertItem = { heading: "一", facts: [], link: { text: "open", url: "https://a.example" } };
    const message = { title: "t", isCritical: true, items: [item], more: () => item, incidents: [] };
    const about = { url: "https://a.example/hook?access_token=x", secret: undefined, message, id: "alert_1" };
    const now = new Date(1714037059000);
    const { url, body } = robots.dingtalk.request({ ...about, now });
    expect([url, body]).toEqual([
      "https://a.example/hook?access_token=x",
      '{"msgtype":"markdown","markdown":{"title":"t","text":"### t\\n\\n**一**\\n[open](https://a.example)"}}',
    ]);
    expect(JSON.parse(robots.feishu.request({ ...about, now }).body)).toEqual({
      msg_type: "interactive",
      card: {
        header: { title: { tag: "plain_text", content: "t" }, template: "red" },
        elements: [{ tag: "markdown", content: "**一**\n[open](https://a.example)" }],
      },
    });
  });
});

describe("a message of a robot", () => {
  it("has as many items as fit into 4096 bytes of UTF-8 at WeCom, to the byte, and counts the others", () => {
    const link = { text: "open", url: "https://a.example" };
    const contentOf = (items: AlertItem[]) =>
      JSON.parse(
        robots.wecom.request({
          ...{ url: "https://a.example", secret: undefined, id: "alert_1", now: new Date() },
          message: {
            ...{ title: "t", isCritical: false, items, incidents: [] },
            more: (count: number) => ({ heading: `${count} more`, facts: [], link }),
          },
        }).body,
      ).markdown.content as string;
    const bytesOf = (text: string) => Buffer.byteLength(text);
    const one = (heading: string): AlertItem => ({ heading, facts: [], link });
    const around = bytesOf(contentOf([one("")]));
    const filled = "字".repeat(Math.floor((4096 - around) / 3)) + "x".repeat((4096 - around) % 3);
    expect(bytesOf(contentOf([one(filled)]))).toBe(4096);
    expect(contentOf([one(filled)])).not.toContain("more");
    expect(contentOf([one(`${filled}x`)])).toBe("### t\n\n**1 more**\n[open](https://a.example)");
  });

  it("is escaped for Slack, and its links are not", () => {
    const link = { text: "a <b>", url: "https://a.example/?a=1&b=2" };
    const items = [{ heading: "x < y", facts: ["a & b"], link }];
    const message = { title: "<t>", isCritical: false, items, more: () => items[0] as never, incidents: [] };
    const about = { url: "https://a.example", secret: undefined, id: "alert_1", now: new Date() };
    expect(JSON.parse(robots.slack.request({ ...about, message }).body)).toEqual({
      text: "*&lt;t&gt;*\n\n*x &lt; y*\n• a &amp; b\n<https://a.example/?a=1&b=2|a &lt;b&gt;>",
    });
  });
});

describe("the answer of a robot", () => {
  const refusal = (kind: keyof typeof robots, text: string | undefined, error: "refused" | null = null) =>
    robots[kind].refusalOf({ status: error ? 500 : 200, error, ...(text === undefined ? {} : { text }) });
  it.each([
    ["wecom", '{"errcode":0}', undefined],
    ["wecom", '{"errcode":93000,"errmsg":"secret"}', "refused with 93000"],
    ["dingtalk", '{"errcode":310000}', "refused with 310000"],
    ["dingtalk", "{}", "answer not understood"],
    ["feishu", '{"StatusCode":0}', undefined],
    ["feishu", '{"code":19021,"msg":"sign"}', "refused with 19021"],
    ["feishu", "<html>", "answer not understood"],
    ["feishu", "null", "answer not understood"],
    ["slack", "ok", undefined],
    ["webhook", "", undefined],
  ] as const)("of %s, %j, means %j", (kind, text, expected) => {
    expect(refusal(kind, text)).toBe(expected);
    expect(refusal(kind, text, "refused")).toBe("refused");
  });
});

describe("quiet hours", () => {
  const at = (time: string) => new Date(`2027-05-04T${time}Z`);
  it.each([
    // 22:00 to 7:00 in Shanghai is 14:00 to 23:00 UTC.
    ["over midnight, a moment before", 1320, 420, "13:59:59.999", undefined],
    ["over midnight, at the beginning", 1320, 420, "14:00:00.000", "23:00:00.000"],
    ["over midnight, at the last moment", 1320, 420, "22:59:59.999", "23:00:00.000"],
    ["over midnight, at the end", 1320, 420, "23:00:00.000", undefined],
    ["within a day", 600, 601, "02:00:30.000", "02:01:00.000"],
    ["of no length", 600, 600, "02:00:00.000", undefined],
    ["without any", null, 600, "02:00:00.000", undefined],
  ] as const)("%s, end then", (_, quietFrom, quietTo, now, end) => {
    const quietHours = { timeZone: "Asia/Shanghai", quietFrom, quietTo };
    expect(endOfQuietHours(quietHours, at(now))).toEqual(end && at(end));
  });
});
