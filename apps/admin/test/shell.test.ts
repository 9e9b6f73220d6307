// @vitest-environment happy-dom
import { describe, expect, it, vi } from "vitest";
import type { Operator } from "../src/api/types.js";
import { consoleTests, notification, openConsole } from "./support/console.js";
import { ago, appToken, groupList, person, userToken } from "./support/seeds.js";
import { type Answers, type Output, Refusal } from "./support/stand-in-api.js";

// The frame of the console around its pages, the end of a session, and the search box.

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
      answers: { "operator.me": new Refusal("INTERNAL_SERVER_ERROR", 500) },
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
    await console.type(console.field("Username"), "night-shift");
    await console.type(console.field("Password"), "a-long-walk");
    await console.click("Sign in");
    expect(console.api.inputsOf("operator.signIn")).toEqual([
      { username: "night-shift", password: "a-long-walk" },
    ]);
    expect(console.address).toBe("/errors?view=log&q=a+b");
    expect(console.read("header:has(form)").join()).toContain("night-shift");
  });

  it("is noticed by any query, and by nothing else", async () => {
    const console = await openConsole("/people?q=Alice", { answers: people });
    console.api.answer({ "people.list": new Refusal("FORBIDDEN", 403, "role_too_low") });
    await console.click("Refresh");
    expect(console.address).toBe("/people?q=Alice");
    console.api.answer({ "people.list": new Refusal("UNAUTHORIZED", 401, "signed_out") });
    await console.click("Refresh");
    expect(console.address).toBe(`/sign-in?next=${encodeURIComponent("/people?q=Alice")}`);
  });

  it("takes the place of the page in the history, so that the way back leads to the one before it", async () => {
    const console = await openConsole("/people", { answers: lists });
    await console.open("/errors");
    console.api.answer({ "failures.groups": new Refusal("UNAUTHORIZED", 401, "signed_out") });
    await console.click("Refresh");
    expect(console.address).toBe(`/sign-in?next=${encodeURIComponent("/errors")}`);
    await console.back();
    expect(console.address).toBe(`/sign-in?next=${encodeURIComponent("/people")}`);
  });

  it("happens without a message if the session that is to end has ended already", async () => {
    const console = await openConsole("/people", {
      answers: { ...people, "operator.signOut": new Refusal("UNAUTHORIZED", 401, "signed_out") },
    });
    await console.click("Account of night-shift");
    await console.click("Sign out");
    expect(console.address).toBe(`/sign-in?next=${encodeURIComponent("/people")}`);
    expect(document.querySelectorAll(".mantine-Notification-root")).toHaveLength(0);
  });

  it("happens at sign-out, and not if that fails", async () => {
    const console = await openConsole("/people", {
      answers: { ...people, "operator.signOut": new Refusal("INTERNAL_SERVER_ERROR", 500) },
    });
    await console.click("Account of night-shift");
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
    await console.type(console.field("Username"), "other");
    await console.type(console.field("Password"), "a-long-walk");
    console.api.hold();
    await console.click("Sign in");
    console.api.release();
    await console.settle();
    expect(console.api.inputsOf("people.list")).toHaveLength(2);
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
  const missing = new Refusal("NOT_FOUND", 404, "not_found");

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
      answers: { ...people, "people.get": missing, "search.find": new Refusal("FORBIDDEN", 403) },
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
