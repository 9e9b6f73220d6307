// @vitest-environment happy-dom
import { within } from "@testing-library/dom";
import { describe, expect, it } from "vitest";
import { type OpenedConsole, openConsole, type Role } from "./support/console.js";
import { ago, ahead, binding, person, personDetail, WEB } from "./support/seeds.js";
import { type Answers, Refusal } from "./support/stand-in-api.js";
import { transcript } from "./support/transcript.js";

// What an operator can do to a person: each control and the exact call that it makes, the answer and what is then shown.

const userId = "01KALICE000000000000000001";
const session = {
  id: "01KSESSION0000000000000001",
  createdAt: ago({ minutes: 5 }),
  lastSeenAt: ago({ minutes: 1 }),
  expiresAt: ahead({ days: 90 }),
  ip: "203.0.113.7",
  device: { client: "wechat", platform: "android" },
} as const;
const second = binding({
  id: "01KBINDING0000000000000002",
  appId: WEB,
  appKey: "web",
  kind: "website",
  openid: "oAliceInWeb0000000000000002",
});
const alice = personDetail({ userId, bindings: [binding(), second], sessions: [session] });
const blocked = personDetail({ ...alice, status: "blocked", sessions: [] });

const open = (answers: Answers = {}, role: Role = "operator", language: "en" | "zh" = "en") =>
  openConsole(`/people?open=${userId}`, {
    role,
    language,
    answers: {
      "people.list": { items: [person({ userId })], nextCursor: null },
      "people.get": alice,
      ...answers,
    },
  });

/** The dialog in front: the person's own is a drawer. */
function inFront(): HTMLElement {
  const dialogs = document.querySelectorAll<HTMLElement>('[role="dialog"]');
  const last = [...dialogs].at(-1);
  if (!last || dialogs.length < 2) throw new Error("no dialog is in front of the person");
  return last;
}
const isAsking = () => document.querySelectorAll('[role="dialog"]').length > 1;
const press = (console: OpenedConsole, name: string) =>
  console.click(within(inFront()).getByRole("button", { name }));
const notifications = () =>
  [...document.querySelectorAll(".mantine-Notification-root")].map((one) => transcript(one).join(" "));
const failures = () =>
  [...inFront().querySelectorAll('[role="alert"]')].map(({ textContent }) => textContent);

const gone = new Refusal("NOT_FOUND", 404, "not_found");

describe("the acts on a person", () => {
  it.each([
    ["viewer", 0],
    ["operator", 6],
    ["owner", 6],
  ] as const)("are offered to a %s: %i", async (role, count) => {
    await open({}, role);
    const acts = ["Block", "Sign out everywhere", "Erase", "Sign out", "Remove the WeChat account of main"];
    const names = [...document.querySelectorAll('[role="dialog"] button')].map(
      (button) => button.getAttribute("aria-label") ?? button.textContent,
    );
    expect(
      names.filter((name) => [...acts, "Remove the WeChat account of web"].includes(name ?? "")),
    ).toHaveLength(count);
  });

  it.each(["en", "zh"] as const)("say what they do before they are done (%s)", async (language) => {
    const console = await open({}, "operator", language);
    const drawer = document.querySelector('[role="dialog"]');
    const buttons = [...(drawer?.querySelectorAll<HTMLElement>("button") ?? [])].filter((button) =>
      /Block|Sign out|Erase|Remove|封禁|退出|删除|解绑/.test(button.textContent ?? ""),
    );
    const said: string[][] = [];
    for (const button of buttons) {
      await console.click(button);
      said.push(transcript(inFront()));
      await press(console, language === "en" ? "Cancel" : "取消");
    }
    expect(said).toMatchSnapshot();
  });
});

describe("the Escape key", () => {
  it("closes the question in front, and then the person", async () => {
    const console = await open();
    await console.click("Block");
    await console.user.keyboard("{Escape}");
    await console.settle();
    expect(document.querySelectorAll('[role="dialog"]')).toHaveLength(1);
    await console.user.keyboard("{Escape}");
    await console.settle();
    expect([document.querySelectorAll('[role="dialog"]').length, console.address]).toEqual([0, "/people"]);
  });
});

describe("blocking a person", () => {
  it("needs a reason, is told with a button to undo it, and the page shows the new state", async () => {
    const console = await open({ "people.block": { ok: true }, "people.unblock": { ok: true } });
    await console.click("Block");
    await press(console, "Block");
    expect(console.api.inputsOf("people.block")).toEqual([]);
    expect(inFront().textContent).toContain("Enter a reason.");
    await console.type(within(inFront()).getByLabelText("Reason"), "  reported twice ");
    console.api.answer({ "people.get": blocked });
    await press(console, "Block");
    expect(console.api.inputsOf("people.block")).toEqual([{ userId, reason: "reported twice" }]);
    expect(isAsking()).toBe(false);
    expect(console.drawer).toContain("(error) ‹ban› Blocked");
    expect(notifications()).toEqual([expect.stringContaining("The person is blocked. [Undo]")]);

    console.api.answer({ "people.get": alice });
    await console.click("Undo");
    expect(console.api.inputsOf("people.unblock")).toEqual([{ userId }]);
    expect(console.drawer).toContain("(success) ‹check› Active");
  });

  it("stays open with the reason if the server refuses it, and says why", async () => {
    const console = await open({ "people.block": gone });
    await console.click("Block");
    await console.type(within(inFront()).getByLabelText("Reason"), "reported twice");
    await press(console, "Block");
    expect(failures()).toEqual([
      "It was changed or removed meanwhile, perhaps by another operator. Close this and look again.",
    ]);
    expect(within(inFront()).getByLabelText("Reason")).toHaveProperty("value", "reported twice");
  });

  it("ends at once where the person is blocked", async () => {
    const console = await open({ "people.get": blocked, "people.unblock": { ok: true } });
    console.api.answer({ "people.get": alice });
    await console.click("Unblock");
    expect(console.api.inputsOf("people.unblock")).toEqual([{ userId }]);
    expect(notifications()).toEqual([expect.stringContaining("The person can sign in again.")]);
    expect(console.button("Block")).toBeTruthy();
  });

  it("is not undone in silence if that fails", async () => {
    const console = await open({ "people.get": blocked, "people.unblock": gone });
    await console.click("Unblock");
    expect(notifications()).toEqual([
      expect.stringContaining("Could not unblock. The person is still blocked."),
    ]);
  });
});

describe("ending sessions", () => {
  it("ends one, or all", async () => {
    const console = await open({ "people.endSessions": { ok: true } });
    await console.click("Sign out");
    expect(inFront().textContent).toContain("203.0.113.7");
    await press(console, "Sign out");
    await console.click("Sign out everywhere");
    console.api.answer({ "people.get": { ...alice, sessions: [] } });
    await press(console, "Sign out everywhere");
    expect(console.api.inputsOf("people.endSessions")).toEqual([
      { userId, sessionId: session.id },
      { userId },
    ]);
    expect(console.drawer).toContain("No active sessions.");
    expect(console.body.queryByRole("button", { name: "Sign out everywhere" })).toBeNull();
  });
});

describe("removing a WeChat account", () => {
  it("removes the one in whose card it was asked for", async () => {
    const console = await open({ "people.unbind": { ok: true } });
    await console.click("Remove the WeChat account of web");
    console.api.answer({ "people.get": { ...alice, bindings: [binding()] } });
    await press(console, "Remove");
    expect(console.api.inputsOf("people.unbind")).toEqual([
      { userId, bindingId: second.id, allowLast: false },
    ]);
    expect(console.drawer).toContain("## WeChat binding");
  });

  it("warns that it is the last, and then removes that too", async () => {
    const console = await open({
      "people.get": { ...alice, bindings: [second] },
      "people.unbind": { ok: true },
    });
    await console.click("Remove the WeChat account of web");
    expect(inFront().textContent).toContain("It is this person's last one");
    await press(console, "Remove");
    expect(console.api.inputsOf("people.unbind")).toEqual([
      { userId, bindingId: second.id, allowLast: true },
    ]);
  });
});

describe("erasing a person", () => {
  it("needs the typed word, closes the person and reads the list again", async () => {
    const console = await open({ "people.erase": { ok: true } });
    await console.click("Erase");
    await press(console, "Erase");
    const field = within(inFront()).getByLabelText("Type “erase” to confirm");
    await console.type(field, "delete");
    await press(console, "Erase");
    expect(console.api.inputsOf("people.erase")).toEqual([]);
    await console.type(field, "erase");
    const lists = console.api.inputsOf("people.list").length;
    console.api.answer({ "people.get": gone });
    await press(console, "Erase");
    expect(console.api.inputsOf("people.erase")).toEqual([{ userId, confirm: "erase" }]);
    expect(console.address).toBe("/people");
    expect(console.api.inputsOf("people.list").length).toBeGreaterThan(lists);
    expect(notifications()).toEqual([expect.stringContaining("The person was erased.")]);
  });
});
