import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AlertChannelKind } from "../src/db/schema.js";
import { createChannel, disableChannel, enableChannel, testChannel } from "../src/domain/alerts/channels.js";
import { updateIncidents } from "../src/domain/alerts/incidents.js";
import { sendAlerts } from "../src/domain/alerts/send.js";
import { failureRecords } from "../src/domain/failures/failures.js";
import { changeGroupState } from "../src/domain/failures/group-states.js";
import { newId } from "../src/domain/ids.js";
import { type ChatRobots, robotSecret, startChatRobots } from "./support/chat-robots.js";
import { type DomainHarness, startDomainHarness, visitor } from "./support/domain-harness.js";
import { addRows, rowsOf } from "./support/rows.js";

let harness: DomainHarness;
let robots: ChatRobots;
/** A second process on the same database. */
let other: DomainHarness["deps"];
beforeEach(async () => {
  harness = await startDomainHarness();
  // 10:00 in Beijing, at the beginning of a quarter of an hour.
  harness.advance((Date.parse("2027-05-04T02:00:00.000Z") - harness.deps.now().getTime()) / 1000);
  robots = await startChatRobots(harness.deps.now);
  other = { ...harness.deps };
});
afterEach(async () => {
  await robots.close();
  await harness.close();
});

const by = { operatorId: newId(new Date(0)), visitor };
const kinds = ["wecom", "feishu", "dingtalk", "slack", "webhook"] as const;

async function addChannel(
  kind: AlertChannelKind,
  given: { language?: "zh" | "en"; quiet?: { from: number; to: number } } = {},
) {
  const made = await createChannel(
    harness.deps,
    {
      ...{ kind, name: kind, url: robots.url(kind), secret: robotSecret },
      ...{ language: given.language ?? "en", timeZone: "Asia/Shanghai", quiet: given.quiet ?? null },
    },
    by,
  );
  if (made.secret !== null) robots.state.webhookSecret = made.secret;
  return made.id;
}

const fail = (errcode: string, openid?: string, endpoint = "sns/oauth2/access_token") =>
  harness.db.batch(
    failureRecords(
      harness.deps,
      { endpoint, errcode, errmsg: "invalid ip 203.0.113.7, not in whitelist", rid: null, attempt: 1 },
      { appId: harness.app("oa").appId, openid: openid ?? null, latencyMs: 5 },
    ),
  );

/** Lets time pass as the jobs see it: both processes look for incidents every 15 s, and send every 5 s. */
async function pass(seconds: number) {
  for (let passed = 0; passed < seconds; passed += 5) {
    if (passed % 15 === 0) await Promise.all([harness.deps, other].map((deps) => updateIncidents(deps)));
    await Promise.all([harness.deps, other].map((deps) => sendAlerts(deps)));
    harness.advance(5);
  }
}
/** The same for a long time in which nothing is sent. */
async function passQuickly(minutes: number) {
  for (let minute = 0; minute < minutes; minute += 5) {
    harness.advance(300);
    await updateIncidents(harness.deps);
    await sendAlerts(harness.deps);
  }
}
const headings = (kind: string) =>
  robots.of(kind).map(({ text }) => [...text.matchAll(/^\*\*(.*)\*\*$/gm)].map(([, heading]) => heading));
const incidents = async () =>
  (await rowsOf(harness.db, "alertIncidents")).map(({ kind, subject, recoveredAt }) => [
    ...[kind, subject, recoveredAt === null ? "open" : "recovered"],
  ]);

describe("an alert", () => {
  it("about a new error is one message to each channel, in its language, with what, how many, since when, who must act and a link", async () => {
    for (const kind of kinds) await addChannel(kind, { language: kind === "wecom" ? "zh" : "en" });
    for (let n = 0; n < 3; n++) await fail("40029", `oAlice${n % 2}`);
    await pass(60);

    expect(robots.refused).toEqual([]);
    expect(robots.messages.map(({ kind }) => kind).sort()).toEqual([...kinds].sort());
    const url =
      "http://localhost:4000/admin/errors?appId=wx0000000000000000&endpoint=sns%2Foauth2%2Faccess_token&errcode=40029";
    const [wecom] = robots.of("wecom");
    expect(wecom?.text.split("\n")).toEqual([
      "### 1 条告警 · 微信登录 · localhost:4000",
      "",
      "**出现新错误 · oa · 40029 invalid_code**",
      expect.stringMatching(/^- .*code/),
      "- 影响 2 人，失败 3 次，始于 5月4日 10:00 GMT+8",
      "- 由谁处理：登录的用户",
      expect.stringMatching(/^- 怎么处理：/),
      `[打开控制台](${url})`,
    ]);
    const [feishu] = robots.of("feishu");
    expect(feishu?.title).toBe("1 alert · WeChat login · localhost:4000");
    expect(feishu?.text.split("\n")).toEqual([
      "**New error · oa · 40029 invalid_code**",
      expect.stringMatching(/^- .*code/i),
      "- 2 people, 3 failed calls, since 4 May, 10:00 GMT+8",
      "- Who must act: the person signing in",
      expect.stringMatching(/^- What helps: /),
      `[Open the console](${url})`,
    ]);
    expect(robots.of("slack")[0]?.text).toContain(`<${url}|Open the console>`);
    expect(JSON.parse(robots.of("webhook")[0]?.text ?? "")).toEqual({
      type: "alert",
      timestamp: expect.any(String),
      data: {
        title: "1 alert · WeChat login · localhost:4000",
        incidents: [
          {
            ...{
              id: expect.any(String),
              change: "opened",
              kind: "group_new",
              severity: "warning",
              app: "oa",
            },
            ...{ endpoint: "sns/oauth2/access_token", errcode: "40029", people: 2, events: 3, percent: null },
            ...{ openedAt: "2027-05-04T02:00:00.000Z", recoveredAt: null, url },
          },
        ],
      },
    });
    for (const { text } of robots.messages) expect(text).not.toMatch(/oAlice|203\.0\.113\.7|192\.0\.2\.7/);
  });

  it("of 10,000 failures of 400 kinds in a minute is at most two messages to each channel, which fit", async () => {
    for (const kind of kinds) await addChannel(kind);
    const { appId } = harness.app("oa");
    const at = harness.deps.now();
    const groups = Array.from({ length: 400 }, (_, n) => ({ id: newId(at), errcode: String(90_000 + n) }));
    await addRows(
      harness.db,
      "errorGroups",
      groups.map((group) => ({ ...group, appId, endpoint: "sns/userinfo" })),
    );
    const slot = Math.floor(at.getTime() / 900_000);
    await addRows(
      harness.db,
      "errorGroupCounts",
      groups.map(({ id }) => ({
        ...{ groupId: id, minutes: 15, slot, events: 25, unnamed: 0, firstAt: at, lastAt: at },
      })),
    );
    await addRows(
      harness.db,
      "errorGroupPeople",
      groups
        .slice(0, 50)
        .flatMap(({ id }) =>
          Array.from({ length: 12 }, (_, n) => ({ groupId: id, who: `oPerson${n}`, lastAt: at })),
        ),
    );
    await pass(60);
    const counts = kinds.map((kind) => robots.of(kind).length);
    expect(Math.max(...counts)).toBeLessThanOrEqual(2);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(1);
    expect(robots.refused).toEqual([]);
    // The critical ones come first, and the rest is counted.
    expect(robots.of("wecom")[0]?.text).toMatch(/^### .*\n\n\*\*Many more people than usual/);
    expect(headings("wecom")[0]?.at(-1)).toMatch(/^And 1\d\d more$/);
  });

  it("comes once while an error goes on, again after four hours, and once more when it is over", async () => {
    await addChannel("feishu");
    for (let minute = 0; minute < 255; minute += 5) {
      await fail("40029");
      await passQuickly(5);
    }
    expect(headings("feishu")).toEqual([
      ["New error · oa · 40029 invalid_code"],
      ["Still going on · New error · oa · 40029 invalid_code"],
    ]);
    await passQuickly(40);
    expect(headings("feishu")[2]).toEqual(["Recovered · New error · oa · 40029 invalid_code"]);
    expect(robots.of("feishu")[2]?.text).toContain("- From 4 May, 10:05 GMT+8 to 4 May, 14:");
    // It is not new any more.
    await fail("40029");
    await passQuickly(10);
    expect(robots.messages).toHaveLength(3);
  });

  it("comes once when an error regresses after an operator resolved it, each time, and not while it is muted", async () => {
    await addChannel("feishu");
    await fail("40029");
    await passQuickly(10);
    const groupId = (await rowsOf(harness.db, "errorGroups"))[0]?.id ?? "";
    const change = async (act: { act: "resolve" | "acknowledge" } | { act: "mute"; minutes: number }) => {
      const stateAt = (await rowsOf(harness.db, "errorGroups"))[0]?.stateAt ?? null;
      await changeGroupState(harness.deps, { id: groupId, stateAt, by, ...act });
    };
    for (let round = 0; round < 2; round++) {
      await change({ act: "resolve" });
      await passQuickly(20);
      await fail("40029");
      await fail("40029");
      await passQuickly(15);
    }
    const back = "An error is back after it was resolved · oa · 40029 invalid_code";
    const shown = headings("feishu").flat();
    expect(shown.filter((heading) => heading === back)).toHaveLength(2);
    expect(shown.filter((heading) => heading === "New error · oa · 40029 invalid_code")).toHaveLength(1);
    expect(shown.at(-1)).toBe(back);
    const before = robots.messages.length;
    // Acknowledged: it is not repeated.
    await change({ act: "acknowledge" });
    for (let minute = 0; minute < 250; minute += 5) {
      await fail("40029");
      await passQuickly(5);
    }
    expect(robots.messages).toHaveLength(before);
    await change({ act: "mute", minutes: 60 });
    await fail("40029");
    await passQuickly(15);
    expect(headings("feishu").slice(before)).toEqual([[`Recovered · ${back}`]]);
  });

  it("of a lesser kind waits until the quiet hours are over, and a critical one does not", async () => {
    await addChannel("feishu", { quiet: { from: 9 * 60 + 30, to: 11 * 60 } });
    await addChannel("dingtalk", { quiet: { from: 22 * 60, to: 10 * 60 } });
    await fail("40029");
    await pass(60);
    expect([robots.of("feishu").length, robots.of("dingtalk").length]).toEqual([0, 1]);
    for (let n = 0; n < 10; n++) await fail("48001", `oPerson${n}`);
    await pass(60);
    const spike = "Many more people than usual are affected · oa · 48001 api_unauthorized";
    expect(headings("feishu")).toEqual([[spike]]);
    await passQuickly(60);
    const told = headings("feishu").slice(1).flat().sort();
    expect(told).toContain("Recovered · New error · oa · 40029 invalid_code");
    expect(told).not.toContain("New error · oa · 40029 invalid_code");
    // It ended in the quiet hours, whose end told of both: what had not been told yet, by its end alone.
    expect(robots.refused).toEqual([]);
  });

  it("is tried again later if the robot is down, and a channel that is disabled is told nothing, also later", async () => {
    const feishu = await addChannel("feishu");
    const wecom = await addChannel("wecom");
    await disableChannel(harness.deps, wecom, by);
    robots.state.down = true;
    await fail("40029");
    await pass(60);
    const channelOf = async (id: string) =>
      (await rowsOf(harness.db, "alertChannels")).find((channel) => channel.id === id);
    const failing = await channelOf(feishu);
    expect(failing).toMatchObject({ id: feishu, lastError: "refused", failures: 1, lastSentAt: null });
    robots.state.down = false;
    await enableChannel(harness.deps, wecom, by);
    await pass(120);
    expect(robots.messages.map(({ kind }) => kind)).toEqual(["feishu"]);
    expect(await channelOf(feishu)).toMatchObject({
      ...{ lastError: null, failures: 0, failingSince: null, retryAt: null, lastSentAt: expect.any(Date) },
    });
  });

  it("costs one read of the channels where there is none", async () => {
    await fail("40029");
    const names: string[] = [];
    const db = Object.assign(Object.create(harness.db), {
      run: (statement: { name: string }, values: object) => {
        names.push(statement.name);
        return harness.db.run(statement as never, values as never);
      },
    });
    await updateIncidents({ ...harness.deps, db });
    expect(names).toEqual(["list_alert_channels"]);
    expect(await incidents()).toEqual([]);
  });
});

describe("the conditions of alerts", () => {
  const minute = () => Math.floor(harness.deps.now().getTime() / 60_000);
  const token = (given: object) => ({
    ...{ appId: harness.app("oa").appId, kind: "access_token" as const, source: "stable_token", version: 1 },
    ...{ generation: 1, failuresInRow: 0, forcedAt: "[]", ...given },
  });

  it("are a token that fails or is refused by IP, a clash, a quota at 80 %, fewer sign-ins that succeed, and a disabled webhook, and each has its counterpart", async () => {
    await addChannel("feishu");
    const { oa, plain, alone } = { oa: "oa", plain: "plain", alone: "alone" } as const;
    const appIds = [oa, plain, alone].map((key) => harness.app(key).appId);
    const [first = "", second = "", third = ""] = appIds;
    const at = harness.deps.now();
    await addRows(harness.db, "appTokens", [
      token({ appId: first, failuresInRow: 3, lastErrcode: "40125" }),
      token({ appId: second, failuresInRow: 1, lastErrcode: "40164" }),
      token({
        appId: third,
        failuresInRow: 2,
        lastErrcode: "-1",
        expiresAt: new Date(at.getTime() + 60_000),
      }),
      token({ appId: third, kind: "jsapi_ticket", failuresInRow: 1, lastErrcode: "-1", expiresAt: at }),
    ]);
    const fetched = (appId: string, requestedBy: string, secondsAgo: number, count: number) =>
      Array.from({ length: count }, () => ({
        ...{ id: newId(at), appId, kind: "access_token" as const, source: "stable_token", latencyMs: 1 },
        ...{ at: new Date(at.getTime() - secondsAgo * 1000), requestedBy, generation: 1 },
      }));
    await addRows(harness.db, "appTokenFetches", [
      ...fetched(first, "refused:shop", 60, 2),
      ...fetched(first, "refused:other", 3600, 1),
      ...fetched(second, "refused:shop", 60, 2),
      ...fetched(second, "refused:shop", 3601, 5),
      ...fetched(third, "host:shop", 60, 5),
    ]);
    const midnight = Date.parse("2027-05-03T16:00:00.000Z") / 60_000;
    const stable = { endpoint: "cgi-bin/stable_token", errcode: "" };
    const signIn = (appId: string, errcode: string, ago: number, calls: number) => ({
      ...{ appId, endpoint: "sign_in", errcode, minute: minute() - ago, calls },
    });
    await addRows(harness.db, "apiCallCounts", [
      { ...stable, appId: first, minute: midnight, calls: 400_000 },
      { ...stable, appId: second, minute: midnight, calls: 399_999 },
      { ...stable, appId: second, minute: midnight - 1, calls: 100_000 },
      signIn(first, "signed_in", 14, 16),
      signIn(first, "failed", 0, 4),
      signIn(first, "signed_in", 15, 100),
      signIn(second, "signed_in", 1, 17),
      signIn(second, "failed", 1, 4),
      signIn(second, "abandoned", 1, 400),
      signIn(second, "refused", 1, 400),
      signIn(third, "failed", 1, 19),
    ]);
    await addRows(harness.db, "hostClients", [
      ...["shop", "other"].map((id) => ({
        ...{ id, name: id, origins: "[]", redirectPaths: "[]", createdAt: at },
      })),
    ]);
    await addRows(
      harness.db,
      "webhookEndpoints",
      [
        { clientId: "shop", disabledReason: "failing" },
        { clientId: "other", disabledReason: "host" },
      ].map((row) => ({
        ...{
          id: newId(at),
          url: "https://a.example",
          types: "[]",
          secret: "s",
          createdAt: at,
          disabledAt: at,
        },
        ...row,
      })),
    );
    await pass(60);
    expect((await incidents()).sort()).toEqual(
      [
        ["token_failing", `${first}:access_token`, "open"],
        ["ip_refused", `${second}:access_token`, "open"],
        ["token_failing", `${third}:jsapi_ticket`, "open"],
        ["token_clash", `${first}:access_token`, "open"],
        ["quota", first, "open"],
        ["success_share", first, "open"],
        ["webhook_disabled", "shop", "open"],
      ].sort(),
    );
    expect(headings("feishu")).toEqual([
      [
        "The global token cannot be refreshed · oa · 40125 invalid_appsecret",
        "WeChat refuses this server's IP · plain · 40164 ip_not_in_allow_list",
        "The global token cannot be refreshed · alone · -1 system_busy",
        "Only 80% of sign-ins succeed · oa",
        "WeChat refuses the global token before its time · oa",
        "80% of today's quota for the global token is used · oa",
        "A webhook of a host application was disabled · shop",
      ],
    ]);
    // In the order of the headings.
    const links = robots.of("feishu").flatMap(({ text }) => text.match(/\/admin\/[^\s)\]]*/g) ?? []);
    expect(links).toEqual([
      ...["/admin/tokens", "/admin/tokens", "/admin/tokens", `/admin/sign-ins?appId=${first}`],
      ...["/admin/tokens", "/admin/tokens", "/admin/hosts/shop"],
    ]);
  });
});

describe("a test of a channel", () => {
  it.each(kinds)("arrives signed at %s, and says why where it does not", async (kind) => {
    const id = await addChannel(kind);
    expect(await testChannel(harness.deps, id, by)).toEqual({ delivered: true, error: null });
    expect(robots.of(kind)).toHaveLength(1);
    robots.state.down = true;
    expect(await testChannel(harness.deps, id, by)).toEqual({ delivered: false, error: "refused" });
    const entries = (await rowsOf(harness.db, "auditLog")).map(({ event, target }) => [event, target]);
    expect(entries).toEqual([
      ["alert.create_channel", id],
      ["alert.test_channel", id],
      ["alert.test_channel", id],
    ]);
    const stored = (await harness.bytes()).toString("latin1");
    expect(stored).toContain("alert.test_channel");
    for (const secret of [robotSecret, robots.url(kind), "k3y", "t0ken"])
      expect(stored).not.toContain(secret);
  });
});
