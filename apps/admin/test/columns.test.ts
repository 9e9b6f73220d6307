// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { consoleTests, type OpenedConsole, openConsole } from "./support/console.js";
import { everyAnswer } from "./support/every-page.js";
import { loggedFailure, person, signInRow, userToken } from "./support/seeds.js";
import type { Answers } from "./support/stand-in-api.js";

consoleTests();

const page = (row: object) => ({ items: [row], nextCursor: null });
const answers = {
  ...everyAnswer,
  "people.list": page(person()),
  "tokens.listApps": { items: [] },
  "tokens.listUsers": page(userToken()),
  "failures.list": page(loggedFailure()),
  "signIns.list": page(signInRow()),
} as Answers;
const open = (path: string, width?: number) => openConsole(path, { answers, ...(width && { width }) });

/** The list is the last table: a chart has one too, for screen readers. */
const heads = ({ main }: OpenedConsole) =>
  [...(main.getAllByRole("table").at(-1)?.querySelectorAll("th") ?? [])].filter((head) => head.textContent);
const columnsOf = (console: OpenedConsole) => heads(console).map(({ textContent }) => textContent);
async function choices(console: OpenedConsole): Promise<Record<string, boolean>> {
  if (console.body.queryByRole("menu") === null) await console.click("Columns");
  const items = console.body.getAllByRole("menuitemcheckbox");
  return Object.fromEntries(
    items.map((item) => [item.textContent, item.getAttribute("aria-checked") === "true"]),
  );
}
async function toggle(console: OpenedConsole, column: string): Promise<void> {
  await choices(console);
  await console.click(console.body.getByRole("menuitemcheckbox", { name: column }));
}
/** The operator comes back: another page with the same storage. */
async function openAgain(console: OpenedConsole, path: string, width?: number): Promise<OpenedConsole> {
  const kept = { ...localStorage };
  await console.close();
  for (const [key, value] of Object.entries(kept)) localStorage.setItem(key, String(value));
  return open(path, width);
}

describe("the columns of a list", () => {
  it.each([
    ["/people", "Apps"],
    ["/sign-ins", "Person"],
    ["/errors?view=log", "App"],
    ["/tokens", "openid"],
    ["/audit", "Who"],
  ])("of %s are hidden and shown by their names, all but the first, and stay so", async (path, name) => {
    const first = await open(path);
    const usual = columnsOf(first);
    expect(Object.keys(await choices(first))).toEqual(usual.slice(1));
    await toggle(first, name);
    expect(columnsOf(first)).toEqual(usual.filter((header) => header !== name));
    expect(await choices(first)).toMatchObject({ [name]: false });
    expect(first.address, "a link does not carry it").toBe(path);

    const second = await openAgain(first, path);
    expect(columnsOf(second)).toEqual(usual.filter((header) => header !== name));
    await toggle(second, name);
    expect(columnsOf(second)).toEqual(usual);
  });

  it("are chosen for each list by itself, and all are shown again at once", async () => {
    const people = await open("/people");
    const usual = columnsOf(people);
    for (const name of ["openid", "unionid"]) await toggle(people, name);
    expect(columnsOf(people)).toEqual(usual.filter((name) => name !== "openid" && name !== "unionid"));
    const tokens = await openAgain(people, "/tokens");
    expect(columnsOf(tokens)).toContain("openid");
    const again = await openAgain(tokens, "/people");
    await choices(again);
    await again.click(again.body.getByRole("menuitem", { name: "Show the usual columns" }));
    expect(columnsOf(again)).toEqual(usual);
    expect(again.body.getByRole("menuitem", { name: "Show the usual columns" })).toHaveProperty(
      "disabled",
      true,
    );
  });

  it("are chosen one after the other in a menu that stays open", async () => {
    const console = await open("/people");
    await console.click("Columns");
    for (const name of ["openid", "unionid"]) {
      await console.click(console.body.getByRole("menuitemcheckbox", { name }));
      expect(console.button("Columns").getAttribute("aria-expanded")).toBe("true");
    }
    expect(await choices(console)).toMatchObject({ openid: false, unionid: false });
    await console.click(console.body.getByRole("menuitem", { name: "Show the usual columns" }));
    const button = console.button("Columns");
    expect([button.title, button.getAttribute("aria-expanded")]).toEqual(["Columns", "true"]);
    const other = await openAgain(console, "/audit");
    expect(Object.values(await choices(other))).not.toContain(false);
  });

  it("are chosen with the keyboard, and the focus is at the button again", async () => {
    const console = await open("/people");
    console.button("Columns").focus();
    await console.press("{Enter}");
    await console.press("{ArrowDown}");
    const item = document.activeElement as HTMLElement;
    expect(item.getAttribute("role")).toBe("menuitemcheckbox");
    await console.press("{Enter}");
    expect(columnsOf(console)).not.toContain(item.textContent);
    await console.press("{Escape}");
    await console.wait(500);
    expect(document.activeElement).toBe(console.button("Columns"));
  });

  it("that are only for wide lists are shown at any width once they were chosen", async () => {
    const console = await open("/people");
    const isForWide = () =>
      Object.fromEntries(heads(console).map((head) => [head.textContent, head.dataset.wide === "true"]));
    const style = document.createElement("style");
    style.textContent = "th[data-wide] { display: none }";
    document.head.append(style);
    expect(await choices(console)).toMatchObject({ openid: false, unionid: false, Apps: true });
    await toggle(console, "openid");
    expect(isForWide()).toMatchObject({ openid: false, unionid: true });
    style.remove();
  });

  it("are not chosen on a phone, where the list is what it was", async () => {
    const usual = await open("/people", 400);
    const shown = usual.page;
    const wide = await openAgain(usual, "/people");
    for (const name of ["Apps", "Last sign-in"]) await toggle(wide, name);
    const phone = await openAgain(wide, "/people", 400);
    expect(phone.page).toEqual(shown);
    expect(phone.body.queryByRole("button", { name: "Columns" })).toBeNull();
  });

  it("are the usual ones if what the browser has stored cannot be read", async () => {
    for (const text of ["{", "7", '{"openid":"no"}']) {
      localStorage.setItem("console-columns-people", text);
      const console = await open("/people");
      expect(columnsOf(console), text).toContain("openid");
      await console.close();
    }
  });
});
