// @vitest-environment happy-dom
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Operator } from "../src/api/types.js";
import { clearSetUpSecret, takeSetUpSecret } from "../src/pages/auth/set-up-secret.js";
import { consoleTests, notification, type OpenedConsole, openConsole, type Role } from "./support/console.js";
import {
  accessToken,
  ago,
  appToken,
  explanation,
  groupList,
  MAIN,
  person,
  userToken,
} from "./support/seeds.js";
import { type Answers, type Output, Refusal } from "./support/stand-in-api.js";

// The frame of the console, its forms and its dialogs: what they send, and what they say about the answer.

consoleTests();

const languages = ["en", "zh"] as const;
const people: Answers = { "people.list": { items: [person()], nextCursor: null } };
const none = { items: [], nextCursor: null };
const lists: Answers = {
  ...people,
  "tokens.listApps": { items: [appToken()] },
  "tokens.listUsers": { items: [userToken()], nextCursor: null },
  "failures.groups": groupList([]),
  "failures.list": none,
  "signIns.list": none,
};
const nightShift: Operator = { id: "01K1", username: "night-shift", role: "owner", mustEnrol: false };
const refused = (appCode: string | null, code = "BAD_REQUEST", status = 400) =>
  new Refusal(code, status, appCode);
const alerts = () => [...document.querySelectorAll('[role="alert"]')].map((alert) => alert.textContent);
const field = (console: OpenedConsole, label: string) =>
  console.body.getByLabelText(label, { selector: "input:not([aria-hidden])" });

describe("the frame of the console", () => {
  it.each(languages)(
    "has the navigation, the search, the switches and the account (%s)",
    async (language) => {
      const console = await openConsole("/people", { language, answers: people });
      await console.click(document.querySelector('header [aria-label*="night-shift"]') as Element);
      expect({
        skip: console.read('a[href="#content"]'),
        sidebar: console.read("aside"),
        header: console.read("header:has(form)"),
        account: console.read(".mantine-Popover-dropdown"),
      }).toMatchSnapshot();
      expect(document.documentElement.lang).toBe(language === "zh" ? "zh-CN" : "en");
    },
  );

  it.each([
    ["Token cache", "/tokens"],
    ["Errors", "/errors"],
    ["Sign-ins", "/sign-ins"],
    ["People", "/people"],
  ])("leads to %s, and marks the page as the current one", async (name, path) => {
    const console = await openConsole(path === "/people" ? "/errors?errcode=40029" : "/people?q=Alice", {
      answers: lists,
    });
    const current = () =>
      [...document.querySelectorAll('aside [aria-current="page"]')].map((link) => link.textContent);
    // Its filters make no other page of it.
    expect(current()).toEqual([path === "/people" ? "Errors" : "People"]);
    await console.click(console.link(name));
    expect(console.address).toBe(path);
    expect(current()).toEqual([name]);
    expect(console.page[0]).toBe(`# ${name}`);
  });

  it.each([
    [{ count: 0, isMore: false }, "Conflicts"],
    [{ count: 3, isMore: false }, "Conflicts3, 3 open"],
    [{ count: 99, isMore: true }, "Conflicts99+, 99+ open"],
  ])("says how many conflicts wait for a decision: %j", async (count, text) => {
    const console = await openConsole("/people", { answers: { ...people, "conflicts.countOpen": count } });
    expect(console.link(/^Conflicts/).textContent).toBe(text);
  });

  it("has its menu in a drawer that closes when a page opens", async () => {
    const console = await openConsole("/people", { answers: lists, width: 400 });
    await console.click("Open menu");
    expect(console.drawer.join()).toContain("Errors⇒/admin/errors");
    await console.click(console.dialog.getByRole("link", { name: "Errors" }));
    expect(console.address).toBe("/errors");
    expect(console.has('[role="dialog"]')).toBe(false);
  });

  it("opens the overview at its root", async () => {
    const console = await openConsole("/", { answers: people });
    expect(console.address).toBe("/overview");
  });

  it.each([
    ["zh-TW", "# 用户"],
    ["ZH", "# 用户"],
    ["en-GB", "# People"],
    ["de", "# People"],
  ])("is in the language of the browser before any choice: %s", async (browser, title) => {
    vi.spyOn(navigator, "language", "get").mockReturnValue(browser);
    const console = await openConsole("/people", { language: null, answers: people });
    expect(console.page[0]).toBe(title);
  });

  it("says that the server failed if it cannot tell who is signed in", async () => {
    // React reports the error that the page for errors then shows.
    vi.spyOn(globalThis.console, "error").mockImplementation(() => {});
    const console = await openConsole("/people", {
      answers: { "operator.me": refused(null, "INTERNAL_SERVER_ERROR", 500) },
    });
    await console.wait(800);
    expect(console.read("body").slice(0, 3)).toEqual([
      "alert: (error) ‹plug-connected-x›",
      "Could not load",
      "The server returned an error. Search its log for the request number to find the reason.",
    ]);
    expect(console.address).toBe("/people");
  });

  it("changes language and theme, and keeps the choice", async () => {
    const console = await openConsole("/people", { answers: people });
    await console.click("中文");
    expect(console.page[0]).toBe("# 用户");
    expect(localStorage.getItem("console-language")).toBe("zh");
    await console.click("English");
    expect(localStorage.getItem("console-language")).toBe("en");
    const seen = [];
    for (let turn = 0; turn < 3; turn += 1) {
      const button = console.body.getByRole("button", { name: /^Theme/ });
      await console.click(button);
      seen.push(`${button.title}, stored ${localStorage.getItem("console-theme")}`);
    }
    expect(seen).toEqual([
      "Theme: light. Switch to dark, stored light",
      "Theme: dark. Switch to system, stored dark",
      "Theme: system. Switch to light, stored auto",
    ]);
  });

  it.each(languages)("shows what the server noticed about itself (%s)", async (language) => {
    const items: Output<"system.notices">["items"] = [
      { kind: "forwarded_for_ignored", since: ago({ hours: 2 }), ip: "203.0.113.9" },
      { kind: "write_ahead_log_large", since: ago({ minutes: 3 }) },
    ];
    const console = await openConsole("/people", {
      language,
      answers: { ...people, "system.notices": { items } },
    });
    expect(
      console.page.slice(
        0,
        console.page.findIndex((line) => line.startsWith("# ")),
      ),
    ).toMatchSnapshot();
  });

  it.each(languages)("says that an address has no page (%s)", async (language) => {
    const console = await openConsole("/nowhere", { language, answers: people });
    expect(console.page).toMatchSnapshot();
    await console.click(console.link(language === "en" ? "Go to the overview" : "前往概览"));
    expect(console.address).toBe("/overview");
  });

  it.each(languages)("says that a page has a mistake, and offers to load it again (%s)", async (language) => {
    vi.spyOn(globalThis.console, "warn").mockImplementation(() => {});
    vi.spyOn(globalThis.console, "error").mockImplementation(() => {});
    const broken = { items: [null], nextCursor: null } as unknown as Output<"people.list">;
    const console = await openConsole("/people", { language, answers: { "people.list": broken } });
    expect(
      console.read("body").filter((line) => /alert|重新加载|eload|出错|wrong/.test(line)),
    ).toMatchSnapshot();
  });
});

describe("the account menu", () => {
  it.each([
    ["viewer", "en", "guest-viewerViewer (personal data masked)"],
    ["owner", "en", "the-ownerOwner"],
    ["viewer", "zh", "guest-viewer只读（个人信息已脱敏）"],
    ["owner", "zh", "the-owner所有者"],
  ] as const)("names the role of a %s (%s)", async (role, language, text) => {
    const console = await openConsole("/people", { role, language, answers: people });
    await console.click(
      document.querySelector(`header [aria-label*="${text.split(/[VO只所]/)[0]}"]`) as Element,
    );
    expect(console.read(".mantine-Popover-dropdown")[0]).toBe(text);
  });
});

describe("the end of the session", () => {
  it("leads to the sign-in page, which then opens the page that was asked for", async () => {
    const console = await openConsole("/errors?view=log&q=a%20b", { role: null, answers: lists });
    expect(console.address).toBe(
      `/sign-in?next=${encodeURIComponent("/errors?view=log&q=a+b").replace(/%20/g, "+")}`,
    );
    expect(console.api.inputsOf("failures.list")).toEqual([]);
    console.api.answer({ "operator.signIn": nightShift, "operator.me": nightShift });
    await console.type(field(console, "Username"), "night-shift");
    await console.type(field(console, "Password"), "a-long-walk");
    await console.click("Sign in");
    expect(console.api.inputsOf("operator.signIn")).toEqual([
      { username: "night-shift", password: "a-long-walk" },
    ]);
    expect(console.address).toBe("/errors?view=log&q=a+b");
    expect(console.read("header:has(form)").join()).toContain("night-shift");
  });

  it("is noticed by any query, and by nothing else", async () => {
    const console = await openConsole("/people?q=Alice", { answers: people });
    console.api.answer({ "people.list": refused("role_too_low", "FORBIDDEN", 403) });
    await console.click("Refresh");
    expect(console.address).toBe("/people?q=Alice");
    console.api.answer({ "people.list": refused("signed_out", "UNAUTHORIZED", 401) });
    await console.click("Refresh");
    expect(console.address).toBe(`/sign-in?next=${encodeURIComponent("/people?q=Alice")}`);
  });

  it("takes the place of the page in the history, so that the way back leads to the one before it", async () => {
    const console = await openConsole("/people", { answers: lists });
    await console.open("/errors");
    console.api.answer({ "failures.groups": refused("signed_out", "UNAUTHORIZED", 401) });
    await console.click("Refresh");
    expect(console.address).toBe(`/sign-in?next=${encodeURIComponent("/errors")}`);
    await console.back();
    expect(console.address).toBe(`/sign-in?next=${encodeURIComponent("/people")}`);
  });

  it("happens without a message if the session that is to end has ended already", async () => {
    const console = await openConsole("/people", {
      answers: { ...people, "operator.signOut": refused("signed_out", "UNAUTHORIZED", 401) },
    });
    await console.click("Account of night-shift");
    await console.click("Sign out");
    expect(console.address).toBe(`/sign-in?next=${encodeURIComponent("/people")}`);
    expect(document.querySelectorAll(".mantine-Notification-root")).toHaveLength(0);
  });

  it("happens at sign-out, and not if that fails", async () => {
    const console = await openConsole("/people", {
      answers: { ...people, "operator.signOut": refused(null, "INTERNAL_SERVER_ERROR", 500) },
    });
    await console.click("Account of night-shift: ".slice(0, -2));
    await console.click("Sign out");
    expect(console.address).toBe("/people");
    expect(notification()).toBe("Could not sign out. You are still signed in. red");
    console.api.answer({ "operator.signOut": { ok: true } });
    await console.click("Sign out");
    expect(console.api.inputsOf("operator.signOut")).toHaveLength(2);
    expect(console.address).toBe(`/sign-in?next=${encodeURIComponent("/people")}`);
    // What the operator saw does not stay in memory for the next one.
    console.api.answer({
      "operator.signIn": { ...nightShift, username: "other" },
      "operator.me": nightShift,
    });
    await console.type(field(console, "Username"), "other");
    await console.type(field(console, "Password"), "a-long-walk");
    console.api.hold();
    await console.click("Sign in");
    console.api.release();
    await console.settle();
    expect(console.api.inputsOf("people.list")).toHaveLength(2);
  });
});

describe("the sign-in page", () => {
  it.each(languages)("says what is missing before it asks the server (%s)", async (language) => {
    const console = await openConsole("/sign-in", { role: null, language });
    const before = console.read("body");
    await console.click(console.body.getAllByRole("button").at(-1) as HTMLElement);
    expect({ before, after: console.page, title: document.title }).toMatchSnapshot();
    expect(console.api.inputsOf("operator.signIn")).toEqual([]);
  });

  it.each([
    ["wrong_credentials", "UNAUTHORIZED", 401, "Incorrect username or password."],
    ["too_many_attempts", "TOO_MANY_REQUESTS", 429, "Too many attempts. Wait a few minutes, then try again."],
    [null, "FORBIDDEN", 403, "Your role does not allow this. An owner can change your role."],
    [null, "BAD_REQUEST", 400, "The input was not accepted. Check what you entered."],
    [
      "database_unavailable",
      "SERVICE_UNAVAILABLE",
      503,
      "The server returned an error. Search its log for the request number to find the reason.Request number 01KR…00000001",
    ],
  ])("says why it was refused: %s %s", async (appCode, code, status, text) => {
    const console = await openConsole("/sign-in", {
      role: null,
      answers: { "operator.signIn": refused(appCode, code, status) },
    });
    await console.type(field(console, "Username"), "night-shift");
    await console.type(field(console, "Password"), "wrong");
    await console.press("{Enter}");
    await console.wait(3000);
    expect(alerts()).toEqual([text]);
    expect(console.address).toBe("/sign-in");
  });

  it("says so in Chinese, too", async () => {
    const console = await openConsole("/sign-in", { role: null, language: "zh" });
    const seen: (string | null)[] = [];
    await console.type(field(console, "用户名"), "night-shift");
    await console.type(field(console, "密码"), "wrong");
    for (const refusal of [
      refused("wrong_credentials", "UNAUTHORIZED", 401),
      refused("link_invalid"),
      refused("password_unfit"),
      refused("username_unfit"),
      refused("too_many_attempts", "TOO_MANY_REQUESTS", 429),
      refused(null),
    ]) {
      console.api.answer({ "operator.signIn": refusal });
      await console.click(console.main.getByRole("button", { name: "登录" }));
      seen.push(...alerts());
    }
    expect(seen).toMatchSnapshot();
  });

  it("opens the overview if no other page was asked for", async () => {
    const console = await openConsole("/sign-in?next=//evil.example", {
      role: null,
      answers: { ...people, "operator.signIn": nightShift },
    });
    await console.type(field(console, "Username"), "night-shift");
    await console.type(field(console, "Password"), "a-long-walk");
    await console.click("Sign in");
    expect(console.address).toBe("/overview");
  });
});

describe("the set-up page", () => {
  beforeAll(takeSetUpSecret);
  beforeEach(clearSetUpSecret);

  const openLink = async (language: "en" | "zh" = "en", answers: Answers = {}) => {
    const console = await openConsole("/set-up", { role: null, language, answers });
    await console.openSetUpLink("link-secret");
    return console;
  };

  it.each(languages)("asks for the link, and with it for a name and a password (%s)", async (language) => {
    const console = await openConsole("/set-up", { role: null, language });
    const without = console.page;
    await console.openSetUpLink("link-secret");
    const before = console.page;
    await console.click(console.body.getAllByRole("button").at(-1) as HTMLElement);
    expect({ without, before, after: console.page }).toMatchSnapshot();
    expect(console.api.inputsOf("operator.redeemLink")).toEqual([]);
    expect(location.hash).toBe("");
  });

  it("takes the secret from its own address only", async () => {
    const console = await openConsole("/sign-in", { role: null });
    history.replaceState(null, "", "/admin/sign-in#no-secret");
    dispatchEvent(new Event("hashchange"));
    expect(location.hash).toBe("#no-secret");
    await console.open("/set-up");
    expect(console.page[0]).toBe("# Open your one-time link");
  });

  it("sends the secret of the link, the trimmed name and a password of eight characters", async () => {
    const console = await openLink("en", {
      ...people,
      "operator.redeemLink": nightShift,
      "operator.me": nightShift,
    });
    // The link that was opened last counts.
    await console.openSetUpLink("second-secret");
    await console.type(field(console, "Username"), " night-shift ");
    await console.type(field(console, "Password"), "1234567");
    await console.press("{Enter}");
    expect(console.api.inputsOf("operator.redeemLink")).toEqual([]);
    expect(console.page.join()).toContain("Use at least 8 characters.");
    await console.type(field(console, "Password"), "12345678");
    await console.click("Save and sign in");
    expect(console.api.inputsOf("operator.redeemLink")).toEqual([
      { secret: "second-secret", username: "night-shift", password: "12345678" },
    ]);
    expect(console.address).toBe("/overview");
    await console.open("/set-up");
    expect(console.page[0]).toBe("# Open your one-time link");
  });

  it.each([
    [
      "link_invalid",
      "This link does not work: it was used, has expired or is for another username. Ask an owner for a new one, or run npm run operator -- link on the server.",
    ],
    ["password_unfit", "This password is too short, too long or too easy to guess. Choose another one."],
    ["username_unfit", "This username is taken, or not allowed: use 2 to 64 letters, digits and . _ @ -."],
  ])("says why it was refused: %s", async (appCode, text) => {
    const console = await openLink("en", { "operator.redeemLink": refused(appCode) });
    await console.type(field(console, "Username"), "night-shift");
    await console.type(field(console, "Password"), "12345678");
    await console.click("Save and sign in");
    expect(alerts()).toEqual([text]);
  });
});

describe("the dialog for a new password", () => {
  const openDialog = async (answers: Answers, language: "en" | "zh" = "en") => {
    const console = await openConsole("/people", { language, answers: { ...people, ...answers } });
    await console.click(document.querySelector('header [aria-label*="night-shift"]') as Element);
    await console.click(
      console.body.getByRole("button", { name: language === "en" ? "Change password" : "修改密码" }),
    );
    return console;
  };

  it.each(languages)("says what is missing, and of which account it is (%s)", async (language) => {
    const console = await openDialog({}, language);
    const before = console.drawer;
    await console.click(console.dialog.getAllByRole("button").at(-1) as HTMLElement);
    expect({ before, after: console.drawer }).toMatchSnapshot();
    expect(console.api.inputsOf("operator.changePassword")).toEqual([]);
  });

  it("sends both passwords, says so and closes", async () => {
    const console = await openDialog({ "operator.changePassword": { ok: true } });
    await console.type(field(console, "Current password"), "old-one");
    await console.type(field(console, "New password"), "new-password");
    await console.press("{Enter}");
    expect(console.api.inputsOf("operator.changePassword")).toEqual([
      { current: "old-one", next: "new-password" },
    ]);
    expect(notification()).toBe("Password changed. green");
    expect(console.has('[role="dialog"]')).toBe(false);
  });

  it("stays open if the current password is wrong, and forgets what was typed when it closes", async () => {
    const console = await openDialog({
      "operator.changePassword": refused("wrong_credentials", "UNAUTHORIZED", 401),
    });
    await console.type(field(console, "Current password"), "old-one");
    await console.type(field(console, "New password"), "new-password");
    await console.press("{Enter}");
    expect(alerts()).toEqual(["The current password is incorrect."]);
    // A wrong password is UNAUTHORIZED as well, but the session goes on.
    expect(console.address).toBe("/people");
    await console.click("Cancel");
    expect(console.has('[role="dialog"]')).toBe(false);
    await console.click("Account of night-shift");
    await console.click("Change password");
    expect((field(console, "Current password") as HTMLInputElement).value).toBe("");
  });
});

describe("the search box", () => {
  const hits: [Output<"search.find">, string][] = [
    [{ kind: "sign_in", id: "01KS" }, "/sign-ins/01KS"],
    [{ kind: "person", userId: "01KP" }, "/people?open=01KP"],
    [{ kind: "failure", id: "01KF" }, "/errors?view=log&range=all&open=01KF"],
    [{ kind: "errcode", errcode: "40029" }, "/errors?range=all&errcode=40029"],
    [{ kind: "failures", q: "6923a1f4" }, "/errors?view=log&range=all&q=6923a1f4"],
    [{ kind: "sign_ins", q: "203.0.113.7" }, "/sign-ins?range=all&q=203.0.113.7"],
    [
      { kind: "request", number: "01KR-C", id: "01KR", at: ago({ hours: 1 }), page: "invalid-callback" },
      "/requests/01KR-C",
    ],
    [{ kind: "people", q: "Alice" }, "/people?q=Alice"],
    [{ kind: "several", q: "40029", choices: [] }, "/search?q=40029"],
  ];
  const missing = refused("not_found", "NOT_FOUND", 404);

  it("opens the page of whatever was pasted", async () => {
    const console = await openConsole("/people", {
      answers: { ...lists, "signIns.get": missing, "people.get": missing, "failures.get": missing },
    });
    for (const [hit, address] of hits) {
      console.api.answer({ "search.find": hit });
      // An open drawer keeps the focus.
      await console.open("/people");
      await console.press("/");
      expect(document.activeElement).toBe(console.body.getByRole("searchbox"));
      await console.user.paste(`\uFEFF ${hit.kind} `);
      await console.press("{Enter}");
      expect(console.address, hit.kind).toBe(address);
      expect(console.api.inputsOf("search.find")).toContainEqual({ text: hit.kind });
      expect((console.body.getByRole("searchbox") as HTMLInputElement).value).toBe("");
    }
  });

  it("asks nothing for an empty text, and once while it waits", async () => {
    const console = await openConsole("/people", {
      answers: { ...people, "search.find": { kind: "people", q: "x" } },
    });
    const box = console.body.getByRole("searchbox");
    await console.type(box, "  ");
    await console.press("{Enter}");
    expect(console.api.inputsOf("search.find")).toEqual([]);
    console.api.hold();
    await console.type(box, "x");
    await console.press("{Enter}");
    await console.press("{Enter}");
    console.api.release();
    await console.settle();
    expect(console.api.inputsOf("search.find")).toEqual([{ text: "x" }]);
  });

  it("says that the search failed until the text changes, and leaves a dialog over the page its focus", async () => {
    const console = await openConsole("/people", {
      width: 1000,
      answers: { ...people, "people.get": missing, "search.find": refused(null, "FORBIDDEN", 403) },
    });
    const box = console.body.getByRole("searchbox");
    await console.type(box, "x");
    await console.press("{Enter}");
    expect(console.read("header:has(form)").join()).toContain("The search failed. Press Enter to try again.");
    await console.press("y");
    expect(console.read("header:has(form)").join()).not.toContain("The search failed");
    await console.open("/people?open=01KALICE000000000000000001");
    await console.press("/");
    expect(document.activeElement).not.toBe(box);
  });
});

describe("the tokens page", () => {
  const tokens = { ...lists, "tokens.getUser": userToken() };
  const open = (role: Role, path = "/tokens", answers: Answers = {}) =>
    openConsole(path, { role, answers: { ...tokens, ...answers } });
  const refreshed = (fields: Parameters<typeof accessToken>[0]) =>
    appToken({ accessToken: accessToken(fields) });

  it.each([
    ["viewer", false],
    ["operator", true],
    ["owner", true],
  ] as const)("offers a %s to refresh and to check: %s", async (role, may) => {
    const console = await open(role, "/tokens?open=01KBINDING0000000000000001");
    expect(console.body.queryByRole("button", { name: "Check with WeChat" }) !== null).toBe(may);
    expect(console.body.queryByRole("button", { name: "Refresh now: main" }) !== null).toBe(may);
    expect(console.drawer).toContain("Nickname: Alice");
  });

  it.each(languages)("asks before it refreshes the token of an app (%s)", async (language) => {
    const console = await openConsole("/tokens", { language, answers: tokens });
    await console.click(language === "en" ? "Refresh now: main" : "立即刷新：main");
    expect(console.drawer).toMatchSnapshot();
    await console.click(language === "en" ? "Cancel" : "取消");
    expect(console.has('[role="dialog"]')).toBe(false);
    expect(console.api.inputsOf("tokens.refreshApp")).toEqual([]);
  });

  it("shows the refreshed token in its card only, and says so", async () => {
    const other = appToken({ appId: "wx00000000000000a9", key: "other" });
    const console = await open("operator", "/tokens", {
      "tokens.listApps": { items: [other, appToken()] },
      "tokens.refreshApp": refreshed({
        generation: 8,
        requestedBy: { kind: "operator", name: "night-shift" },
      }),
    });
    await console.click("Refresh now: main");
    await console.type(console.dialog.getByLabelText("Reason"), "a new secret");
    await console.click(console.dialog.getByRole("button", { name: "Refresh now" }));
    expect(console.api.inputsOf("tokens.refreshApp")).toEqual([
      { appId: MAIN, kind: "access_token", reason: "a new secret" },
    ]);
    expect(notification()).toBe("main has a valid access token. green");
    expect(console.has('[role="dialog"]')).toBe(false);
    expect(console.page.filter((line) => /^Generation|^\(fresh\) #|^Requested/.test(line))).toEqual([
      "(fresh) ### other",
      "Requested by: Automatic",
      "Generation: 7",
      "(fresh) ### main",
      "Requested by: night-shift",
      "Generation: 8",
    ]);
  });

  it("says that WeChat refused, and that the request failed", async () => {
    const console = await open("operator", "/tokens", {
      "tokens.refreshApp": refreshed({
        state: "failing",
        lastErrcode: "40125",
        failuresInRow: 1,
        explanation: explanation(),
      }),
    });
    await console.click("Refresh now: main");
    await console.type(console.dialog.getByLabelText("Reason"), "a new secret");
    await console.click(console.dialog.getByRole("button", { name: "Refresh now" }));
    expect(notification()).toBe("WeChat gave no access token for main. See the card for the reason. red");
    console.api.answer({ "tokens.refreshApp": refused("role_too_low", "FORBIDDEN", 403) });
    await console.click("Refresh now: main");
    await console.type(console.dialog.getByLabelText("Reason"), "a new secret");
    await console.click(console.dialog.getByRole("button", { name: "Refresh now" }));
    expect(alerts().at(-1)).toBe("Your role does not allow this. An owner can change your role.");
    expect(console.has('[role="dialog"]')).toBe(true);
  });

  it.each([
    ["valid", null, "WeChat accepts this token. green"],
    ["refused", "40001", "WeChat no longer accepts this token. red"],
    [
      "unanswered",
      "network_error",
      "WeChat did not say whether it is valid (network_error). The state is unchanged. red",
    ],
  ] as const)("tells what WeChat said of a user's token: %s", async (result, errcode, text) => {
    const console = await open("operator", "/tokens?open=01KBINDING0000000000000001", {
      "tokens.checkUser": {
        result,
        errcode,
        token: userToken({ scope: "after_the_check" }),
      } as Output<"tokens.checkUser">,
    });
    await console.click("Check with WeChat");
    expect(console.api.inputsOf("tokens.checkUser")).toEqual([{ bindingId: "01KBINDING0000000000000001" }]);
    expect(notification()).toBe(text);
    expect(console.drawer).toContain("scope: «after_the_check»");
    expect(console.api.inputsOf("tokens.listUsers")).toHaveLength(2);
    console.api.answer({ "tokens.checkUser": refused("not_found", "NOT_FOUND", 404) });
    await console.click("Check with WeChat");
    expect(alerts()).toHaveLength(2);
  });

  it("tells it in Chinese, too", async () => {
    const token = userToken();
    const console = await openConsole("/tokens?open=01KBINDING0000000000000001", {
      language: "zh",
      answers: { ...tokens, "tokens.refreshApp": appToken() },
    });
    const seen: (string | undefined)[] = [];
    for (const result of ["valid", "refused", "unanswered"] as const) {
      console.api.answer({
        "tokens.checkUser": { result, errcode: "-1", token } as Output<"tokens.checkUser">,
      });
      await console.click("向微信核实");
      seen.push(notification());
      // It goes away by itself.
      await console.wait(6000);
      expect(notification()).toBeUndefined();
    }
    await console.open("/tokens");
    for (const answer of [appToken(), refreshed({ state: "failing", failuresInRow: 1, lastErrcode: "-1" })]) {
      console.api.answer({ "tokens.refreshApp": answer });
      await console.click("立即刷新：main");
      await console.type(console.dialog.getByLabelText("原因"), "更换了密钥");
      await console.click(console.dialog.getByRole("button", { name: "立即刷新" }));
      seen.push(notification());
      await console.wait(6000);
    }
    console.api.answer({ "operator.signOut": refused(null, "INTERNAL_SERVER_ERROR", 500) });
    await console.click("night-shift 的账号");
    await console.click("退出登录");
    seen.push(notification());
    expect(seen).toMatchSnapshot();
  });

  it("counts a token's time down by the second, and asks for app tokens every thirty", async () => {
    const console = await open("operator", "/tokens", {
      "tokens.listApps": {
        items: [refreshed({ expiresAt: ago({ ms: -62_000 }), fetchedAt: ago({ ms: 62_000 }) })],
      },
    });
    const left = () => console.page.filter((line) => /left|Expired$/.test(line))[0];
    expect(left()).toBe("1 min 2 sleft");
    await console.wait(2000);
    expect(left()).toBe("1 min 1 sleft");
    await console.wait(27_000);
    expect(console.api.inputsOf("tokens.listApps")).toHaveLength(1);
    await console.wait(1000);
    expect(console.api.inputsOf("tokens.listApps")).toHaveLength(2);
    expect(console.api.inputsOf("tokens.listUsers")).toHaveLength(1);
    await console.click("Refresh");
    expect(console.api.inputsOf("tokens.listApps")).toHaveLength(3);
    expect(console.api.inputsOf("tokens.listUsers")).toHaveLength(2);
    await console.wait(35_000);
    expect(left()).toBe("Expired");
  });

  it.each(languages)("says that no app is configured (%s)", async (language) => {
    const console = await openConsole("/tokens", {
      language,
      answers: { ...tokens, "tokens.listApps": { items: [] } },
    });
    expect(console.page.slice(3, 7)).toMatchSnapshot();
  });
});

describe("a copied id", () => {
  it("is copied whole, says so for a moment, and says if the browser forbids it", async () => {
    const console = await openConsole("/people", { answers: people });
    const button = console.body.getAllByRole("button", { name: "Copy openid" })[0] as HTMLElement;
    const write = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
    await console.click(button);
    expect(write).toHaveBeenCalledWith("oAliceInMain000000000000001");
    expect(button.title).toBe("Copied");
    await console.wait(1600);
    expect(button.title).toBe("Copy openid");
    write.mockRejectedValue(new Error("no"));
    await console.click(button);
    expect(button.title).toBe("The browser blocked copying");
  });
});

describe("an avatar that does not load", () => {
  it("becomes the first letter of the nickname", async () => {
    const console = await openConsole("/people", { answers: people });
    expect(console.rows[0]?.Person).toMatch(/^\(picture/);
    await console.fail(document.querySelector("main img") as Element);
    expect(console.rows[0]?.Person).toBe("A Alice{Alice}⇒/admin/people?open=01KALICE000000000000000001");
  });
});
