// @vitest-environment happy-dom
import { fireEvent } from "@testing-library/dom";
import { describe, expect, it } from "vitest";
import { consoleTests, openConsole } from "./support/console.js";
import { appToken, groupList, MAIN, person, personDetail } from "./support/seeds.js";
import { Refusal } from "./support/stand-in-api.js";

// What opens beside a list or over it: its way in and out, the keys, and what it says instead of a row.

consoleTests();

describe("a drawer", () => {
  const openThree = (path: string) =>
    openConsole(path, {
      answers: {
        "people.list": {
          items: ["Ann", "Ben", "Cat"].map((nickname) =>
            person({ userId: `01K${nickname}`, profile: { nickname, avatarUrl: null } }),
          ),
          nextCursor: null,
        },
        "people.get": personDetail(),
      },
    });

  it.each([
    ["/people?q=Alice&cursor=c2&open=01KALICE000000000000000001", "/people?q=Alice&cursor=c2"],
    ["/errors?view=log&errcode=40029&open=01KFAILURE0000000000000001", "/errors?view=log&errcode=40029"],
    [`/errors?range=30d&group=${MAIN}~sns/auth~40003`, "/errors?range=30d"],
    ["/tokens?state=dead&open=01KBINDING0000000000000001", "/tokens?state=dead"],
    [`/tokens?state=dead&app=${MAIN}`, "/tokens?state=dead"],
  ])("closes and leaves the rest of the address: %s", async (path, closed) => {
    const missing = new Refusal("NOT_FOUND", 404, "not_found");
    const console = await openConsole(path, {
      answers: {
        "people.list": { items: [person()], nextCursor: null },
        "people.get": missing,
        "failures.list": { items: [], nextCursor: null },
        "failures.groups": groupList([]),
        "failures.get": missing,
        "tokens.listApps": { items: [appToken({ kind: "website", accessToken: null })] },
        "tokens.listUsers": { items: [], nextCursor: null },
        "tokens.getUser": missing,
      },
    });
    expect(console.has('[role="dialog"]')).toBe(true);
    await console.click("Close");
    expect(console.address).toBe(closed);
    expect(console.has('[role="dialog"]')).toBe(false);
  });

  it("opens from a row on any page of the list, which stays behind it", async () => {
    const console = await openConsole("/people", {
      answers: {
        "people.list": ({ cursor }) => ({
          items: [person()],
          nextCursor: cursor === undefined ? "c2" : null,
        }),
        "people.get": personDetail(),
      },
    });
    await console.click("Next");
    await console.click(console.link("Alice"));
    expect(console.address).toBe("/people?cursor=c2&open=01KALICE000000000000000001");
    await console.click("Close");
    expect(console.address).toBe("/people?cursor=c2");
    await console.click("Previous");
    expect(console.address).toBe("/people");
  });

  it("stands beside the list on a wide screen, which J, K and the arrows walk while Enter goes on to it", async () => {
    const console = await openThree("/people");
    const opened = () => [console.address, document.activeElement?.textContent];
    await console.press("{ArrowDown}");
    expect(opened()[0]).toBe("/people");
    await console.press("j");
    expect(opened()).toEqual(["/people", "Ann"]);
    await console.click(console.link("Ann"));
    await console.press("k");
    expect(opened()).toEqual(["/people?open=01KAnn", "Ann"]);
    await console.press("{ArrowDown}");
    expect(opened()).toEqual(["/people?open=01KBen", "Ben"]);
    await console.press("jj");
    expect(opened()).toEqual(["/people?open=01KCat", "Cat"]);
    await console.press("{ArrowUp}");
    expect(opened()).toEqual(["/people?open=01KBen", "Ben"]);
    expect(console.has('[aria-modal="true"]')).toBe(false);
    // What is typed is text, and a dialog in front has the keyboard.
    await console.type(console.main.getByLabelText("Search people"), "jk");
    await console.press("j");
    expect(opened()[0]).toBe("/people?open=01KBen");
    await console.click("Block");
    await console.press("k");
    expect(opened()[0]).toBe("/people?open=01KBen");
    await console.click("Cancel");
    (console.link("Ben") as HTMLElement).focus();
    await console.press("{Enter}");
    expect(opened()).toEqual(["/people?open=01KBen", "Person"]);
    await console.press("{Escape}");
    expect([console.address, console.has('[role="dialog"]')]).toEqual(["/people", false]);
  });

  it("is walked from the row with the focus, or from the open one if no row has it", async () => {
    const console = await openThree("/people?open=01KBen");
    expect(document.activeElement).toBe(document.body);
    await console.press("j");
    expect(console.address).toBe("/people?open=01KCat");
    (console.link("Ann") as HTMLElement).focus();
    await console.press("j");
    expect([console.address, document.activeElement?.textContent]).toEqual(["/people?open=01KBen", "Ben"]);
  });

  it("opens another row with Enter, and goes on to it with Enter on the row that is open", async () => {
    const console = await openThree("/people?open=01KBen");
    const row = console.link("Ann") as HTMLElement;
    row.focus();
    await console.press("{Enter}");
    expect([console.address, document.activeElement]).toEqual(["/people?open=01KAnn", row]);
    // Prevented, so that the browser does not follow the link once more.
    expect(fireEvent.keyDown(row, { key: "Enter" })).toBe(false);
    expect([console.address, document.activeElement?.textContent]).toEqual(["/people?open=01KAnn", "Person"]);
  });

  it("leaves Enter alone while no row has the focus, also if the open row is not on this page", async () => {
    const console = await openThree("/people?open=01KZed");
    expect(console.has("[data-beside] [tabindex]")).toBe(true);
    expect(fireEvent.keyDown(document.body, { key: "Enter" })).toBe(true);
    expect([console.address, document.activeElement]).toEqual(["/people?open=01KZed", document.body]);
  });

  it("closes with Back, however many rows were opened in it one after another", async () => {
    const console = await openThree("/people");
    await console.click(console.link("Ann"));
    await console.press("j");
    await console.click(console.link("Cat"));
    expect(console.address).toBe("/people?open=01KCat");
    await console.back();
    expect(console.address).toBe("/people");
  });

  it.each([
    [
      new Refusal("NOT_FOUND", 404, "not_found"),
      [
        "‹zoom-exclamation›",
        "Not found",
        "It does not exist, or it was deleted. Sign-ins and failed calls are deleted after their retention period.",
      ],
    ],
    [
      new Refusal("FORBIDDEN", 403, "role_too_low"),
      ["‹lock›", "Not allowed", "Your role does not allow this. An owner can change your role."],
    ],
    [
      new Refusal("BAD_REQUEST", 400),
      [
        "‹link-off›",
        "This address does not work",
        "Part of it is missing or was changed. Open the page from the menu.",
      ],
    ],
  ])("says why there is nothing to show, without a retry that cannot help: %s", async (refusal, lines) => {
    const console = await openConsole("/people?open=01KALICE000000000000000001", {
      answers: { "people.list": { items: [], nextCursor: null }, "people.get": refusal },
    });
    await console.wait(5000);
    const [icon, ...texts] = lines;
    expect(console.drawer).toEqual(["## Person", "[Close]", `(neutral) ${icon}`, ...texts]);
    expect(console.api.inputsOf("people.get")).toHaveLength(1);
  });
});
