// @vitest-environment happy-dom
import { within } from "@testing-library/dom";
import { describe, expect, it } from "vitest";
import { consoleTests, notification, openConsole } from "./support/console.js";
import { accessToken, ago, appToken, MAIN, userToken } from "./support/seeds.js";
import { type Answers, Refusal } from "./support/stand-in-api.js";

consoleTests();

const bindingId = "01KBINDING0000000000000001";
const lastHandOut = { clientId: "shop", lastAt: "2026-03-01T12:00:00.000Z" };
const app = appToken({
  handedOutToday: [
    { ...lastHandOut, kind: "access_token", count: 12 },
    { ...lastHandOut, kind: "access_token", clientId: "forum", count: 1 },
    { ...lastHandOut, kind: "js_sdk_signature", count: 500 },
  ],
});
const answers: Answers = {
  "tokens.listApps": { items: [app] },
  "tokens.listUsers": { items: [userToken()], nextCursor: null },
  "tokens.listFetches": { items: [], nextCursor: null },
  "tokens.getUser": userToken(),
};

/** The dialog in front of the drawer. */
const inFront = () => {
  const dialogs = [...document.querySelectorAll<HTMLElement>('[role="dialog"]')];
  const last = dialogs.at(-1);
  if (!last) throw new Error("no dialog is open");
  return within(last);
};

describe("the drawer of an app's token", () => {
  it("invalidates the generation that it shows, with a reason, and names how many hosts that concerns", async () => {
    const console = await openConsole(`/tokens?app=${MAIN}`, { answers });
    await console.click("Invalidate: access token");
    expect(inFront().getByText(/2 host applications were given it today, 13 times in all/)).toBeTruthy();
    await console.click(inFront().getByRole("button", { name: "Invalidate…" }));
    expect(console.api.inputsOf("tokens.invalidateApp")).toEqual([]);

    for (const [errcode, said] of [
      [null, "main has another access token. green"],
      [
        "SAME_TOKEN",
        "It was replaced a short while ago. Wait a few minutes before you force another one. red",
      ],
      ["40164", "WeChat did not replace it (40164). red"],
    ] as const) {
      const changed = { ...app, accessToken: accessToken({ generation: 7 }) };
      console.api.answer({ "tokens.invalidateApp": { errcode, app: changed } });
      await console.type(inFront().getByLabelText("Reason"), "it leaked");
      const reads = console.api.inputsOf("tokens.listFetches").length;
      await console.click(inFront().getByRole("button", { name: "Invalidate…" }));
      expect(notification()).toBe(said);
      expect(console.api.inputsOf("tokens.listFetches").length).toBeGreaterThan(reads);
      await console.click("Invalidate: access token");
    }
    expect(console.api.lastInputOf("tokens.invalidateApp")).toEqual({
      ...{ appId: MAIN, kind: "access_token", generation: 7, reason: "it leaked" },
    });
  });

  it("offers to invalidate what WeChat has given, and not a ticket that was never fetched", async () => {
    const none = accessToken({ state: "none", expiresAt: null, generation: 0 });
    const items = [appToken({ accessToken: accessToken({ generation: 1 }), jsapiTicket: none })];
    const console = await openConsole(`/tokens?app=${MAIN}`, {
      answers: { ...answers, "tokens.listApps": { items } },
    });
    const buttons = console.body.queryAllByRole("button", { name: /^Invalidate/ });
    expect(buttons.map((button) => button.getAttribute("aria-label"))).toEqual(["Invalidate: access token"]);
  });

  it.each([
    [0, 0, []],
    [2, 0, ["2 times in the last 24 hours"]],
    [0, 3, ["3 times in the last 24 hours"]],
    [2, 3, ["3 times in the last 24 hours"]],
  ])(
    "says how often hosts reported it (%i) or operators forced another (%i)",
    async (reportedInvalid, forced, said) => {
      const items = [appToken({ accessToken: accessToken({ reportedInvalid, forced }), jsapiTicket: null })];
      const console = await openConsole(`/tokens?app=${MAIN}`, {
        answers: { ...answers, "tokens.listApps": { items } },
      });
      expect(console.drawer.flatMap((line) => /\d+ times in the last 24 hours/.exec(line) ?? [])).toEqual(
        said,
      );
    },
  );

  it("lists ten fetches at a time, the older ones below those that are there", async () => {
    const fetch = (id: string, latencyMs: number) => ({
      ...{ id, at: ago({ minutes: 30 }), source: "stable_token", latencyMs, generation: 7 },
      ...{ requestedBy: { kind: "automatic" as const, name: "" }, errcode: null, name: null, meaning: null },
    });
    const console = await openConsole(`/tokens?app=${MAIN}`, {
      answers: {
        ...answers,
        "tokens.listApps": { items: [{ ...app, jsapiTicket: null }] },
        "tokens.listFetches": ({ cursor }) =>
          cursor === undefined
            ? { items: [fetch("A", 11)], nextCursor: "older" }
            : { items: [fetch("B", 22)], nextCursor: null },
      },
    });
    const times = () => console.drawer.flatMap((line) => /\d\d ms/.exec(line) ?? []);
    expect(times()).toEqual(["11 ms"]);
    const older = console.button("Older");
    console.api.hold();
    await console.click(older);
    expect([times(), older.hasAttribute("data-loading")]).toEqual([["11 ms"], true]);
    console.api.release();
    await console.settle();
    expect([times(), older.isConnected]).toEqual([["11 ms", "22 ms"], false]);
    const asked = { appId: MAIN, kind: "access_token", limit: 10 };
    expect(console.api.inputsOf("tokens.listFetches")).toMatchObject([asked, { ...asked, cursor: "older" }]);
  });

  it("stay with a warning above them when they could not be read again", async () => {
    const console = await openConsole("/tokens", { answers });
    console.api.answer({ "tokens.listApps": new Refusal("INTERNAL_SERVER_ERROR", 500) });
    await console.click("Refresh");
    await console.wait(800);
    const place = console.page.indexOf("## App tokens");
    expect(console.page.slice(place + 1, place + 4)).toEqual([
      "(warning) alert: ‹alert-triangle›",
      expect.stringMatching(/^The refresh failed/),
      "(fresh) ### main",
    ]);
  });

  it("offers a viewer the history, and no act", async () => {
    const console = await openConsole(`/tokens?app=${MAIN}`, { answers, role: "viewer" });
    expect(console.drawer).toContain("WeChat was not asked in the last 30 days.");
    expect(console.body.queryByRole("button", { name: /Invalidate|Refresh now/ })).toBeNull();
  });
});

describe("the page of a search that means several things", () => {
  const choices = [
    { kind: "sign_in", id: "01KS", at: ago({ hours: 1 }), outcome: "failed", appKey: "main" },
    { kind: "person", userId: "01KP", nickname: "Alice" },
    { kind: "errcode", errcode: "40029", name: "invalid code", meaning: { en: "Not valid.", zh: "无效。" } },
  ] as const;
  const several = { kind: "several" as const, q: "40029", choices: [...choices] };

  it("shows them by kind, each with the way to its page", async () => {
    const console = await openConsole("/search?q=40029", { answers: { ...answers, "search.find": several } });
    expect(console.page).toMatchInlineSnapshot(`
      [
        "# Several matches for “40029”",
        "## Sign-ins",
        "- (error) ‹alert-triangle› Failed01KS1 hour ago{2026-03-01 19:00:30 GMT+8}⇒/admin/sign-ins/01KS",
        "## People",
        "- Alice01KP⇒/admin/people?open=01KP",
        "## Errcodes of WeChat",
        "- «40029»Not valid.invalid code⇒/admin/errors?range=all&errcode=40029",
      ]
    `);
    expect(console.api.inputsOf("search.find")).toEqual([{ text: "40029" }]);
  });

  it("leads on where the text means one thing by now", async () => {
    const found = { kind: "errcode", errcode: "40029" } as const;
    const console = await openConsole("/search?q=40029", {
      answers: {
        ...answers,
        "search.find": found,
        "failures.groups": { items: [], nextCursor: null } as never,
      },
    });
    expect(console.address).toBe("/errors?range=all&errcode=40029");
  });
});

describe("the drawer of a user's token", () => {
  it.each([
    ["refreshed", null, "WeChat issued new tokens. green"],
    ["refused", "42007", "WeChat no longer accepts the refresh token. red"],
    ["unanswered", "45011", "WeChat did not refresh it (45011). Nothing was changed. red"],
  ] as const)("refreshes it and tells what came of it: %s", async (result, errcode, said) => {
    const token = userToken({ scope: "after_the_refresh" });
    const console = await openConsole(`/tokens?open=${bindingId}`, {
      answers: { ...answers, "tokens.refreshUser": { result, errcode, token } },
    });
    await console.click("Refresh tokens");
    expect(console.api.inputsOf("tokens.refreshUser")).toEqual([{ bindingId }]);
    expect(console.api.inputsOf("tokens.listUsers")).toHaveLength(2);
    expect(notification()).toBe(said);
    expect(console.drawer).toContain("scope: «after_the_refresh»");
  });

  it("asks before it forgets it, and closes", async () => {
    const console = await openConsole(`/tokens?open=${bindingId}&state=fresh`, {
      answers: { ...answers, "tokens.forgetUser": { ok: true } },
    });
    await console.click("Forget…");
    expect(console.api.inputsOf("tokens.forgetUser")).toEqual([]);
    await console.click(inFront().getByRole("button", { name: "Forget…" }));
    expect(console.api.inputsOf("tokens.forgetUser")).toEqual([{ bindingId }]);
    expect(notification()).toBe("The tokens were deleted. green");
    expect(console.address).toBe("/tokens?state=fresh");
    expect(console.api.inputsOf("tokens.listUsers")).toHaveLength(2);
  });
});
