// @vitest-environment happy-dom
import { within } from "@testing-library/dom";
import { describe, expect, it } from "vitest";
import type { AlertChannel, AlertIncident } from "../src/api/types.js";
import { consoleTests, type OpenedConsole, openConsole, type Role } from "./support/console.js";
import { ago } from "./support/seeds.js";
import { type Answers, Refusal } from "./support/stand-in-api.js";
import { transcript } from "./support/transcript.js";

// The page about alerts: its text, and each control with the exact call that it makes.

consoleTests();

const wecom: AlertChannel = {
  ...{ id: "01KCHAN000000000000000001", kind: "wecom", name: "On call", host: "qyapi.weixin.qq.com" },
  ...{ isSigned: false, language: "zh", timeZone: "Asia/Shanghai", quiet: { from: 1320, to: 425 } },
  ...{ createdAt: ago({ days: 30 }), disabledAt: null, lastSentAt: ago({ minutes: 3 }) },
  ...{ failingSince: null, lastError: null, retryAt: null },
};
const feishu: AlertChannel = {
  ...{ ...wecom, id: "01KCHAN000000000000000002", kind: "feishu", name: "Developers" },
  ...{ host: "open.feishu.cn", isSigned: true, language: "en", quiet: null },
  ...{ failingSince: ago({ hours: 2 }), lastError: "refused with 19021", retryAt: ago({ minutes: -5 }) },
};
const slack: AlertChannel = {
  ...{ ...wecom, id: "01KCHAN000000000000000003", kind: "slack", name: "Nights", host: "hooks.slack.com" },
  ...{ disabledAt: ago({ days: 1 }), lastSentAt: null },
};
const opened: AlertIncident = {
  ...{ id: "01KINC0000000000000000002", kind: "ip_refused", subject: "wx0:access_token" },
  ...{ appId: "wx0000000000000000", appKey: "oa", endpoint: "cgi-bin/stable_token", errcode: "40164" },
  ...{ name: "ip_not_allowed", people: null, events: null, percent: null, isCritical: true },
  ...{ openedAt: ago({ minutes: 40 }), recoveredAt: null },
};
const recovered: AlertIncident = {
  ...{ ...opened, id: "01KINC0000000000000000001", kind: "group_new", subject: "01KGROUP" },
  ...{ endpoint: "sns/oauth2/access_token", errcode: "40029", name: "invalid_code", isCritical: false },
  ...{ people: 12, events: 345, openedAt: ago({ hours: 5 }), recoveredAt: ago({ hours: 4 }) },
};
const quota: AlertIncident = {
  ...{ ...recovered, id: "01KINC0000000000000000000", kind: "quota", subject: "wx0000000000000000" },
  ...{ errcode: null, name: null, people: null, events: 1640, percent: 82, recoveredAt: null },
};
const share: AlertIncident = {
  ...{ ...recovered, id: "01KINC000000000000000000S", kind: "success_share", subject: "wx0000000000000000" },
  ...{ endpoint: null, errcode: null, name: null, people: 0, events: 9, percent: 41 },
};
const ok = { ok: true } as const;

const open = (answers: Answers = {}, role: Role = "owner", language: "en" | "zh" = "en") =>
  openConsole("/alerts", {
    ...{ role, language },
    answers: {
      "alerts.channels": { items: [wecom, feishu, slack] },
      "alerts.incidents": { items: [opened, recovered, quota, share], nextCursor: null },
      ...answers,
    },
  });
const front = () => {
  const last = [...document.querySelectorAll<HTMLElement>('[role="dialog"]')].at(-1);
  if (!last) throw new Error("no dialog is open");
  return last;
};
const press = (console: OpenedConsole, name: string) =>
  console.click(within(front()).getByRole("button", { name }));
const field = (label: string) => within(front()).getByLabelText(label) as HTMLInputElement;
const type = (console: OpenedConsole, label: string, text: string) => console.type(field(label), text);
const pressNth = (console: OpenedConsole, name: string, n: number) =>
  console.click(console.body.getAllByRole("button", { name })[n] as HTMLElement);
const notifications = () =>
  [...document.querySelectorAll(".mantine-Notification-root")].map((one) => transcript(one).join(" "));

describe("the page about alerts", () => {
  it.each(["en", "zh"] as const)(
    "shows channels that are enabled, failing and disabled, and incidents that are open and recovered (%s)",
    async (language) => {
      expect((await open({}, "owner", language)).page).toMatchSnapshot();
    },
  );

  const noIncidents = { "alerts.incidents": { items: [], nextCursor: null } };

  it("says that no one is told yet, and that nothing is checked", async () => {
    const text = (await open({ ...noIncidents, "alerts.channels": { items: [] } })).page.join("\n");
    expect(text).toContain("No one is told yet.");
    expect(text.match(/No channel is enabled/g)).toHaveLength(1);
    expect(text).not.toContain("Nothing has gone wrong");
  });

  it("says that nothing has gone wrong while a channel is enabled", async () => {
    const text = (await open({ ...noIncidents, "alerts.channels": { items: [slack, wecom] } })).page.join(
      "\n",
    );
    expect(text).toContain("Nothing has gone wrong");
    expect(text).not.toContain("No channel is enabled");
  });

  it.each([
    [true, [slack]],
    [false, [slack, wecom]],
  ])("warns above earlier incidents that nothing is checked any more: %s", async (isWarned, items) => {
    const text = (await open({ "alerts.channels": { items } })).page.join("\n");
    expect(text.includes("Nothing is checked until one is, and no one is told.")).toBe(isWarned);
  });

  const webhook: AlertIncident = {
    ...{ ...quota, id: "01KINC000000000000000000W", kind: "webhook_disabled", subject: "shop" },
  };
  it.each([
    ["operator", ["/admin/hosts/shop"]],
    ["viewer", []],
  ] as const)(
    "leads an %s from an incident to what it is about: the error, the token, the sign-ins of that time, the host",
    async (role, ofHost) => {
      const items = [recovered, quota, { ...share, recoveredAt: null }, webhook];
      await open({ "alerts.incidents": { items, nextCursor: null } }, role);
      const links = [...document.querySelectorAll<HTMLAnchorElement>("a[data-row-link]")];
      expect(links.map((link) => decodeURIComponent(link.getAttribute("href") ?? ""))).toEqual([
        "/admin/errors?range=all&state=all&group=wx0000000000000000~sns/oauth2/access_token~40029",
        "/admin/tokens?app=wx0000000000000000",
        `/admin/sign-ins?appId=wx0000000000000000&outcome=failed&from=${share.openedAt}`,
        ...ofHost,
      ]);
    },
  );

  it("lists incidents page by page, and reads both lists again when asked", async () => {
    const page = { items: [opened, recovered], nextCursor: "c2" };
    const console = await open({ "alerts.incidents": page });
    await console.click("Next");
    await console.click("Refresh");
    expect(console.address).toBe("/alerts?cursor=c2");
    expect(console.api.inputsOf("alerts.incidents")).toEqual([{}, { cursor: "c2" }, { cursor: "c2" }]);
    expect(console.api.inputsOf("alerts.channels")).toHaveLength(2);
  });

  it("opens what an incident is about at its top and at its first page, also from another page of incidents", async () => {
    const page = { items: [quota], nextCursor: "c2" };
    const tokens = { "tokens.listApps": { items: [] }, "tokens.listUsers": { items: [], nextCursor: null } };
    const console = await open({ ...tokens, "alerts.incidents": page });
    await console.click("Next");
    window.scrollTo(0, 500);
    await console.click(console.link("Token quota at 82%"));
    expect([console.address, window.scrollY]).toEqual(["/tokens?app=wx0000000000000000", 0]);
    expect(console.router.state.location.state.trail).toBeUndefined();
  });

  it("offers a viewer nothing, an operator the test and the switch, and an owner everything", async () => {
    const offered = async (role: Role) => {
      const console = await open({ "alerts.channels": { items: [wecom] } }, role);
      const names = ["Add channel", "Send test", "Disable", "Change", "Delete"];
      const found = names.filter((name) => console.main.queryByRole("button", { name }));
      await console.close();
      return found;
    };
    expect(await offered("viewer")).toEqual([]);
    expect(await offered("operator")).toEqual(["Send test", "Disable"]);
    expect(await offered("owner")).toEqual(["Add channel", "Send test", "Disable", "Change", "Delete"]);
  });
});

describe("a channel", () => {
  it.each([
    ["wecom", false],
    ["feishu", true],
    ["dingtalk", true],
    ["slack", false],
    ["webhook", false],
  ] as const)(
    "to %s is added with what was typed, and asks for a signing secret: %s",
    async (kind, signs) => {
      const console = await open({ "alerts.createChannel": { id: wecom.id, secret: null } });
      await console.click("Add channel");
      await console.type(field("Service"), kind);
      await type(console, "Name", " Night shift ");
      await type(console, "Address", " https://robot.example/hook?key=1 ");
      expect(within(front()).queryByLabelText("Signing secret") !== null).toBe(signs);
      expect(front().textContent?.includes("Only if the robot checks signatures.")).toBe(signs);
      if (signs) await type(console, "Signing secret", " SECtest ");
      await console.type(field("Language of messages"), "zh");
      await type(console, "Time zone", "Asia/Shanghai");
      await type(console, "Quiet from", "22:00");
      await type(console, "Quiet until", "07:05");
      await press(console, "Add channel");
      expect(console.api.inputsOf("alerts.createChannel")).toEqual([
        {
          ...{ kind, name: "Night shift", url: "https://robot.example/hook?key=1", language: "zh" },
          ...{ timeZone: "Asia/Shanghai", quiet: { from: 1320, to: 425 } },
          ...(signs ? { secret: "SECtest" } : {}),
        },
      ]);
      expect(notifications()).toEqual([expect.stringContaining("Channel added")]);
    },
  );

  it("that is a webhook shows its secret once", async () => {
    const console = await open({ "alerts.createChannel": { id: wecom.id, secret: "whsec_AAAA" } });
    await console.click("Add channel");
    await console.type(field("Service"), "webhook");
    await type(console, "Name", "Pager");
    await type(console, "Address", "https://pager.example/");
    await press(console, "Add channel");
    expect(front().querySelector("code")?.textContent).toBe("whsec_AAAA");
    await press(console, "Done");
    expect(document.body.textContent).not.toContain("whsec_AAAA");
  });

  it("keeps what was typed when its address or time zone is refused, and says why", async () => {
    const console = await open({
      "alerts.createChannel": new Refusal("BAD_REQUEST", 400, "url_unfit"),
    });
    await console.click("Add channel");
    await type(console, "Name", "Pager");
    await type(console, "Address", "http://10.0.0.1/");
    const problem = async () => {
      await press(console, "Add channel");
      return front().querySelector('[role="alert"]')?.textContent;
    };
    expect(await problem()).toContain("Enter the whole https address");
    console.api.answer({ "alerts.createChannel": new Refusal("BAD_REQUEST", 400, "time_zone_unfit") });
    expect(await problem()).toContain("Enter a time zone such as Asia/Shanghai.");
    expect(field("Address").value).toBe("http://10.0.0.1/");
  });

  it("is changed with its address and secret kept where they are left empty, and without quiet hours", async () => {
    const console = await open({ "alerts.updateChannel": ok });
    await pressNth(console, "Change", 0);
    expect(["Name", "Time zone", "Quiet from", "Quiet until"].map((label) => field(label).value)).toEqual([
      ...["On call", "Asia/Shanghai", "22:00", "07:05"],
    ]);
    await type(console, "Quiet from", "");
    await press(console, "Save");
    await pressNth(console, "Change", 1);
    expect(transcript(front())).toMatchSnapshot();
    await type(console, "Address", "https://open.feishu.cn/new");
    await type(console, "Signing secret", "SECnew");
    await press(console, "Save");
    const same = { timeZone: "Asia/Shanghai", quiet: null };
    expect(console.api.inputsOf("alerts.updateChannel")).toEqual([
      { id: wecom.id, name: "On call", language: "zh", ...same },
      {
        ...{ id: feishu.id, name: "Developers", language: "en", ...same },
        ...{ url: "https://open.feishu.cn/new", secret: "SECnew" },
      },
    ]);
  });

  it("that may sign and has no secret yet is offered one, and not told that it keeps one", async () => {
    const console = await open({ "alerts.channels": { items: [{ ...feishu, isSigned: false }] } });
    await pressNth(console, "Change", 0);
    expect(front().textContent).toContain("Only if the robot checks signatures.");
    expect(front().textContent).not.toContain("keep the secret");
  });

  it.each([
    ["en", "Send test", "The test message arrived.", "it did not answer in time"],
    ["zh", "发送测试", "测试消息已送达。", "超时未响应"],
  ] as const)(
    "is tested, and says what became of it in words (%s)",
    async (language, name, arrived, late) => {
      const console = await open(
        {
          "alerts.testChannel": ({ id }) =>
            id === wecom.id ? { delivered: true, error: null } : { delivered: false, error: "timed out" },
        },
        "operator",
        language,
      );
      await pressNth(console, name, 0);
      await pressNth(console, name, 1);
      expect(console.api.inputsOf("alerts.testChannel")).toEqual([{ id: wecom.id }, { id: feishu.id }]);
      expect(notifications()).toEqual([expect.stringContaining(arrived), expect.stringContaining(late)]);
    },
  );

  it.each([
    ["refused with 19021", "Fails: the service refused it with code 19021"],
    ["answer not understood", "Fails: what answered is not the robot of this service: check the address"],
    ["secret unreadable", "Fails: its address cannot be read any more: enter it again"],
    ["name not found", "Fails: its name was not found"],
    ["a reason of another version", "Fails: a reason of another version"],
  ])("that fails with %j says: %s", async (lastError, text) => {
    const console = await open({ "alerts.channels": { items: [{ ...feishu, lastError }] } });
    expect(console.page.join("\n")).toContain(text);
  });

  it("shows at its button that it is being tested, disabled or enabled", async () => {
    const names = ["Send test", "Disable", "Enable"];
    const console = await open({ "alerts.testChannel": { delivered: true, error: null } }, "operator");
    console.api.answer({ "alerts.disableChannel": ok, "alerts.enableChannel": ok });
    console.api.hold();
    for (const name of names) {
      const button = console.body.getAllByRole("button", { name })[0] as HTMLElement;
      await console.click(button);
      expect([name, button.hasAttribute("data-loading")]).toEqual([name, true]);
    }
  });

  it("is disabled and enabled again", async () => {
    const console = await open({ "alerts.disableChannel": ok, "alerts.enableChannel": ok }, "operator");
    await pressNth(console, "Disable", 0);
    await pressNth(console, "Enable", 0);
    expect(console.api.inputsOf("alerts.disableChannel")).toEqual([{ id: wecom.id }]);
    expect(console.api.inputsOf("alerts.enableChannel")).toEqual([{ id: slack.id }]);
    expect(console.api.inputsOf("alerts.channels")).toHaveLength(3);
  });

  it("is deleted after a question, and is read again where another operator was faster", async () => {
    const console = await open({
      "alerts.deleteChannel": new Refusal("CONFLICT", 409, "channel_changed"),
    });
    await pressNth(console, "Delete", 0);
    expect(transcript(front())).toMatchSnapshot();
    await press(console, "Delete");
    expect(front().querySelector('[role="alert"]')?.textContent).toContain("Another operator was faster");
    expect(console.api.inputsOf("alerts.channels")).toHaveLength(2);
    console.api.answer({ "alerts.deleteChannel": ok, "alerts.channels": { items: [feishu, slack] } });
    await press(console, "Delete");
    expect(console.api.inputsOf("alerts.deleteChannel")).toEqual([{ id: wecom.id }, { id: wecom.id }]);
    expect(notifications()).toEqual([expect.stringContaining("Channel deleted")]);
    expect(console.page.join("\n")).not.toContain("On call");
  });
});
