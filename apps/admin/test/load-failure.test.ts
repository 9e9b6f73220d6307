// @vitest-environment happy-dom
import { expect, it, onTestFinished, vi } from "vitest";
import { showLoadFailure } from "../src/load-failure.js";

it.each([
  ["en", "The console could not be loaded", "Reload"],
  ["zh", "控制台未能加载", "重新加载"],
] as const)(
  "a console whose texts did not arrive says so in %s, and can be loaded again",
  (language, title, label) => {
    document.body.innerHTML = '<div id="root"><p>Loading</p></div>';
    const root = document.querySelector("#root") as Element;
    const reload = vi.spyOn(location, "reload").mockImplementation(() => {});
    onTestFinished(() => reload.mockRestore());
    showLoadFailure(root, language);
    expect([root.querySelector("h1")?.textContent, root.querySelectorAll("main").length]).toEqual([title, 1]);
    expect(root.textContent).not.toContain("Loading");
    const button = root.querySelector("button");
    expect(button?.textContent).toBe(label);
    expect(reload).not.toHaveBeenCalled();
    button?.click();
    expect(reload).toHaveBeenCalledOnce();
  },
);
