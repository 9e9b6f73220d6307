// @vitest-environment happy-dom
import { within } from "@testing-library/dom";
import { describe, expect, it } from "vitest";
import type { ConflictUser, Merge } from "../src/api/types.js";
import { consoleTests, type OpenedConsole, openConsole } from "./support/console.js";
import { ago, ahead, binding, person, WEB } from "./support/seeds.js";
import { Refusal } from "./support/stand-in-api.js";
import { transcript } from "./support/transcript.js";

// The whole text of the pages about conflicts and merges, and each control with the exact call that it makes.

consoleTests();

const languages = ["en", "zh"] as const;
const unionid = "uAlice0000000000000000001";
const alice: ConflictUser = {
  ...person(),
  sessions: 2,
  signIns: 31,
  externalIds: [{ clientId: "crm", externalId: "a-1" }],
};
const twin: ConflictUser = {
  ...person({
    userId: "01KTWIN0000000000000000002",
    createdAt: ago({ days: 3 }),
    lastSignInAt: null,
    profile: { nickname: "Alice L.", avatarUrl: null },
    bindings: [
      binding({
        id: "01KBINDING0000000000000002",
        appId: WEB,
        appKey: "web",
        openid: "oAliceInWeb0000000000000002",
        nickname: "Alice L.",
      }),
    ],
  }),
  sessions: 1,
  signIns: 4,
  externalIds: [],
};
const id = "01KCONFLICT000000000000001";
const conflict = {
  id,
  group: "shop",
  unionid,
  createdAt: ago({ hours: 6 }),
  resolvedAt: null,
  resolution: null,
  users: [alice, twin],
};
const row = {
  ...{ id, group: "shop", unionid, createdAt: ago({ hours: 6 }), resolvedAt: null, resolution: null },
  user: { userId: twin.userId, nickname: "Alice L." },
  otherUser: { userId: alice.userId, nickname: "Alice" },
};
const mergeRow = {
  id: "01KMERGE000000000000000001",
  conflictId: id,
  fromUserId: twin.userId,
  intoUserId: alice.userId,
  operator: "night-shift",
  createdAt: ago({ days: 2 }),
  undoneAt: null,
  undoneBy: null,
  undoableUntil: ahead({ days: 28, hours: 5 }),
  survivor: { userId: alice.userId, nickname: "Alice" },
};
const merge: Merge = {
  ...mergeRow,
  undoRefusal: null,
  reason: "called: one person, two phones",
  moved: { bindings: 1, sessions: 1, externalIds: 0, signIns: 4 },
};

const front = () => {
  const last = [...document.querySelectorAll<HTMLElement>('[role="dialog"]')].at(-1);
  if (!last) throw new Error("no dialog is open");
  return last;
};
const press = (console: OpenedConsole, name: string) =>
  console.click(within(front()).getByRole("button", { name }));
const notifications = () =>
  [...document.querySelectorAll(".mantine-Notification-root")].map((one) => transcript(one).join(" "));
const refusal = () => front().querySelector('[role="alert"]')?.textContent;
const none = { items: [], nextCursor: null };

describe("the conflicts", () => {
  it.each(languages)("are listed with both people, and counted in the navigation (%s)", async (language) => {
    const console = await openConsole("/conflicts", {
      language,
      answers: {
        "conflicts.countOpen": { count: 99, isMore: true },
        "conflicts.list": {
          items: [row, { ...row, id: "01KCONFLICT000000000000002", user: null }],
          nextCursor: null,
        },
      },
    });
    expect(console.page).toMatchSnapshot();
    expect(console.read("nav ul")[2]).toMatchSnapshot();
    expect(console.api.inputsOf("conflicts.list")).toEqual([{ state: "open" }]);
  });

  it.each(languages)("that are resolved say how, and when (%s)", async (language) => {
    const resolved = [
      { ...row, resolvedAt: ago({ hours: 1 }), resolution: "merged" as const },
      {
        ...row,
        id: "01KCONFLICT000000000000002",
        resolvedAt: ago({ hours: 2 }),
        resolution: "kept_apart" as const,
      },
    ];
    const console = await openConsole("/conflicts?view=resolved", {
      language,
      answers: { "conflicts.list": { items: resolved, nextCursor: null } },
    });
    expect(console.read("main table")).toMatchSnapshot();
    expect(console.api.inputsOf("conflicts.list")).toEqual([{ state: "resolved" }]);
  });

  it("of one state are never shown as those of another, also while these load", async () => {
    const console = await openConsole("/conflicts", {
      answers: { "conflicts.list": { items: [row], nextCursor: null } },
    });
    console.api.hold();
    await console.click(console.link("Resolved"));
    expect([console.has("main [data-row-link]"), console.page.at(-1)]).toEqual([false, "Loading…"]);
  });

  it("say what is missing where there are none", async () => {
    const console = await openConsole("/conflicts", {
      answers: { "conflicts.list": none, "merges.list": none },
    });
    const said = [];
    for (const view of ["Open", "Resolved", "Merges"]) {
      await console.click(console.link(view));
      said.push([console.address, ...console.page.slice(-2)]);
    }
    expect(said).toMatchSnapshot();
    expect(console.read("nav ul")[2]).toBe("- ‹users-group› Conflicts⇒/admin/conflicts(page)");
  });
});

describe("one conflict", () => {
  const open = (answers = {}, opening = {}) =>
    openConsole(`/conflicts/${id}`, { answers: { "conflicts.get": conflict, ...answers }, ...opening });

  it.each(languages)("shows both people side by side (%s)", async (language) => {
    const console = await open({}, { language });
    expect(console.page).toMatchSnapshot();
    expect(console.api.inputsOf("conflicts.get")).toEqual([{ id }]);
  });

  it("has no copy button beside a value that is masked for a viewer", async () => {
    const masked = { ...alice, bindings: [binding({ openid: "oAl…001", unionid: "uAl…001" })] };
    const console = await open({
      "conflicts.get": { ...conflict, unionid: "uAl…001", users: [masked, twin] },
    });
    const copied = console.main.getAllByRole("button", { name: /^Copy/ });
    expect(copied.map((button) => button.getAttribute("aria-label"))).toEqual([
      ...["Copy User ID", "Copy crm", "Copy User ID", "Copy openid", "Copy unionid"],
    ]);
  });

  it.each([
    ["viewer", 0],
    ["operator", 3],
    ["owner", 3],
  ] as const)("offers a %s %i decisions", async (role, count) => {
    const console = await open({}, { role });
    expect(console.main.queryAllByRole("button", { name: /^Keep/ })).toHaveLength(count);
  });

  it.each(languages)(
    "says what a merge would move, in each direction, and what keeping apart means (%s)",
    async (language) => {
      const console = await open({}, { language });
      const said = [];
      const buttons = console.main.getAllByRole("button", { name: /^Keep|^保/ });
      for (const button of buttons) {
        await console.click(button);
        said.push(transcript(front()));
        await press(console, language === "en" ? "Cancel" : "取消");
      }
      expect(said).toMatchSnapshot();
    },
  );

  it("is merged into the person who was chosen, with a reason; then the merge is shown with its undo", async () => {
    const console = await open({
      "conflicts.merge": { mergeId: mergeRow.id },
      "merges.list": { items: [mergeRow], nextCursor: null },
      "merges.get": merge,
    });
    await console.click("Keep this one: Alice");
    await press(console, "Merge");
    expect(console.api.inputsOf("conflicts.merge")).toEqual([]);
    await console.type(within(front()).getByLabelText("Reason"), "called: one person");
    await press(console, "Merge");
    expect(console.api.inputsOf("conflicts.merge")).toEqual([
      { id, into: alice.userId, reason: "called: one person" },
    ]);
    expect(console.address).toBe(`/conflicts?view=merges&open=${mergeRow.id}`);
    expect(notifications()).toEqual([expect.stringContaining("The two are one person now.")]);
    expect(console.api.inputsOf("conflicts.countOpen")).toHaveLength(2);
    expect(console.button("Undo merge")).toBeTruthy();
  });

  it.each([
    ["same_person", "Another operator was faster: the two are one person already."],
    ["already_merged", "One of the two was merged into another person meanwhile. Close this and look again."],
    ["status_differs", "One of the two is blocked. Unblock that person, or block the other one first."],
    ["being_erased", "One of the two is being erased."],
  ] as const)("says why it was not merged, and is read again: %s", async (code, message) => {
    const console = await open({ "conflicts.merge": new Refusal("CONFLICT", 409, code) });
    await console.click("Keep this one: Alice L.");
    await console.type(within(front()).getByLabelText("Reason"), "one person");
    await press(console, "Merge");
    expect(refusal()).toBe(message);
    expect(console.api.inputsOf("conflicts.merge")).toEqual([
      { id, into: twin.userId, reason: "one person" },
    ]);
    expect(console.api.inputsOf("conflicts.get")).toHaveLength(2);
  });

  it("is kept apart with a reason, and can still be merged then", async () => {
    const console = await open({ "conflicts.keepApart": { ok: true } });
    await console.click("Keep apart");
    await console.type(within(front()).getByLabelText("Reason"), "sisters");
    const apart = { ...conflict, resolvedAt: ago({}), resolution: "kept_apart" as const };
    console.api.answer({ "conflicts.get": apart });
    await press(console, "Keep apart");
    expect(console.api.inputsOf("conflicts.keepApart")).toEqual([{ id, reason: "sisters" }]);
    expect(console.page).toContain("State: (neutral) ‹arrows-split-2› Kept apart");
    expect(notifications()).toEqual([expect.stringContaining("They stay two people.")]);
    const left = console.main.getAllByRole("button", { name: /^Keep/ });
    expect(left.map((button) => button.getAttribute("aria-label"))).toEqual([
      "Keep this one: Alice",
      "Keep this one: Alice L.",
    ]);
  });

  it("of a blocked person and another one waits for a decision about the block", async () => {
    const console = await open({
      "conflicts.get": { ...conflict, users: [{ ...alice, status: "blocked" }, twin] },
    });
    expect(console.page.slice(2, 5)).toEqual([
      "(warning) ‹ban›",
      "One of them is blocked",
      "Decide about the block first: unblock that person, or block the other one. Then the two can be merged.",
    ]);
    for (const name of [/: Alice$/, /: Alice L/]) {
      expect(console.main.getByRole("button", { name })).toHaveProperty("disabled", true);
    }
    expect(console.main.getByRole("button", { name: "Keep apart" })).toHaveProperty("disabled", false);
  });

  it.each(languages)(
    "with one person left offers no merge, and can be marked as seen (%s)",
    async (language) => {
      const console = await open({ "conflicts.get": { ...conflict, users: [alice] } }, { language });
      expect(console.page.slice(0, 10)).toMatchSnapshot();
      expect(console.main.queryAllByRole("button", { name: /this one|此用户/ })).toEqual([]);
      await console.click(language === "en" ? "Mark as seen" : "标为已处理");
      expect(transcript(front())).toMatchSnapshot();
    },
  );

  it("with one person left is marked as seen with a reason, and nothing says that two people stay apart", async () => {
    const console = await open({
      "conflicts.get": { ...conflict, users: [alice] },
      "conflicts.keepApart": { ok: true },
    });
    await console.click("Mark as seen");
    await console.type(within(front()).getByLabelText("Reason"), "the other one was erased");
    await press(console, "Mark as seen");
    expect(console.api.inputsOf("conflicts.keepApart")).toEqual([{ id, reason: "the other one was erased" }]);
    expect([notifications(), console.has('[role="dialog"]')]).toEqual([[], false]);
    expect(console.api.inputsOf("conflicts.get")).toHaveLength(2);
  });
});

describe("merging two people without a conflict", () => {
  const userId = alice.userId;
  const path = `/people/merge?user=${userId}`;
  const both = { users: [alice, twin], refusal: null };
  const open = (search = "", answers = {}, opening = {}) =>
    openConsole(`${path}${search}`, {
      answers: {
        "people.previewMerge": ({ otherUserId }: { otherUserId?: string | undefined }) =>
          otherUserId === undefined ? { users: [alice], refusal: null } : both,
        "people.mergeCandidates": { items: [twin, alice], nextCursor: null, more: true },
        ...answers,
      },
      ...opening,
    });

  it.each(languages)(
    "finds the other one by what was pasted, and shows both with what would move (%s)",
    async (language) => {
      const console = await open("", {}, { language });
      const said = [console.page.slice(0, 3)];
      const [field] = console.main.getAllByRole("textbox");
      if (!field) throw new Error("there is no field");
      await console.type(field, " \u200BAlice ");
      await console.click(language === "en" ? "Search" : "查找");
      expect(console.address).toBe(`${path}&q=Alice`);
      expect(console.api.inputsOf("people.mergeCandidates")).toEqual([{ text: "Alice" }]);
      said.push(console.page.slice(-6));
      await console.click(console.main.getByRole("link", { name: /Alice L\./ }));
      expect(console.address).toBe(`${path}&q=Alice&other=${twin.userId}`);
      expect(console.api.lastInputOf("people.previewMerge")).toEqual({ userId, otherUserId: twin.userId });
      said.push(console.page);
      expect(said).toMatchSnapshot();
      await console.click(language === "en" ? "Keep this one: Alice L." : "保留此用户：Alice L.");
      expect(transcript(front())).toMatchSnapshot();
    },
  );

  it("is done with a reason for the one who was chosen; then the merge is shown with its undo", async () => {
    const console = await open(`&other=${twin.userId}`, {
      "people.merge": { mergeId: mergeRow.id },
      "merges.list": { items: [mergeRow], nextCursor: null },
      "merges.get": merge,
    });
    await console.click("Keep this one: Alice L.");
    await press(console, "Merge");
    expect(console.api.inputsOf("people.merge")).toEqual([]);
    await console.type(within(front()).getByLabelText("Reason"), "one person, two phones");
    await press(console, "Merge");
    expect(console.api.inputsOf("people.merge")).toEqual([
      { fromUserId: userId, intoUserId: twin.userId, reason: "one person, two phones" },
    ]);
    expect(console.address).toBe(`/conflicts?view=merges&open=${mergeRow.id}`);
    expect(console.button("Undo merge")).toBeTruthy();
  });

  it.each([
    ["same_person", [alice], "Both are the same person already. Choose another one."],
    ["not_found", [alice], "There is no such person, or the person was erased."],
    [
      "status_differs",
      [alice, twin],
      "One of the two is blocked. Unblock that person, or block the other one first.",
    ],
    ["being_erased", [alice, twin], "One of the two is being erased."],
  ] as const)("says before any try why it would be refused: %s", async (refusal, users, why) => {
    const console = await open(`&other=${users[1]?.userId ?? userId}`, {
      "people.previewMerge": { users: [...users], refusal },
    });
    expect(console.page).toEqual(expect.arrayContaining(["These two cannot be merged", why]));
    const keep = console.main.queryAllByRole("button", { name: /^Keep this/ });
    expect(keep.map((button) => (button as HTMLButtonElement).disabled)).toEqual(
      users.length === 2 ? [true, true] : [],
    );
  });

  it("says whom the id of a merged user stands for, and that no person is found by what was pasted", async () => {
    const merged = "01KMERGED00000000000000003";
    const console = await open(`&other=${merged}`);
    expect(console.page).toEqual(expect.arrayContaining([expect.stringContaining(`You opened «${merged}»`)]));
    console.api.answer({ "people.mergeCandidates": { items: [], nextCursor: null, more: false } });
    await console.open(`${path}&q=Zoe`);
    expect(console.page.at(-1)).toBe("No person is found by this. A person who was erased is not found.");
  });

  it("is nothing for a viewer, and asks for a person where none was chosen", async () => {
    const denied = new Refusal("FORBIDDEN", 403, "role_too_low");
    const console = await open("", { "people.previewMerge": denied }, { role: "viewer" });
    expect(console.page).toContain("Not allowed");
    await console.open("/people/merge");
    expect(console.page.at(-1)).toBe("Open a person and choose to merge from there.");
  });
});

describe("the merges", () => {
  const open = (answers = {}, path = "", opening = {}) =>
    openConsole(`/conflicts?view=merges${path}`, {
      answers: { "merges.list": { items: [mergeRow], nextCursor: null }, "merges.get": merge, ...answers },
      ...opening,
    });
  const drawer = `&open=${mergeRow.id}`;
  const undone = { ...merge, undoneAt: ago({ hours: 1 }), undoneBy: "the-owner", moved: null };

  it.each(languages)(
    "are listed with who merged whom, and how long each can be undone (%s)",
    async (language) => {
      const items = [
        mergeRow,
        { ...mergeRow, id: "01KMERGE000000000000000002", undoneAt: ago({ hours: 1 }), operator: null },
        { ...mergeRow, id: "01KMERGE000000000000000003", undoableUntil: ago({ minutes: 1 }), survivor: null },
      ];
      const console = await open({ "merges.list": { items, nextCursor: null } }, "", { language });
      expect(console.page).toMatchSnapshot();
    },
  );

  it.each([
    [{ days: 2 }, "(info) ‹hourglass› 2 days left"],
    [{ days: 1, hours: 23 }, "(info) ‹hourglass› 1 d 23 h left"],
    [{ hours: 5, minutes: 7 }, "(info) ‹hourglass› 5 h 7 min left"],
    [{ minutes: 1, ms: 5_000 }, "(info) ‹hourglass› 1 min 5 s left"],
    [{ ms: 30_000 }, "(info) ‹hourglass› 30 s left"],
    [{ ms: 0 }, "(neutral) ‹lock› Too late"],
    [{ minutes: -1 }, "(neutral) ‹lock› Too late"],
  ])("count whole days while these are several: %j", async (left, state) => {
    const items = [{ ...mergeRow, undoableUntil: ahead(left) }];
    const console = await open({ "merges.list": { items, nextCursor: null } });
    expect(console.rows.map((row) => row.Undo)).toEqual([state]);
  });

  it("cannot be undone once the person was erased, also while their days last", async () => {
    const items = [{ ...mergeRow, survivor: null }];
    const erased = { ...merge, undoRefusal: "not_found" as const };
    const console = await open({ "merges.list": { items, nextCursor: null }, "merges.get": erased }, drawer);
    expect(console.rows.map((row) => row.Undo)).toEqual(["(neutral) ‹lock› Too late"]);
    expect(console.drawer.filter((line) => /undo|erased/i.test(line))).toEqual([
      "Undo: (neutral) ‹lock› Too late",
      "This merge cannot be undone",
      "Erased person",
    ]);
  });

  it.each(languages)("each have their reason, what they moved, and an undo (%s)", async (language) => {
    const console = await open({}, drawer, { language });
    expect(console.drawer).toMatchSnapshot();
    await console.click(language === "en" ? "Undo merge" : "撤销合并");
    expect(transcript(front())).toMatchSnapshot();
  });

  it("are undone with a reason, and show it", async () => {
    const console = await open({ "merges.undo": { ok: true } }, drawer);
    await console.click("Undo merge");
    await press(console, "Undo merge");
    expect(console.api.inputsOf("merges.undo")).toEqual([]);
    await console.type(within(front()).getByLabelText("Reason"), "no, her sister");
    console.api.answer({ "merges.get": { ...undone, undoRefusal: "already_undone" } });
    await press(console, "Undo merge");
    expect(console.api.inputsOf("merges.undo")).toEqual([{ id: mergeRow.id, reason: "no, her sister" }]);
    expect(notifications()).toEqual([expect.stringContaining("They are two people again.")]);
    expect(console.drawer).toContain("Undone by: the-owner");
    expect(console.body.queryByRole("button", { name: "Undo merge" })).toBeNull();
  });

  it.each([
    ["too_late", "The 30 days in which a merge can be undone are over."],
    ["merged_further", "The kept person was merged into another one since. Undo that merge first."],
  ] as const)("that cannot be undone say why: %s", async (undoRefusal, why) => {
    const console = await open({ "merges.get": { ...merge, undoRefusal, moved: null } }, drawer);
    expect(console.drawer.slice(-2)).toEqual(["This merge cannot be undone", why]);
    expect(console.body.queryByRole("button", { name: "Undo merge" })).toBeNull();
  });

  it("that another operator undid meanwhile say so", async () => {
    const console = await open({ "merges.undo": new Refusal("CONFLICT", 409, "already_undone") }, drawer);
    await console.click("Undo merge");
    await console.type(within(front()).getByLabelText("Reason"), "two");
    await press(console, "Undo merge");
    expect(refusal()).toBe("It is undone already.");
  });

  it("offer a viewer no undo", async () => {
    await open({}, drawer, { role: "viewer" });
    expect(document.body.textContent).not.toContain("Undo merge");
  });
});
