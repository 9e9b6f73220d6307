// @vitest-environment happy-dom
import { within } from "@testing-library/dom";
import { describe, expect, it, vi } from "vitest";
import { consoleTests, NOW, type OpenedConsole, openConsole, type Role } from "./support/console.js";
import { ago, ahead, binding, person, personDetail, WEB } from "./support/seeds.js";
import { type Answers, type Output, Refusal } from "./support/stand-in-api.js";
import { transcript } from "./support/transcript.js";

// What an operator can do to a person: each control and the exact call that it makes, the answer and what is then shown.

consoleTests();

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
    ["operator", 9],
    ["owner", 9],
  ] as const)("are offered to a %s: %i", async (role, count) => {
    await open({}, role);
    const acts = [
      ...["Block", "Sign out everywhere", "Refresh profile", "Export data", "Erase", "Sign out"],
      ...["Remove the WeChat account of main", "Merge with another person"],
    ];
    const names = [...document.querySelectorAll('[role="dialog"] :is(button, a)')].map(
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

  it("says that another operator was faster, keeps the reason, and shows the person as they are now", async () => {
    const console = await open({ "people.block": new Refusal("CONFLICT", 409, "already_blocked") });
    await console.click("Block");
    await console.type(within(inFront()).getByLabelText("Reason"), "reported twice");
    console.api.answer({ "people.get": blocked });
    await press(console, "Block");
    expect(failures()).toEqual(["Another operator was faster: this person is blocked already."]);
    await press(console, "Cancel");
    expect(console.drawer).toContain("(error) ‹ban› Blocked");
    expect(notifications()).toEqual([]);
  });

  it("is not undone in silence if that fails: the message has the request number and tries again", async () => {
    const console = await open({
      "people.block": { ok: true },
      "people.unblock": new Refusal("INTERNAL_SERVER_ERROR", 500),
    });
    await console.click("Block");
    await console.type(within(inFront()).getByLabelText("Reason"), "reported twice");
    console.api.answer({ "people.get": blocked });
    await press(console, "Block");
    // The person may be closed by then.
    await console.press("{Escape}");
    expect(console.address).toBe("/people");
    await console.click("Undo");
    expect(notifications()[0]).toMatch(/The server returned an error\..*01KREQUESTNUMBER0000000001/);

    console.api.answer({ "people.unblock": new Refusal("CONFLICT", 409, "already_active") });
    await console.click("Try again");
    expect(notifications()[0]).toBe(
      "alert: Another operator was faster: this person is not blocked any more. [Close]",
    );
  });
});

describe("the profile of a person", () => {
  it.each([
    ["updated", "Nickname and avatar were updated."],
    ["unchanged", "Nickname and avatar are up to date."],
    [
      "not_allowed",
      "WeChat gives the profile only after the person agrees again. They are asked at their next sign-in.",
    ],
    ["unanswered", "WeChat did not answer. Nothing was changed."],
  ] as const)("is read from WeChat again, with its result: %s", async (result, message) => {
    const console = await open({ "people.refreshProfile": { result } });
    const reads = console.api.inputsOf("people.get").length;
    await console.click("Refresh profile");
    expect(console.api.inputsOf("people.refreshProfile")).toEqual([{ userId }]);
    expect(console.api.inputsOf("people.get").length).toBe(reads + 1);
    expect(notifications()).toEqual([expect.stringContaining(message)]);
  });
});

describe("the data of a person", () => {
  it("are saved as a JSON file that is named by the end of the id, and kept a minute for the browser to read", async () => {
    const saved: [string, unknown][] = [];
    const files = new Map<string, Blob>();
    vi.spyOn(URL, "createObjectURL").mockImplementation((file) => {
      files.set("blob:data", file as Blob);
      return "blob:data";
    });
    const revoked = vi.spyOn(URL, "revokeObjectURL").mockReturnValue();
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(async function (
      this: HTMLAnchorElement,
    ) {
      saved.push([this.download, JSON.parse((await files.get(this.href)?.text()) ?? "")]);
    });
    const data = { exportedAt: NOW, olderSignInsLeftOut: false } as Output<"people.export">;
    const console = await open({ "people.export": data });
    await console.click("Export data");
    expect(console.api.inputsOf("people.export")).toEqual([{ userId }]);
    expect(saved).toEqual([["person-00000001.json", data]]);
    expect(files.get("blob:data")?.type).toBe("application/json");
    expect(notifications()).toEqual([expect.stringContaining("The export is in the audit log.")]);
    await console.wait(59_000);
    expect(revoked).not.toHaveBeenCalled();
    await console.wait(1_000);
    expect(revoked.mock.calls).toEqual([["blob:data"]]);
  });
});

describe("the id of a user who was merged", () => {
  it("shows the survivor, says so, and leads to the merge", async () => {
    const mergedFrom = "01KGONE0000000000000000009";
    const merge = { id: "01KMERGE000000000000000001", fromUserId: mergedFrom, createdAt: ago({ days: 2 }) };
    const old = { id: "01KMERGE000000000000000000", fromUserId: "01KOLD00000000000000000008" };
    const console = await open({
      "people.get": {
        ...alice,
        mergedFrom,
        merges: [
          { ...merge, canUndo: true },
          { ...old, createdAt: ago({ days: 40 }), canUndo: false },
        ],
      },
    });
    expect(console.drawer.slice(5, 9)).toEqual([
      "(info) ‹arrows-join-2›",
      "This ID was merged into another person",
      `You opened «${mergedFrom}». It belongs to the person shown here.`,
      `[Block] [Sign out everywhere] [Refresh profile] Merge with another person⇒/admin/people/merge?user=${userId} [Export data] [Erase]`,
    ]);
    const place = console.drawer.indexOf("## Merged into this person");
    expect(console.drawer.slice(place + 1, place + 3)).toEqual([
      `- ${mergedFrom}2 days ago{2026-02-27 20:00:30 GMT+8}⇒/admin/conflicts?view=merges&open=${merge.id}`,
      `- ${old.fromUserId}Too late1 month ago{2026-01-20 20:00:30 GMT+8}⇒/admin/conflicts?view=merges&open=${old.id}`,
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
    expect(inFront().textContent).toContain("Remove this person's last WeChat account (web)?");
    await press(console, "Remove");
    expect(console.api.inputsOf("people.unbind")).toEqual([
      { userId, bindingId: second.id, allowLast: true },
    ]);
  });
});

describe("erasing a person", () => {
  it("needs the typed word, closes the person and reads the list again", async () => {
    const console = await open({ "people.erase": { ok: true } });
    expect(console.api.inputsOf("system.retention")).toEqual([]);
    await console.click("Erase");
    expect(console.api.inputsOf("system.retention")).toHaveLength(1);
    await press(console, "Erase");
    const field = within(inFront()).getByLabelText("To confirm, type the end of the user ID: 00000001");
    await console.type(field, "delete");
    await press(console, "Erase");
    expect(inFront().textContent).toContain("Type 00000001");
    expect(console.api.inputsOf("people.erase")).toEqual([]);
    await console.type(field, " 00000001 ");
    const lists = console.api.inputsOf("people.list").length;
    console.api.answer({ "people.get": gone });
    await press(console, "Erase");
    expect(console.api.inputsOf("people.erase")).toEqual([{ userId, confirm: "00000001" }]);
    expect(console.address).toBe("/people");
    expect(console.api.inputsOf("people.list").length).toBeGreaterThan(lists);
    expect(notifications()).toEqual([expect.stringContaining("The person was erased.")]);
  });
});
