// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startAccount } from "../src/account/account.js";
import { type Language, renderPage } from "../src/pages.js";
import { outlineOf } from "./support/outline.js";
import { settled, standInApi } from "./support/stand-in-api.js";

// The built page with its script, against an API whose answers come when the test says so.

const bindings = [
  {
    id: "B1",
    appKey: "oa",
    kind: "official_account",
    nickname: '<b>林"小满"</b>',
    avatarUrl: null,
    boundAt: "2026-01-05T12:00:00.000Z",
  },
  {
    id: "B2",
    appKey: "web",
    kind: "website",
    nickname: "",
    avatarUrl: null,
    boundAt: "2025-11-30T12:00:00.000Z",
  },
];
const session = (id: string, more: object) => ({
  id,
  ip: null,
  createdAt: "2026-03-01T12:00:00.000Z",
  lastSeenAt: "2026-03-10T12:00:00.000Z",
  current: false,
  device: { client: "browser", platform: "other" },
  ...more,
});
const sessions = [
  session("S1", { current: true, ip: "203.0.113.7", device: { client: "browser", platform: "windows" } }),
  session("S2", { lastSeenAt: "2026-03-10T09:30:00.000Z", device: { client: "wechat", platform: "ios" } }),
  session("S3", { lastSeenAt: "2026-03-09T11:00:00.000Z", ip: "2001:db8::7" }),
];
const refused = { error: "INTERNAL_SERVER_ERROR", status: 500 };
const signedOutElsewhere = { error: "UNAUTHORIZED", status: 401 };

let api: ReturnType<typeof standInApi>;
let left: ReturnType<typeof vi.spyOn>;

beforeEach(() => {
  vi.useFakeTimers({ now: new Date("2026-03-10T12:00:00Z"), toFake: ["Date"] });
  api = standInApi();
  left = vi.spyOn(window.location, "replace").mockImplementation(() => {});
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** Taps elements one after another, before the page can handle an answer. */
async function tap(...elements: (HTMLElement | null)[]): Promise<void> {
  for (const element of elements) element?.click();
  await settled();
}

function find<Found extends HTMLElement>(selector: string): Found {
  const found = document.querySelector<Found>(selector);
  if (!found) throw new Error(`the page has no ${selector}`);
  return found;
}

async function openPage(language: Language = "en"): Promise<void> {
  const html = renderPage("account", language, { script: "/main.js", style: "/style.css" });
  document.documentElement.lang = /<html lang="([^"]*)"/.exec(html)?.[1] ?? "";
  // Without the script, which happy-dom would load.
  document.body.innerHTML = /<body[^>]*>([\s\S]*)<\/body>/.exec(html)?.[1] ?? "";
  startAccount(find("[data-account]"));
  await settled();
}

async function openLoadedPage(language?: Language): Promise<void> {
  await openPage(language);
  await api.answer("bindings.list", { data: { items: bindings, nextCursor: null } });
  await api.answer("session.list", { data: { items: sessions, nextCursor: null } });
  api.calls.length = 0;
}

const group = (panel: "bindings" | "sessions") => find(`[data-panel=${panel}] .group`);
const panelOf = (panel: "bindings" | "sessions") => outlineOf(group(panel));
const rows = () => [...group("sessions").querySelectorAll("li")].map((row) => row.textContent);
const endButton = (device: string) => find<HTMLButtonElement>(`button[aria-label="Sign out on ${device}"]`);
const problem = () => find("[data-problem]").textContent;
const isEveryButtonDisabled = () =>
  [...find("[data-account]").querySelectorAll("button")].map(({ disabled }) => disabled);
const post = (path: string, body?: unknown) => ({ method: "POST", path: `/trpc/${path}`, body });

describe("the account page", () => {
  it("asks for the WeChat accounts and the sessions, once each, and says that it is loading", async () => {
    await openPage();
    expect(api.calls).toEqual([
      { method: "GET", path: "/trpc/bindings.list", body: undefined },
      { method: "GET", path: "/trpc/session.list", body: undefined },
    ]);
    for (const panel of ["bindings", "sessions"] as const) {
      expect(find(`[data-panel=${panel}]`).hidden).toBe(false);
      expect(panelOf(panel)).toEqual(["Loading… {class=loading, role=status}"]);
    }
    expect(find("[data-sign-out]").hidden).toBe(false);
    expect(find("[data-sign-out-everywhere]").hidden).toBe(false);
    expect(find("[data-confirm]").hidden).toBe(true);
  });

  it("shows each WeChat account with its nickname as text, its kind and its date", async () => {
    await openLoadedPage();
    expect(panelOf("bindings")).toEqual([
      "<bubble, row-icon>",
      '<b>林"小满"</b> {class=row-title}',
      "Official Account",
      "·",
      "since January 5, 2026 {datetime=2026-01-05T12:00:00.000Z}",
      "<bubble, row-icon>",
      "WeChat {class=row-title}",
      "Website",
      "·",
      "since November 30, 2025 {datetime=2025-11-30T12:00:00.000Z}",
    ]);
    await openLoadedPage("zh");
    expect(panelOf("bindings")).toEqual([
      "<bubble, row-icon>",
      '<b>林"小满"</b> {class=row-title}',
      "公众号",
      "·",
      "2026年1月5日起 {datetime=2026-01-05T12:00:00.000Z}",
      "<bubble, row-icon>",
      "微信 {class=row-title}",
      "网站",
      "·",
      "2025年11月30日起 {datetime=2025-11-30T12:00:00.000Z}",
    ]);
  });

  it("shows each session with its device, last use and address, and a button on all but this browser's", async () => {
    await openLoadedPage();
    const at = (iso: string, language: string) =>
      new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" }).format(new Date(iso));
    const seen = (iso: string, language: string) => `{datetime=${iso}, title=${at(iso, language)}}`;
    const [first, second, third] = sessions.map(({ lastSeenAt }) => lastSeenAt) as [string, string, string];
    expect(panelOf("sessions")).toEqual([
      "<desktop, row-icon>",
      "Browser · Windows This browser {class=row-title}",
      `Last used just now ${seen(first, "en")}`,
      "203.0.113.7 {class=row-detail}",
      "<phone, row-icon>",
      "WeChat · iOS {class=row-title}",
      `Last used 2 hours ago ${seen(second, "en")}`,
      "(Sign out) {class=small, aria-label=Sign out on WeChat · iOS}",
      "<desktop, row-icon>",
      "Browser {class=row-title}",
      `Last used yesterday ${seen(third, "en")}`,
      "2001:db8::7 {class=row-detail}",
      "(Sign out) {class=small, aria-label=Sign out on Browser}",
    ]);
    expect([...group("sessions").querySelectorAll(".badge")].map((badge) => badge.textContent)).toEqual([
      "This browser",
    ]);
    await openLoadedPage("zh");
    expect(panelOf("sessions")).toEqual([
      "<desktop, row-icon>",
      "浏览器 · Windows 当前浏览器 {class=row-title}",
      `最近使用：刚刚 ${seen(first, "zh-CN")}`,
      "203.0.113.7 {class=row-detail}",
      "<phone, row-icon>",
      "微信 · iOS {class=row-title}",
      `最近使用：2小时前 ${seen(second, "zh-CN")}`,
      "(退出) {class=small, aria-label=退出 微信 · iOS}",
      "<desktop, row-icon>",
      "浏览器 {class=row-title}",
      `最近使用：昨天 ${seen(third, "zh-CN")}`,
      "2001:db8::7 {class=row-detail}",
      "(退出) {class=small, aria-label=退出 浏览器}",
    ]);
  });

  it.each([
    ["en", "You have no WeChat account to sign in with yet.", "No device is signed in."],
    ["zh", "还没有用来登录的微信。", "没有已登录的设备。"],
  ] as const)("says for each list that it is empty (%s)", async (language, noBindings, noSessions) => {
    await openPage(language);
    await api.answer("bindings.list", { data: { items: [], nextCursor: null } });
    await api.answer("session.list", { data: { items: [], nextCursor: null } });
    expect(panelOf("bindings")).toEqual([`${noBindings} {class=empty}`]);
    expect(panelOf("sessions")).toEqual([`${noSessions} {class=empty}`]);
  });

  it.each([
    ["en", "This could not be loaded.", "Try again", "Loading…"],
    ["zh", "加载失败。", "再试一次", "正在加载…"],
  ] as const)(
    "shows a list that failed to load with a button that loads that list again (%s)",
    async (language, failed, retry, loading) => {
      await openPage(language);
      await api.answer("session.list", { data: { items: sessions, nextCursor: null } });
      await api.answer("bindings.list", refused);
      const shown = panelOf("sessions");
      expect(panelOf("bindings")).toEqual([`{role=alert}`, failed, `(${retry}) {class=quiet}`]);
      api.calls.length = 0;

      await tap(group("bindings").querySelector("button"));
      expect(panelOf("bindings")).toEqual([`${loading} {class=loading, role=status}`]);
      await api.answer("bindings.list", { data: { items: bindings, nextCursor: null } });
      expect(group("bindings").querySelectorAll("li")).toHaveLength(2);
      expect(api.calls).toEqual([{ method: "GET", path: "/trpc/bindings.list", body: undefined }]);
      expect(panelOf("sessions")).toEqual(shown);
    },
  );

  it.each([
    ["en", "You are signed out.", "Sign in again"],
    ["zh", "你已退出登录。", "重新登录"],
  ] as const)("offers to sign in again if the session has ended (%s)", async (language, message, action) => {
    await openPage(language);
    await api.answer("bindings.list", signedOutElsewhere);
    expect(panelOf("bindings")).toEqual([
      "{role=alert}",
      message,
      `[${action}](/login/account) {class=quiet}`,
    ]);
    expect(left).not.toHaveBeenCalled();
  });
});

describe("a WeChat account without a nickname", () => {
  it.each([null, ""])("has the name of the service (%j)", async (nickname) => {
    await openPage();
    await api.answer("bindings.list", { data: { items: [{ ...bindings[0], nickname }], nextCursor: null } });
    expect(group("bindings").querySelector(".row-title")?.textContent).toBe("WeChat");
  });
});

describe("ending another session on the account page", () => {
  it("ends that session once, and removes its row only when it has ended", async () => {
    await openLoadedPage();
    await tap(
      endButton("WeChat · iOS"),
      endButton("WeChat · iOS"),
      endButton("Browser"),
      find("[data-sign-out]"),
    );
    expect(api.calls).toEqual([post("session.revoke", { id: "S2" })]);
    expect(new Set(isEveryButtonDisabled())).toEqual(new Set([true]));
    expect(rows()).toHaveLength(3);

    await api.answer("session.revoke", { data: { ok: true } });
    expect(rows()).toEqual([
      expect.stringContaining("Windows"),
      expect.stringMatching(/^BrowserLast used yesterday/),
    ]);
    expect(new Set(isEveryButtonDisabled())).toEqual(new Set([false]));
    expect(document.activeElement).toBe(find("#sessions"));
    expect(problem()).toBe("");
    expect(left).not.toHaveBeenCalled();

    await tap(endButton("Browser"));
    expect(api.calls.at(-1)).toEqual(post("session.revoke", { id: "S3" }));
  });

  it("removes the row of a session that another device has ended meanwhile", async () => {
    await openLoadedPage();
    await tap(endButton("Browser"));
    await api.answer("session.revoke", { error: "NOT_FOUND", status: 404 });
    expect(rows()).toEqual([expect.stringContaining("Windows"), expect.stringContaining("iOS")]);
    expect(problem()).toBe("");
  });

  it.each([
    ["en", "That did not work. Please try again."],
    ["zh", "没有成功，请再试一次。"],
  ] as const)(
    "keeps the row and says so if it failed, until the next attempt (%s)",
    async (language, text) => {
      await openLoadedPage(language);
      const press = () => tap(group("sessions").querySelector("button"));
      await press();
      await api.answer("session.revoke", refused);
      expect(rows()).toHaveLength(3);
      expect(problem()).toBe(text);
      expect(new Set(isEveryButtonDisabled())).toEqual(new Set([false]));
      expect(left).not.toHaveBeenCalled();

      await press();
      expect(problem()).toBe("");
      await api.answer("session.revoke", { data: { ok: true } });
      expect(rows()).toHaveLength(2);
    },
  );
});

describe("the sign-out button of the account page", () => {
  it("signs out once although it is tapped twice, and leaves the page only then", async () => {
    await openLoadedPage();
    const button = find("[data-sign-out]");
    await tap(button, button);
    expect(api.calls).toEqual([post("session.signOut")]);
    expect(left).not.toHaveBeenCalled();
    await api.answer("session.signOut", { data: { ok: true } });
    expect(left.mock.calls).toEqual([["/login/account"]]);
    expect(problem()).toBe("");
  });

  it.each([
    ["refused", refused],
    ["without an answer", "no answer"],
  ] as const)("says that a sign-out %s failed, and stays on the page", async (_, answer) => {
    await openLoadedPage();
    const button = find("[data-sign-out]");
    await tap(button);
    await api.answer("session.signOut", answer);
    expect(problem()).toBe("That did not work. Please try again.");
    expect(left).not.toHaveBeenCalled();
    expect(rows()).toHaveLength(3);
    await tap(button);
    expect(api.calls).toEqual([post("session.signOut"), post("session.signOut")]);
  });

  it("leaves the page if this browser was signed out elsewhere, and shows no problem", async () => {
    await openLoadedPage();
    await tap(find("[data-sign-out]"));
    await api.answer("session.signOut", signedOutElsewhere);
    expect(left.mock.calls).toEqual([["/login/account"]]);
    expect(problem()).toBe("");
  });
});

describe("signing out everywhere on the account page", () => {
  it("asks first, and sends nothing if the person cancels", async () => {
    await openLoadedPage();
    await tap(find("[data-sign-out-everywhere]"));
    expect(find("[data-confirm]").hidden).toBe(false);
    expect(find("[data-sign-out-everywhere]").hidden).toBe(true);
    expect(document.activeElement).toBe(find("[data-cancel]"));
    await tap(find("[data-cancel]"));
    expect(find("[data-confirm]").hidden).toBe(true);
    expect(find("[data-sign-out-everywhere]").hidden).toBe(false);
    expect(document.activeElement).toBe(find("[data-sign-out-everywhere]"));
    expect(api.calls).toEqual([]);
  });

  it("ends all sessions once the person confirms, and leaves the page", async () => {
    await openLoadedPage();
    await tap(find("[data-sign-out-everywhere]"));
    await tap(find("[data-confirmed]"), find("[data-confirmed]"));
    expect(api.calls).toEqual([post("session.signOutEverywhere")]);
    expect(left).not.toHaveBeenCalled();
    await api.answer("session.signOutEverywhere", { data: { ok: true } });
    expect(left.mock.calls).toEqual([["/login/account"]]);
  });

  it("says that it failed, and stays on the page", async () => {
    await openLoadedPage();
    await tap(find("[data-sign-out-everywhere]"));
    await tap(find("[data-confirmed]"));
    await api.answer("session.signOutEverywhere", refused);
    expect(problem()).toBe("That did not work. Please try again.");
    expect(left).not.toHaveBeenCalled();
  });
});
