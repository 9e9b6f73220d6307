// @vitest-environment happy-dom
import { describe, expect, it, vi } from "vitest";
import { consoleTests, type OpenedConsole, openConsole, type Role } from "./support/console.js";
import {
  affectedPerson,
  ago,
  ahead,
  failureDetail,
  group,
  groupList,
  loggedFailure,
  MAIN,
} from "./support/seeds.js";
import { type Answers, NoConnection, Refusal } from "./support/stand-in-api.js";
import { transcript } from "./support/transcript.js";

// What an operator can do about an error: each control and the exact call that it makes, the answer and what is then shown.

consoleTests();

const id = "01KGROUP000000000000000001";
const key = `${MAIN}~sns/oauth2/access_token~40029`;
const changedAt = ago({ minutes: 1 });

const open = (fields: Parameters<typeof group>[0] = {}, answers: Answers = {}, role: Role = "operator") =>
  openConsole(`/errors?group=${key}`, {
    role,
    answers: {
      "failures.groups": groupList([group(fields)]),
      "failures.list": { items: [loggedFailure()], nextCursor: null },
      "failures.people": { items: [affectedPerson()], nextCursor: null },
      "failures.get": failureDetail(),
      ...answers,
    },
  });

const names = ["Acknowledge", "Resolve", "Open again", "Mute", "Unmute"];
const acts = () =>
  [...document.querySelectorAll('[role="dialog"] button')]
    .map(({ textContent }) => textContent ?? "")
    .filter((name) => names.includes(name));
const notifications = () =>
  [...document.querySelectorAll(".mantine-Notification-root")].map((one) => transcript(one).join(" "));

describe("the acts on a group of errors", () => {
  it.each([
    ["open", ["Acknowledge", "Resolve", "Mute"]],
    ["regressed", ["Acknowledge", "Resolve", "Mute"]],
    ["acknowledged", ["Resolve", "Open again", "Mute"]],
    ["resolved", ["Open again", "Mute"]],
    ["muted", ["Resolve", "Unmute"]],
  ] as const)("of the state %s are %j", async (state, expected) => {
    await open({ state });
    expect(acts()).toEqual(expected);
  });

  it("are none for a viewer", async () => {
    await open({}, {}, "viewer");
    expect(acts()).toEqual([]);
  });

  const press: Record<string, (console: OpenedConsole) => Promise<void>> = {
    mute: async (console) => {
      await console.click("Mute");
      await console.click(console.body.getByRole("menuitem", { name: "For 1 day" }));
    },
  };
  it.each([
    ["acknowledge", "open", "Acknowledge", {}, "Acknowledged: you are on it. [Undo]"],
    ["resolve", "regressed", "Resolve", {}, "Resolved. It comes back by itself if it fails again. [Undo]"],
    ["reopen", "resolved", "Open again", {}, "Open again. [Undo]"],
    ["mute", "acknowledged", "Mute", { minutes: 1440 }, "Muted. [Undo]"],
  ] as const)(
    "name what the operator saw, are done at once and can be undone: %s",
    async (act, state, label, more, said) => {
      const stateAt = ago({ hours: 2 });
      const answers = { [`failures.${act}`]: { stateAt: changedAt }, "failures.undo": { stateAt: ago({}) } };
      const console = await open({ state, stateAt, stateBy: "olga" }, answers);
      await (press[act] ?? ((opened: OpenedConsole) => opened.click(label)))(console);
      expect(console.api.inputsOf(`failures.${act}`)).toEqual([{ id, stateAt, ...more }]);
      expect(notifications()).toEqual([expect.stringContaining(said)]);
      // The list and the group are read again.
      expect(console.api.inputsOf("failures.groups")).toHaveLength(4);
      await console.click("Undo");
      expect(console.api.inputsOf("failures.undo")).toEqual([{ id, stateAt: changedAt, to: state }]);
      expect(notifications().join()).toContain("Undone.");
    },
  );

  it("mute a group until it is eight in the morning where the operator is", async () => {
    localStorage.setItem("console-time-zone", "Asia/Shanghai");
    const console = await open({}, { "failures.mute": { stateAt: changedAt } });
    await console.click("Mute");
    await console.click(console.body.getByRole("menuitem", { name: "Until 08:00" }));
    // It is 20:00:30 in Shanghai.
    expect(console.api.inputsOf("failures.mute")).toEqual([{ id, stateAt: null, minutes: 12 * 60 }]);
  });

  it("say that another operator was faster, and read the group again", async () => {
    const stale = new Refusal("CONFLICT", 409, "group_changed");
    const console = await open({}, { "failures.resolve": stale });
    console.api.answer({ "failures.groups": groupList([group({ state: "acknowledged" })]) });
    await console.click("Resolve");
    expect(notifications()).toEqual([
      expect.stringContaining(
        "Another operator was faster: the state of this error has changed. Look again.",
      ),
    ]);
    expect(console.drawer.join(" ")).toContain("Acknowledged [Resolve]");
  });

  it("can be tried again when the connection failed", async () => {
    const console = await open({}, { "failures.resolve": new NoConnection() });
    await console.click("Resolve");
    console.api.answer({ "failures.resolve": { stateAt: changedAt } });
    await console.click("Try again");
    expect(console.api.inputsOf("failures.resolve")).toEqual([
      { id, stateAt: null },
      { id, stateAt: null },
    ]);
  });

  it("say until when a group is muted, and by whom", async () => {
    const console = await open({
      ...{ state: "muted", stateAt: changedAt, stateBy: "olga", mutedUntil: ahead({ days: 1 }) },
    });
    expect(console.drawer.filter((line) => /Muted until|olga/.test(line))).toMatchSnapshot();
  });
});

describe("the people whom a group affects", () => {
  it("are the latest eight, and one of whom nothing is known has no name", async () => {
    const items = Array.from({ length: 9 }, (_, n) =>
      affectedPerson({ failureId: `01KF${n}`, person: null, openid: n === 0 ? null : "o" }),
    );
    const console = await open({}, { "failures.people": { items, nextCursor: null } });
    const place = console.drawer.indexOf("## People affected");
    const rows = console.drawer.slice(place).filter((line) => /^- (?:No person|Not signed in)/.test(line));
    expect(rows.map((row) => row.slice(2, 12))).toEqual(["Not signed", ...Array(7).fill("No person ")]);
  });
});

describe("the remedy of a group", () => {
  it("has the address to allow beside it, to be copied, if WeChat refused one", async () => {
    const ip = "203.0.113.9";
    const refused = await open({}, { "failures.get": failureDetail({ callerIp: ip }) });
    const line = "WeChat saw this server's calls come from here: add it to the IP allow-list (IP白名单).";
    expect(refused.drawer.join("\n")).toContain(`IP to allow\n${ip}`);
    expect(refused.drawer.join("\n")).toContain(line);
    await refused.close();
    expect((await open()).drawer.join("\n")).not.toContain("IP to allow");
  });
});

describe("the states above the list of groups", () => {
  const counts = { open: 2, acknowledged: 1, resolved: 4, regressed: 1, muted: 0 };
  it("have their counts, and choose which groups are asked for", async () => {
    const answers = { "failures.groups": groupList([group()], { counts }) };
    const console = await openConsole("/errors?sort=trend", { answers });
    const tabs = [...document.querySelectorAll('nav[aria-label="State"] a')].map(
      ({ textContent }) => textContent,
    );
    expect(tabs).toEqual([
      ...["To do 4", "Open 2", "Back again 1", "Acknowledged 1", "Muted 0", "Resolved 4", "All 8"],
    ]);
    const from = "2026-02-22T12:00:00.000Z";
    for (const [tab, state] of [
      ["Resolved 4", "resolved"],
      ["All 8", "all"],
      ["Back again 1", "regressed"],
    ] as const) {
      await console.click(console.link(tab));
      expect(console.address).toBe(`/errors?sort=trend&state=${state}`);
      expect(console.api.lastInputOf("failures.groups")).toEqual({ from, sort: "trend", state });
    }
    await console.click(console.link("To do 4"));
    expect(console.address).toBe("/errors?sort=trend");
  });

  it("say where the errors are if there is none of the chosen one", async () => {
    const answers = { "failures.groups": groupList([], { counts }) };
    const console = await openConsole("/errors?state=muted", { answers });
    expect(console.page.slice(-3)).toMatchSnapshot();
    await console.click("Show all");
    expect(console.address).toBe("/errors?state=all");
  });
});

describe("the drawer of a failed call", () => {
  const detail = failureDetail({
    ...{ errcode: "40164", endpoint: "cgi-bin/stable_token", openid: null, signInId: null, person: null },
    ...{ callerIp: "203.0.113.9", lookUp: "possible", name: "ip_not_in_allow_list" },
    request: {
      ...{ method: "POST", path: "cgi-bin/stable_token" },
      parameters: [
        { name: "appid", value: MAIN },
        { name: "secret", value: "***" },
      ],
    },
    answer: { httpStatus: 200, body: '{"errcode":40164}' },
  });
  const openCall = (fields: object = {}, answers: Answers = {}, role: Role = "operator") =>
    openConsole(`/errors?open=${detail.id}`, {
      role,
      answers: { "failures.groups": groupList([]), "failures.get": { ...detail, ...fields }, ...answers },
    });

  it("has the address to allow beside the remedy, the request, the answer and the look-up", async () => {
    const console = await openCall();
    expect(console.drawer).toMatchSnapshot();
  });

  it("copies a text for a ticket that names the call and no person", async () => {
    const copied: string[] = [];
    const console = await openCall({ openid: "oAliceInMain000000000000001" });
    vi.spyOn(navigator.clipboard, "writeText").mockImplementation(async (text) => {
      copied.push(text);
    });
    await console.click("Copy for a ticket");
    expect(copied).toMatchSnapshot();
    expect(copied.join()).not.toMatch(/oAlice|Alice/);
  });

  it("asks WeChat for its record once, and shows it", async () => {
    const recorded = {
      ...{ invokedAt: ago({ minutes: 21 }), durationMs: 12, clientIp: "203.0.113.9" },
      ...{ requestUrl: "/cgi-bin/stable_token?secret=***", requestBody: "", responseBody: "{}" },
    };
    const console = await openCall({}, { "failures.lookUp": { found: true, recorded } });
    await console.click("Look up at WeChat");
    expect(console.api.inputsOf("failures.lookUp")).toEqual([{ id: detail.id }]);
    expect(console.drawer.slice(-14)).toMatchSnapshot();
  });

  it("says why WeChat has no record of the call", async () => {
    const answer = { found: false, errcode: "76001", explanation: null } as const;
    const console = await openCall({}, { "failures.lookUp": answer });
    await console.click("Look up at WeChat");
    expect(console.drawer.slice(-3)).toMatchSnapshot();
  });

  it("says that the look-up was refused", async () => {
    const refused = await openCall({}, { "failures.lookUp": new Refusal("TOO_MANY_REQUESTS", 429) });
    await refused.click("Look up at WeChat");
    expect(refused.has('[role="dialog"] [role="alert"]')).toBe(true);
  });

  it.each([
    ["not_recorded", "operator", "WeChat keeps no record of this call: only of /cgi-bin calls."],
    ["too_old", "viewer", "WeChat keeps its records for 7 days: this one is gone."],
  ] as const)("says why WeChat cannot be asked: %s", async (lookUp, role, text) => {
    const console = await openCall({ lookUp }, {}, role);
    expect(console.drawer).toContain(text);
  });

  it.each([
    ["to a viewer", {}, "viewer"],
    ["where WeChat gave no rid", { lookUp: null }, "operator"],
  ] as const)("offers no look-up %s", async (_title, fields, role) => {
    const console = await openCall(fields, {}, role);
    expect(console.drawer.join()).not.toContain("WeChat's record");
  });
});

describe("an errcode without a failed call", () => {
  const explanation = { ...failureDetail().explanation, code: "10003", name: "page_redirect_uri_domain" };
  const none = { ...groupList([]), explanation };

  it.each([
    ["operator", true],
    ["viewer", false],
  ] as const)("is explained all the same, with the way to the checks for an %s: %s", async (role, leads) => {
    const answers = { "failures.groups": none } as Answers;
    const console = await openConsole("/errors?range=all&errcode=10003", { role, answers });
    const page = console.page.join("\n");
    expect(page).toContain("10003");
    expect(page).toContain("page_redirect_uri_domain");
    expect(page).toContain("No failed call has this errcode here.");
    expect(page).toContain("What to do");
    expect(page).not.toContain("No matches");
    expect(document.querySelector('main a[href="/admin/apps"]') !== null).toBe(leads);
  });
});
