// @vitest-environment happy-dom
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Operator } from "../src/api/types.js";
import { clearSetUpSecret, takeSetUpSecret } from "../src/pages/auth/set-up-secret.js";
import { consoleTests, notification, openConsole } from "./support/console.js";
import { person } from "./support/seeds.js";
import { type Answers, Refusal } from "./support/stand-in-api.js";

// Where an operator's password is typed: what is sent, and what is said of the answer.

consoleTests();

const languages = ["en", "zh"] as const;
const people: Answers = { "people.list": { items: [person()], nextCursor: null } };
const nightShift: Operator = { id: "01K1", username: "night-shift", role: "owner", mustEnrol: false };
const refused = (appCode: string | null, code = "BAD_REQUEST", status = 400) =>
  new Refusal(code, status, appCode);

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
    await console.type(console.field("Username"), "night-shift");
    await console.type(console.field("Password"), "wrong");
    await console.press("{Enter}");
    await console.wait(3000);
    expect(console.alerts).toEqual([text]);
    expect(console.address).toBe("/sign-in");
  });

  it("says so in Chinese, too", async () => {
    const console = await openConsole("/sign-in", { role: null, language: "zh" });
    const seen: (string | null)[] = [];
    await console.type(console.field("用户名"), "night-shift");
    await console.type(console.field("密码"), "wrong");
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
      seen.push(...console.alerts);
    }
    expect(seen).toMatchSnapshot();
  });

  it("opens the overview if no other page was asked for", async () => {
    const console = await openConsole("/sign-in?next=//evil.example", {
      role: null,
      answers: { ...people, "operator.signIn": nightShift },
    });
    await console.type(console.field("Username"), "night-shift");
    await console.type(console.field("Password"), "a-long-walk");
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
    await console.type(console.field("Username"), " night-shift ");
    await console.type(console.field("Password"), "1234567");
    await console.press("{Enter}");
    expect(console.api.inputsOf("operator.redeemLink")).toEqual([]);
    expect(console.page.join()).toContain("Use at least 8 characters.");
    await console.type(console.field("Password"), "12345678");
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
    await console.type(console.field("Username"), "night-shift");
    await console.type(console.field("Password"), "12345678");
    await console.click("Save and sign in");
    expect(console.alerts).toEqual([text]);
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
    await console.type(console.field("Current password"), "old-one");
    await console.type(console.field("New password"), "new-password");
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
    await console.type(console.field("Current password"), "old-one");
    await console.type(console.field("New password"), "new-password");
    await console.press("{Enter}");
    expect(console.alerts).toEqual(["The current password is incorrect."]);
    // A wrong password is UNAUTHORIZED as well, but the session goes on.
    expect(console.address).toBe("/people");
    await console.click("Cancel");
    expect(console.has('[role="dialog"]')).toBe(false);
    await console.click("Account of night-shift");
    await console.click("Change password");
    expect((console.field("Current password") as HTMLInputElement).value).toBe("");
  });
});
