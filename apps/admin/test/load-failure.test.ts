// @vitest-environment happy-dom
import { expect, it, onTestFinished, vi } from "vitest";
import { showLoadFailure } from "../src/load-failure.js";

it.each([
  [
    "en",
    "<h1>The console could not be loaded</h1><p>A part of it did not arrive. Check the connection, then reload the page.</p><button>Reload</button>",
  ],
  [
    "zh",
    "<h1>控制台未能加载</h1><p>有一部分内容没有收到。请检查网络连接，然后重新加载页面。</p><button>重新加载</button>",
  ],
] as const)(
  "a console whose texts did not arrive says so in %s, and can be loaded again",
  (language, page) => {
    document.body.innerHTML = '<div id="root"><p>Loading</p></div>';
    const root = document.querySelector("#root") as Element;
    const reload = vi.spyOn(location, "reload").mockImplementation(() => {});
    onTestFinished(() => reload.mockRestore());
    showLoadFailure(root, language);
    expect(root.innerHTML).toBe(`<main class="load-failure">${page}</main>`);
    const button = root.querySelector("button");
    expect(reload).not.toHaveBeenCalled();
    button?.click();
    expect(reload).toHaveBeenCalledOnce();
  },
);
