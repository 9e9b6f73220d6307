// @vitest-environment happy-dom
import { fireEvent } from "@testing-library/dom";
import { describe, expect, it, vi } from "vitest";
import { consoleTests, notificationTexts, type OpenedConsole, openConsole } from "./support/console.js";
import { everyAnswer } from "./support/every-page.js";
import { all, textOf } from "./support/markup-rules.js";
import { group, groupList, MAIN, person } from "./support/seeds.js";
import type { Answers, Output } from "./support/stand-in-api.js";

// Where menus and drawers stand, what closes them, and where the focus and the history are then.

consoleTests();

const names = ["Ann", "Ben", "Cat"];
const three = names.map((nickname) =>
  person({ userId: `01K${nickname}`, profile: { nickname, avatarUrl: null } }),
);
const open = (path: string, { answers, width }: { answers?: Answers; width?: number } = {}) =>
  openConsole(path, {
    ...{ role: "owner", answers: { ...everyAnswer, ...answers } },
    ...(width && { width }),
  });
const people = { "people.list": { items: three, nextCursor: null } } as Answers;
const focused = () => textOf(document.activeElement as Element);
const account = ".mantine-Popover-dropdown";

describe("the menu of a phone", () => {
  it.each(["en", "zh"] as const)("has every page and the switches, at the left (%s)", async (language) => {
    const console = await openConsole("/people", {
      width: 400,
      language,
      role: "owner",
      answers: everyAnswer,
    });
    await console.click(document.querySelector("header button") as Element);
    expect(console.drawer).toMatchSnapshot();
    const root = document.querySelector('[role="dialog"]')?.closest<HTMLElement>(".mantine-Drawer-root");
    const layout = ["--drawer-size", "--drawer-justify"].map((name) => root?.style.getPropertyValue(name));
    // One at the right has "flex-end".
    expect(layout).toEqual(["calc(17.5rem * var(--mantine-scale))", ""]);
  });
});

describe("the account menu", () => {
  it("closes when a dialog or a page is opened from it, and at Escape, which brings the focus back", async () => {
    const console = await open("/people");
    const button = console.button("Account of the-owner");
    const openMenu = () => console.click(button);
    await openMenu();
    await console.click("Change password");
    expect([console.has(account), console.drawer[0]]).toEqual([false, "## Change password"]);
    await console.click("Cancel");
    await openMenu();
    await console.click(console.link("Second factor and passkeys"));
    expect([console.has(account), console.address]).toEqual([false, "/security"]);
    await openMenu();
    fireEvent.keyDown(document.querySelector(account) as Element, { key: "Escape" });
    await console.wait(50);
    expect([console.has(account), document.activeElement]).toEqual([false, button]);
  });
});

describe("the switch of the theme", () => {
  it("has the icon of the theme that is on", async () => {
    const console = await open("/people");
    const icons = [];
    for (let turn = 0; turn < 3; turn++) {
      const button = console.body.getByRole("button", { name: /^Theme/ });
      icons.push(/tabler-icon-([a-z-]+)/.exec(button.innerHTML)?.[1]);
      await console.click(button);
    }
    expect(icons).toEqual(["device-desktop", "sun", "moon"]);
  });
});

describe("a page that has a mistake", () => {
  it("is loaded again by its button", async () => {
    vi.spyOn(globalThis.console, "warn").mockImplementation(() => {});
    vi.spyOn(globalThis.console, "error").mockImplementation(() => {});
    const reload = vi.spyOn(location, "reload").mockImplementation(() => {});
    const broken = { items: [null], nextCursor: null } as unknown as Output<"people.list">;
    const console = await open("/people", { answers: { "people.list": broken } });
    await console.click("Reload");
    expect(reload).toHaveBeenCalledOnce();
  });
});

describe("a drawer beside the list", () => {
  it("gives the focus back to its row, unless it is elsewhere by then", async () => {
    const console = await open("/people", { answers: people });
    await console.click(console.link("Ben"));
    await console.press("{Enter}");
    expect(focused()).toBe("Person");
    await console.press("{Escape}");
    expect([console.has('[role="dialog"]'), focused()]).toEqual([false, "Ben"]);
    await console.click(console.link("Ben"));
    const field = console.main.getByLabelText("Search people") as HTMLElement;
    await console.type(field, "x");
    await console.press("{Escape}");
    expect([console.has('[role="dialog"]'), document.activeElement]).toEqual([false, field]);
  });

  it("is not closed by the Escape that ends an input method's text", async () => {
    const console = await open("/people", { answers: people });
    await console.click(console.link("Ben"));
    fireEvent.keyDown(document.body, { key: "Escape", isComposing: true });
    await console.settle();
    expect(console.has('[role="dialog"]')).toBe(true);
  });
});

describe("a drawer over the page", () => {
  it("starts at its title, and Escape closes a question in front of it first", async () => {
    const console = await open(`/people?open=${three[0]?.userId}`, { width: 1000 });
    const drawers = () =>
      all('[role="dialog"]').map((dialog) => textOf(dialog.querySelector("h2") as Element));
    expect(all("[data-autofocus]").map(textOf)).toEqual(["Person"]);
    await console.click("Block");
    expect(drawers()).toEqual(["Person", "Block this person?"]);
    await console.press("{Escape}");
    expect(drawers()).toEqual(["Person"]);
    await console.press("{Escape}");
    expect([drawers(), console.address]).toEqual([[], "/people"]);
  });
});

describe("the keys that walk the rows", () => {
  it.each(["select", "textarea", "[contenteditable]"])("are letters within %s", async (element) => {
    const console = await open("/people", { answers: people });
    const field = document.createElement(element.replace(/\W/g, "").replace("contenteditable", "div"));
    if (element.startsWith("[")) field.setAttribute("contenteditable", "");
    field.tabIndex = 0;
    document.body.append(field);
    field.focus();
    fireEvent.keyDown(field, { key: "j" });
    fireEvent.keyDown(field, { key: "?" });
    await console.settle();
    expect([document.activeElement, console.has('[role="dialog"]')]).toEqual([field, false]);
  });
});

const errors = ["40001", "40002"].map((errcode) => group({ errcode }));

describe("the history", () => {
  it("has one step for all groups of errors that were opened one after another", async () => {
    const console = await open("/errors", { answers: { "failures.groups": groupList(errors) } });
    await console.click(console.link(/^40001/));
    await console.press("j");
    expect(new URLSearchParams(location.search).get("group")).toBe(`${MAIN}~sns/oauth2/access_token~40002`);
    await console.back();
    expect(console.address).toBe("/errors");
  });

  it("keeps the page from which a row leads to another one, also with a row open", async () => {
    const path = "/errors?view=people&open=01KFAILURE0000000000000001";
    const console = await open(path);
    await console.click(all("main a[data-row-link]")[0] as Element);
    expect(console.address).toMatch(/^\/people\?open=/);
    await console.back();
    expect(console.address).toBe(path);
  });

  it.each([
    ["/people", /^Alice$/, 500],
    ["/sign-ins", /^Signed in$/, 0],
    ["/conflicts", /^Alice L/, 0],
    ["/errors", /^40029/, 500],
    ["/tokens", /^Alice$/, 500],
    ["/operators", /^nina$/, 500],
    ["/audit?range=all", /^Blocked a person$/, 500],
  ])("of %s opens a drawer where the list stands, and a page at its top", async (path, name, top) => {
    const console = await open(path);
    window.scrollTo(0, 500);
    await console.click(console.main.getAllByRole("link", { name })[0] as Element);
    expect([console.address === path, window.scrollY]).toEqual([false, top]);
    expect(console.router.state.location.state.trail).toBeUndefined();
  });
});

describe("a row that leads to a page of its own", () => {
  it.each([
    ["/sign-ins?range=all", "signIns.list", /^Signed in$/],
    ["/conflicts", "conflicts.list", /^Alice L/],
  ] as const)("takes nothing of the pages of %s along", async (path, procedure, name) => {
    const answer = everyAnswer[procedure];
    const page = typeof answer === "function" ? await (answer as (input: object) => unknown)({}) : answer;
    const console = await open(path, {
      answers: { [procedure]: { ...(page as object), nextCursor: "c2" } } as Answers,
    });
    await console.click("Next");
    await console.click(console.main.getAllByRole("link", { name })[0] as Element);
    expect(console.router.state.location.state.trail).toBeUndefined();
  });
});

describe("a message with an undo", () => {
  it("stays for fifteen seconds, others for four", async () => {
    const console = await open("/errors", {
      answers: { "failures.resolve": { stateAt: "2026-03-01T12:00:00.000Z" } },
    });
    const said = async (wait: number) => {
      await console.wait(wait);
      return notificationTexts().length;
    };
    await console.open(`/errors?group=${MAIN}~sns/oauth2/access_token~40029`);
    await console.click("Resolve");
    expect([await said(14_500), await said(1000)]).toEqual([1, 0]);
  });
});

describe("the search box", () => {
  it("shows that it waits, asks anew each time, and lets the focus go once a page opens", async () => {
    const console = await open("/overview", { answers: { "search.find": { kind: "people", q: "x" } } });
    const box = console.body.getByRole("searchbox");
    const isWaiting = () => console.has("header form .mantine-Loader-root");
    for (const n of [1, 2]) {
      await console.type(box, "x");
      console.api.hold();
      await console.press("{Enter}");
      expect(isWaiting()).toBe(true);
      console.api.release();
      await console.settle();
      expect([
        isWaiting(),
        document.activeElement === box,
        console.api.inputsOf("search.find").length,
      ]).toEqual([...[false, false, n]]);
    }
  });
});

describe("the question which other person is meant", () => {
  it("cleans what was pasted, and takes the place of the one before it in the history", async () => {
    const console: OpenedConsole = await open("/people");
    await console.open("/people/merge?user=01KALICE000000000000000001");
    for (const text of [" \u200Bann ", "ben"]) {
      await console.type(console.main.getByRole("textbox"), text);
      await console.click(console.main.getByRole("button", { name: "Search" }));
    }
    expect(console.address).toBe("/people/merge?user=01KALICE000000000000000001&q=ben");
    await console.type(console.main.getByRole("textbox"), " \u200Bann ");
    await console.click(console.main.getByRole("button", { name: "Search" }));
    expect((console.main.getByRole("textbox") as HTMLInputElement).value).toBe("ann");
    await console.back();
    expect(console.address).toBe("/people");
  });
});
