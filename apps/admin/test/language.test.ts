// @vitest-environment happy-dom
import { expect, it, onTestFinished, vi } from "vitest";
import { initialLanguage, storeLanguage } from "../src/language/language.js";
import * as load from "../src/messages/load.js";
import { consoleTests, openConsole } from "./support/console.js";

consoleTests();

it.each([
  [null, "zh-CN", "zh"],
  [null, "ZH", "zh"],
  [null, "en-US", "en"],
  [null, "fr", "en"],
  ["en", "zh-CN", "en"],
  ["zh", "en-US", "zh"],
  ["de", "en-US", "en"],
  ["", "zh-CN", "zh"],
] as const)(
  "the console of an operator who chose %j in a browser in %s begins in %s",
  (chosen, browser, language) => {
    if (chosen !== null) localStorage.setItem("console-language", chosen);
    onTestFinished(() => localStorage.clear());
    const spy = vi.spyOn(navigator, "language", "get").mockReturnValue(browser);
    onTestFinished(() => spy.mockRestore());
    expect(initialLanguage()).toBe(language);
  },
);

it("a language that was chosen is chosen at the next visit; where none can be kept it is the browser's", () => {
  onTestFinished(() => localStorage.clear());
  storeLanguage("zh");
  expect(initialLanguage()).toBe("zh");
  const refuse = () => {
    throw new DOMException("disabled", "SecurityError");
  };
  vi.stubGlobal("localStorage", { getItem: refuse, setItem: refuse });
  onTestFinished(() => void vi.unstubAllGlobals());
  const spy = vi.spyOn(navigator, "language", "get").mockReturnValue("zh-CN");
  onTestFinished(() => spy.mockRestore());
  storeLanguage("en");
  expect(initialLanguage()).toBe("zh");
});

it("a language whose texts are no longer on the server comes with a new page, and is kept", async () => {
  const reload = vi.spyOn(location, "reload").mockImplementation(() => {});
  const console = await openConsole("/people", {
    answers: { "people.list": { items: [], nextCursor: null } },
  });
  vi.spyOn(load, "loadMessages").mockRejectedValue(
    new TypeError("Failed to fetch dynamically imported module"),
  );
  await console.click("中文");
  expect([reload.mock.calls.length, initialLanguage(), console.page[0]]).toEqual([1, "zh", "# People"]);
});
