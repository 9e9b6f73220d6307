// @vitest-environment happy-dom
import { fireEvent } from "@testing-library/dom";
import { describe, expect, it } from "vitest";
import {
  consoleTests,
  notification,
  notificationTexts,
  type OpenedConsole,
  openConsole,
  type Role,
} from "./support/console.js";
import { ago, group, groupList, person, userToken } from "./support/seeds.js";
import type { Answers } from "./support/stand-in-api.js";

consoleTests();

const ids = ["A", "B", "C", "D"].map((letter) => `01K${letter}00000000000000000000000`);
const [a = "", b = "", c = "", d = ""] = ids;
const people = ids.map((userId) => person({ userId }));

const open = (path: string, answers: Answers = {}, role: Role = "operator") =>
  openConsole(path, {
    role,
    answers: {
      "people.list": { items: people, nextCursor: null },
      "tokens.listApps": { items: [] },
      "tokens.listUsers": { items: ids.map((bindingId) => userToken({ bindingId })), nextCursor: null },
      "failures.groups": groupList([
        group({ id: a, errcode: "40001", state: "open", stateAt: null }),
        group({ id: b, errcode: "40002", state: "acknowledged", stateAt: ago({ hours: 1 }) }),
      ]),
      ...answers,
    },
  });

const boxes = (console: OpenedConsole) => console.main.getAllByRole("checkbox", { name: /^Select (?!all)/ });
async function select(console: OpenedConsole, row: number, shiftKey = false): Promise<void> {
  fireEvent.click(boxes(console)[row] as Element, { shiftKey });
  await console.settle();
}
const status = () => document.querySelector('main p[role="status"]')?.textContent;
const bar = () => document.querySelector('section[aria-label="Selected rows"]')?.textContent ?? null;

describe("the selection of rows", () => {
  it("counts what is selected, all of the page at once, and is cleared", async () => {
    const console = await open("/people");
    expect(bar()).toBeNull();
    const all = () => {
      const box = console.main.getByRole("checkbox", { name: "Select all rows of this page" });
      const { checked, indeterminate } = box as HTMLInputElement;
      return { checked, indeterminate };
    };
    expect(all()).toEqual({ checked: false, indeterminate: false });
    await select(console, 1);
    expect(bar()).toContain("1 selected");
    expect(all()).toEqual({ checked: false, indeterminate: true });
    const selected = [...document.querySelectorAll("main tbody tr")].map((row) =>
      row.hasAttribute("data-selected"),
    );
    expect(selected).toEqual([false, true, false, false]);
    await console.click(console.main.getByRole("checkbox", { name: "Select all rows of this page" }));
    expect([bar()?.includes("4 selected"), status()]).toEqual([true, "4 selected"]);
    expect(all()).toEqual({ checked: true, indeterminate: false });
    await console.click(console.main.getByRole("checkbox", { name: "Select all rows of this page" }));
    expect(bar()).toBeNull();
    await select(console, 0);
    await console.click("Clear selection");
    expect([bar(), status()]).toEqual([null, ""]);
  });

  it("has a box for each row, labelled with the row's name", async () => {
    const namesOn = async (path: string, answers: Answers) => {
      const console = await open(path, answers);
      const names = boxes(console).map((box) => box.getAttribute("aria-label"));
      await console.close();
      return names;
    };
    const profile = (nickname: string | null) => ({ nickname, avatarUrl: null });
    const named = [profile("Alice"), profile(null), profile("A…e"), profile(" ")].map((one, index) =>
      person({ userId: ids[index] as string, profile: one }),
    );
    expect(await namesOn("/people", { "people.list": { items: named, nextCursor: null } })).toEqual([
      "Select Alice",
      "Select No nickname 00000000",
      "Select A…e 00000000",
      "Select Blank nickname 00000000",
    ]);
    expect((await namesOn("/tokens", {}))[0]).toBe("Select Alice");
    expect(await namesOn("/errors", {})).toEqual([
      "Select 40001 sns/oauth2/access_token",
      "Select 40002 sns/oauth2/access_token",
    ]);
  });

  it("takes with Shift every row from the last one that was touched, in both directions", async () => {
    const console = await open("/people");
    await select(console, 2);
    await select(console, 0, true);
    expect(bar()).toContain("3 selected");
    await select(console, 3, true);
    expect(bar()).toContain("4 selected");
    await select(console, 1, true);
    expect(bar()).toContain("1 selected");
  });

  it("takes with Shift the rows from the first one of the page on", async () => {
    const console = await open("/people");
    await select(console, 0);
    await select(console, 2, true);
    expect(bar()).toContain("3 selected");
  });

  it("takes with Shift one row alone if the page does not have the last one that was touched any more", async () => {
    const console = await open("/people");
    await select(console, 1);
    console.api.answer({
      "people.list": { items: [a, c, d].map((userId) => person({ userId })), nextCursor: null },
    });
    await console.click("Refresh");
    expect(bar()).toBeNull();
    await select(console, 1, true);
    expect(bar()).toContain("1 selected");
  });

  it("forgets the rows that the page does not have any more", async () => {
    const console = await open("/people");
    await select(console, 0);
    await select(console, 1);
    console.api.answer({ "people.list": { items: people.slice(1), nextCursor: null } });
    await console.click("Refresh");
    expect(bar()).toContain("1 selected");
  });

  it("is not offered to a viewer", async () => {
    for (const path of ["/people", "/tokens", "/errors"]) {
      const console = await open(path, {}, "viewer");
      expect(console.main.queryAllByRole("checkbox"), path).toEqual([]);
      await console.close();
    }
  });
});

describe("an act on selected people", () => {
  it("asks why, blocks each, tells who was not blocked, and is undone for those that were", async () => {
    const console = await open("/people", {
      "people.blockMany": { done: [{ ok: true, id: a }], refused: [{ id: b, why: "already_blocked" }] },
      "people.unblockMany": { done: [{ ok: true, id: a }], refused: [] },
    });
    await select(console, 0);
    await select(console, 1);
    await console.click("Block");
    expect(console.drawer[0]).toContain("Block 2 people?");
    await console.type(console.dialog.getByRole("textbox"), "a wave of spam");
    await console.click(console.dialog.getByRole("button", { name: "Block" }));
    expect(console.api.inputsOf("people.blockMany")).toEqual([{ userIds: [a, b], reason: "a wave of spam" }]);
    expect(notification()).toBe(
      "1 was not changed: Another operator was faster: this person is blocked already. red",
    );
    await console.click("Undo");
    expect(console.api.inputsOf("people.unblockMany")).toEqual([{ userIds: [a] }]);
    expect(notification()).toBe("1 was changed back. green");
  });

  it("tells only why where it changed none, and each reason once", async () => {
    const refused = (why: "not_found" | "already_blocked", ...ids: string[]) =>
      ids.map((id) => ({ id, why }));
    const console = await open("/people", {
      "people.endSessionsMany": {
        done: [],
        refused: [...refused("not_found", a, c), ...refused("already_blocked", b)],
      },
    });
    await select(console, 0);
    await select(console, 1);
    await console.click("Sign out everywhere");
    await console.click(console.dialog.getByRole("button", { name: "Sign out everywhere" }));
    expect(notificationTexts()).toEqual([
      "3 were not changed: It was changed or removed meanwhile, perhaps by another operator. Close this and look again. " +
        "Another operator was faster: this person is blocked already. red",
    ]);
  });

  it("unblocks at once, and ends sessions after a question", async () => {
    const both = { done: [a, b].map((id) => ({ ok: true as const, id })), refused: [] };
    const console = await open("/people", { "people.unblockMany": both, "people.endSessionsMany": both });
    await select(console, 0);
    await select(console, 1);
    await console.click("Unblock");
    expect(console.api.inputsOf("people.unblockMany")).toEqual([{ userIds: [a, b] }]);
    expect(notification()).toBe("2 were changed. green");
    await console.click("Sign out everywhere");
    expect(console.api.inputsOf("people.endSessionsMany")).toEqual([]);
    await console.click(console.dialog.getByRole("button", { name: "Sign out everywhere" }));
    expect(console.api.inputsOf("people.endSessionsMany")).toEqual([{ userIds: [a, b] }]);
  });
});

describe("an act on selected user tokens", () => {
  it("says how many WeChat accepts, and forgets after a question", async () => {
    const console = await open("/tokens", {
      "tokens.checkUsers": {
        done: [
          { id: c, result: "valid", errcode: null },
          { id: d, result: "refused", errcode: "40001" },
        ],
        refused: [],
      },
      "tokens.forgetUsers": { done: [{ ok: true, id: c }], refused: [{ id: d, why: "not_found" }] },
    });
    await select(console, 2);
    await select(console, 3);
    await console.click("Check with WeChat");
    expect(console.api.inputsOf("tokens.checkUsers")).toEqual([{ bindingIds: [c, d] }]);
    expect(notification()).toBe("WeChat accepts 1, no longer accepts 1, and did not answer about 0. green");
    await console.click("Forget…");
    await console.click(console.dialog.getByRole("button", { name: "Forget…" }));
    expect(console.api.inputsOf("tokens.forgetUsers")).toEqual([{ bindingIds: [c, d] }]);
    expect(notification()).toContain("1 was not changed: It was changed or removed meanwhile");
  });
});

describe("an act on selected groups of errors", () => {
  it("sends each as it was read, and its undo brings back the state of each", async () => {
    const changed = [a, b].map((id) => ({ id, stateAt: ago({}) }));
    const console = await open("/errors", {
      "failures.resolveMany": { done: changed, refused: [] },
      "failures.muteMany": { done: changed, refused: [] },
      "failures.undoMany": { done: changed, refused: [] },
    });
    await select(console, 0);
    await select(console, 1);
    const groups = [
      { id: a, stateAt: null },
      { id: b, stateAt: ago({ hours: 1 }) },
    ];
    await console.click("Resolve");
    expect(console.api.inputsOf("failures.resolveMany")).toEqual([{ groups }]);
    await console.click("Undo");
    expect(console.api.inputsOf("failures.undoMany")).toEqual([
      {
        groups: [
          { id: a, stateAt: ago({}), to: "open" },
          { id: b, stateAt: ago({}), to: "acknowledged" },
        ],
      },
    ]);
    await console.click("Mute");
    await console.click(console.main.getByText("For 1 day"));
    expect(console.api.inputsOf("failures.muteMany")).toEqual([{ groups, minutes: 1440 }]);
  });
});
