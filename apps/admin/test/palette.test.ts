// @vitest-environment happy-dom
import { fireEvent, within } from "@testing-library/dom";
import { describe, expect, it } from "vitest";
import { consoleTests, type OpenedConsole, openConsole, type Role } from "./support/console.js";
import { everyAnswer } from "./support/every-page.js";
import { group, groupList, person } from "./support/seeds.js";
import { type Answers, type Output, Refusal } from "./support/stand-in-api.js";

consoleTests();

const none = { items: [], nextCursor: null };
const missing = new Refusal("NOT_FOUND", 404, "not_found");
const answers: Answers = {
  "people.list": { items: [person()], nextCursor: null },
  "people.get": missing,
  "signIns.list": none,
  "signIns.get": missing,
  "failures.list": none,
  "failures.get": missing,
  "failures.groups": groupList([group()]),
  "search.find": { kind: "people", q: "Lin" },
};

const open = (opening: { role?: Role; language?: "en" | "zh"; answers?: Answers } = {}) =>
  openConsole("/people", { ...opening, answers: { ...answers, ...opening.answers } });

async function openPalette(console: OpenedConsole): Promise<HTMLElement> {
  await console.press("{Control>}k{/Control}");
  return console.dialog.getByRole("combobox");
}

const options = (console: OpenedConsole) =>
  console.dialog.getAllByRole("option").map((option) => option.textContent);

const chosen = (console: OpenedConsole) =>
  console.dialog
    .getAllByRole("option")
    .filter((option) => option.getAttribute("aria-selected") === "true")
    .map((option) => option.textContent);

describe("the command palette", () => {
  it.each(["en", "zh"] as const)(
    "lists the pages and what can be done from any of them (%s)",
    async (language) => {
      const console = await open({ language });
      await openPalette(console);
      expect(console.drawer).toMatchSnapshot();
    },
  );

  it("leaves out for a viewer what only operators open", async () => {
    const console = await open({ role: "viewer" });
    await openPalette(console);
    expect(options(console)).not.toContain("Host applications");
    expect(options(console)).not.toContain("Merge two people");
  });

  it("opens the page that the arrows choose, which the field names to screen readers", async () => {
    const console = await open();
    const field = await openPalette(console);
    expect(document.activeElement).toBe(field);
    await console.type(field, "fail");
    expect(options(console).slice(0, 1)).toEqual(["Failed sign-ins"]);
    await console.type(field, "errors");
    expect([options(console).slice(0, 2), chosen(console)]).toEqual([
      ["Errors", "Raw log of errors"],
      ["Errors"],
    ]);
    await console.press("{ArrowDown}");
    expect(chosen(console)).toEqual(["Raw log of errors"]);
    const active = document.getElementById(field.getAttribute("aria-activedescendant") ?? "");
    expect(active?.textContent).toBe("Raw log of errors");
    await console.press("{Enter}");
    expect(console.address).toBe("/errors?view=log");
    expect(console.has('[role="dialog"]')).toBe(false);
  });

  it("begins at the first again as the text changes, and leaves an input method its Enter", async () => {
    const console = await open();
    const field = await openPalette(console);
    await console.press("{ArrowDown}{ArrowDown}");
    await console.type(field, "errors");
    expect(chosen(console)).toEqual(["Errors"]);
    await console.composeEnter(field, "log");
    expect([console.address, console.has('[role="dialog"]')]).toEqual(["/people", true]);
  });

  it("goes round at both ends of the list", async () => {
    const console = await open();
    await openPalette(console);
    await console.press("{ArrowUp}");
    expect(chosen(console)).toEqual(["Sign out"]);
    await console.press("{ArrowDown}");
    expect(chosen(console)).toEqual(["Overview"]);
  });

  it("finds each page and each act by English words in Chinese, too", async () => {
    const console = await open({ language: "zh", role: "owner" });
    const field = await openPalette(console);
    const found: Record<string, unknown[]> = {};
    const words = ["audit", "errors log", "sign-ins failed", "second factor", "passkey", "totp"];
    const others = ["people blocked", "people merge", "language", "theme", "zone", "shortcuts", "sign-out"];
    for (const text of [...words, ...others]) {
      await console.type(field, text);
      found[text] = options(console).slice(0, -1);
    }
    expect(found).toEqual({
      audit: ["审计日志"],
      "errors log": ["错误的原始日志"],
      "sign-ins failed": ["失败的登录"],
      "second factor": ["两步验证与通行密钥"],
      passkey: ["两步验证与通行密钥"],
      totp: ["两步验证与通行密钥"],
      "people blocked": ["已封禁的用户"],
      "people merge": ["合并两个用户"],
      language: ["切换到英文（English）"],
      theme: ["主题：浅色"],
      zone: ["时间按 UTC 显示"],
      shortcuts: ["键盘快捷键"],
      "sign-out": ["退出登录"],
    });
  });

  it("names every one of its options to screen readers, each by an id of its own", async () => {
    const console = await open({ role: "owner" });
    const field = await openPalette(console);
    const named = [];
    for (const _ of options(console)) {
      named.push(document.getElementById(field.getAttribute("aria-activedescendant") ?? "")?.textContent);
      await console.press("{ArrowDown}");
    }
    expect(named).toEqual(options(console));
  });

  const hits: [Output<"search.find">, string, string][] = [
    [{ kind: "sign_in", id: "01KS" }, "Sign-in 01KS", "/sign-ins/01KS"],
    [{ kind: "person", userId: "01KP" }, "Person 01KP", "/people?open=01KP"],
    [{ kind: "failure", id: "01KF" }, "Failed call 01KF", "/errors?view=log&range=all&open=01KF"],
    [{ kind: "errcode", errcode: "40029" }, "Errors with errcode 40029", "/errors?range=all&errcode=40029"],
    [{ kind: "people", q: "zzz" }, "People named “zzz”", "/people?q=zzz"],
    [{ kind: "failures", q: "zzz" }, "Failed calls with rid zzz", "/errors?view=log&range=all&q=zzz"],
    [{ kind: "sign_ins", q: "zzz" }, "Sign-ins of zzz", "/sign-ins?range=all&q=zzz"],
  ];
  it.each(hits)("opens what the typed text is found to mean: $kind", async (hit, label, address) => {
    const console = await open({ answers: { "search.find": hit } });
    await console.type(await openPalette(console), " zzz ");
    await console.wait(300);
    expect(options(console)).toEqual([label]);
    await console.press("{Enter}");
    expect(console.address).toBe(address);
    expect(console.api.inputsOf("search.find")).toEqual([{ text: "zzz" }]);
  });

  it("opens the request of a number that an error page shows", async () => {
    const hit = { kind: "request", number: "01KR-C", id: "01KR", at: new Date(), page: "invalid-callback" };
    const console = await open({ answers: { "search.find": hit as Output<"search.find"> } });
    await console.type(await openPalette(console), "01kr-c");
    await console.wait(300);
    expect(options(console)).toEqual(["Request 01KR-C"]);
    await console.press("{Enter}");
    expect(console.address).toBe("/requests/01KR-C");
  });

  it("offers each of several meanings, and opens the one that is chosen", async () => {
    const choices: Extract<Output<"search.find">, { kind: "several" }>["choices"] = [
      { kind: "person", userId: "01KP", nickname: "Lin" },
      { kind: "person", userId: "01KQ", nickname: "Lin" },
      { kind: "sign_in", id: "01KS", at: "2026-03-01T08:00:00.000Z", outcome: null, appKey: null },
      { kind: "sign_in", id: "01KT", at: "2026-03-01T09:00:00.000Z", outcome: null, appKey: null },
      { kind: "errcode", errcode: "40029", name: "code_invalid", meaning: { zh: "无效", en: "Invalid" } },
      { kind: "errcode", errcode: "40163", name: "code_used", meaning: { zh: "已用", en: "Used" } },
    ];
    const console = await open({ answers: { "search.find": { kind: "several", q: "zzz", choices } } });
    const addresses = [
      ...["/people?open=01KP", "/people?open=01KQ", "/sign-ins/01KS", "/sign-ins/01KT"],
      ...["/errors?range=all&errcode=40029", "/errors?range=all&errcode=40163"],
    ];
    for (const [place, address] of addresses.entries()) {
      const field = await openPalette(console);
      await console.type(field, "zzz");
      await console.wait(300);
      expect(options(console)).toEqual([
        ...["Person Lin", "Person Lin", "Sign-in 01KS", "Sign-in 01KT"],
        ...["Errors with errcode 40029", "Errors with errcode 40163"],
      ]);
      expect(new Set(console.dialog.getAllByRole("option").map(({ id }) => id)).size).toBe(6);
      for (let step = 0; step < place; step++) await console.press("{ArrowDown}");
      await console.press("{Enter}");
      expect(console.address).toBe(address);
    }
  });

  it("asks nothing while typing goes on, and leads to the search page before the answer is there", async () => {
    const console = await open();
    const field = await openPalette(console);
    await console.type(field, "zz");
    await console.wait(200);
    await console.type(field, "zzz");
    await console.wait(200);
    expect(console.api.inputsOf("search.find")).toEqual([]);
    expect(options(console)).toEqual(["Search for “zzz”"]);
  });

  it("asks once, and leads to the search page where no answer comes", async () => {
    const console = await open({ answers: { "search.find": new Refusal("INTERNAL_SERVER_ERROR", 500) } });
    await console.type(await openPalette(console), "zzz");
    await console.wait(300);
    expect(options(console)).toEqual(["Search for “zzz”"]);
    expect(console.has('[role="dialog"] .mantine-Loader-root')).toBe(false);
    await console.wait(5_000);
    expect(console.api.inputsOf("search.find")).toEqual([{ text: "zzz" }]);
    await console.press("{Enter}");
    expect(console.address).toBe("/search?q=zzz");
  });

  it("asks nothing for an empty field or blanks", async () => {
    const console = await open();
    const field = await openPalette(console);
    await console.wait(300);
    await console.type(field, "  ");
    await console.wait(300);
    expect(console.api.inputsOf("search.find")).toEqual([]);
  });

  it("offers no more what the text meant before it was changed", async () => {
    const console = await open({ answers: { "search.find": { kind: "person", userId: "01KP" } } });
    const field = await openPalette(console);
    await console.type(field, "zzz");
    await console.wait(300);
    expect(options(console)).toEqual(["Person 01KP"]);
    await console.type(field, "zzzz");
    expect(options(console)).toEqual(["Search for “zzzz”"]);
  });

  it("runs each of its commands, also by a click", async () => {
    const console = await open({
      role: "owner",
      answers: { ...everyAnswer, "operator.signOut": { ok: true } },
    });
    await openPalette(console);
    const names = options(console);
    const ran: Record<string, string> = {};
    for (const [place, name] of names.entries()) {
      if (!console.has('[role="listbox"]')) await openPalette(console);
      await console.click(console.dialog.getAllByRole("option")[place] as Element);
      const [language, theme, zone] = ["language", "theme", "time-zone"].map((key) =>
        localStorage.getItem(`console-${key}`),
      );
      const dialog =
        console.has('[role="dialog"]') && document.querySelector('[role="dialog"] h2')?.textContent;
      ran[String(name)] = [console.address, language, theme, zone, dialog].filter(Boolean).join(", ");
      // As it was, so that the next command has its place and its words.
      await console.press("{Escape}");
      if (language === "zh") await console.click("English");
      localStorage.removeItem("console-time-zone");
      await console.open("/nowhere");
    }
    expect(ran).toMatchSnapshot();
  });

  it("is pointed at with the mouse, and leaves the focus in its field", async () => {
    const console = await open();
    const field = await openPalette(console);
    const third = console.dialog.getAllByRole("option")[2] as Element;
    fireEvent.mouseMove(third);
    await console.settle();
    expect(chosen(console)).toEqual([third.textContent]);
    expect(fireEvent.mouseDown(third)).toBe(false);
    expect(document.activeElement).toBe(field);
  });

  it("shows that it searches while the text settles and until the answer is there", async () => {
    const console = await open();
    const isSearching = () => console.has('[role="dialog"] .mantine-Loader-root');
    const seen = [isSearching()];
    await console.type(await openPalette(console), "zzz");
    seen.push(isSearching());
    console.api.hold();
    await console.wait(300);
    seen.push(isSearching());
    console.api.release();
    await console.settle();
    expect([...seen, isSearching()]).toEqual([false, true, true, false]);
  });

  it("changes language and theme, and shows the shortcuts in its place", async () => {
    const console = await open();
    await console.type(await openPalette(console), "theme");
    await console.press("{Enter}");
    expect(localStorage.getItem("console-theme")).toBe("light");
    await console.type(await openPalette(console), "language");
    await console.press("{Enter}");
    expect(console.page[0]).toBe("# 用户");
    await console.type(await openPalette(console), "language");
    await console.press("{Enter}");
    expect([console.page[0], localStorage.getItem("console-language")]).toEqual(["# People", "en"]);
    await console.click("中文");
    await console.type(await openPalette(console), "快捷键");
    await console.press("{Enter}");
    expect(console.drawer[0]).toContain("键盘快捷键");
  });

  it("closes at Escape, and a drawer beside the list stays open", async () => {
    const console = await open();
    await console.open("/people?open=01KALICE000000000000000001");
    await openPalette(console);
    expect(document.querySelectorAll('[role="dialog"]')).toHaveLength(2);
    await console.press("{Escape}");
    expect(document.querySelectorAll('[role="dialog"]')).toHaveLength(1);
    expect(console.address).toBe("/people?open=01KALICE000000000000000001");
  });
});

describe("the keys of the console", () => {
  it.each(["en", "zh"] as const)("are listed at ? (%s)", async (language) => {
    const console = await open({ language });
    await console.press("?");
    expect(console.drawer).toMatchSnapshot();
    await console.press("{Escape}");
    expect(console.has('[role="dialog"]')).toBe(false);
  });

  it("do nothing while the operator types, for the browser's own combinations and over a dialog", async () => {
    const console = await open();
    const field = within(document.querySelector("main") as HTMLElement).getAllByRole(
      "textbox",
    )[0] as HTMLElement;
    await console.type(field, "x");
    for (const keys of ["?", "/", "{Control>}k{/Control}"]) await console.press(keys);
    expect([document.activeElement, console.has('[role="dialog"]')]).toEqual([field, false]);
    field.blur();
    for (const keys of ["{Control>}?{/Control}", "{Alt>}?{/Alt}", "{Meta>}/{/Meta}"])
      await console.press(keys);
    expect([document.activeElement, console.has('[role="dialog"]')]).toEqual([document.body, false]);
    await console.press("?");
    await console.press("{Control>}k{/Control}");
    expect(console.drawer[0]).toContain("Keyboard shortcuts");
  });
});
