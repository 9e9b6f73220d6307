// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { renderPage } from "../src/pages.js";

// The script of the message pages, loaded as the browser loads it: by its entry, which starts every part.

const link = "https://login.example.com/login/wechat?app=oa&return_to=%2Forders";

beforeEach(() => {
  vi.useFakeTimers();
  happyDom().setURL("https://login.example.com/");
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const happyDom = () => (window as unknown as { happyDOM: { setURL(url: string): void } }).happyDOM;

/** Puts a page with these slots into the document, and runs the script. */
async function open(
  page: Parameters<typeof renderPage>[0],
  slots: { readonly [name: string]: string } = {},
  more = "",
) {
  const html = renderPage(page, "en", { script: "", style: "" }).replace(
    /\{\{(\w+)\}\}/g,
    (_, slot) => (slots[slot] ?? "").replaceAll("&", "&amp;"), // as the server does
  );
  document.head.innerHTML = /<link rel="canonical"[^>]*>/.exec(html)?.[0] ?? "";
  document.body.innerHTML = (/<body[^>]*>([\s\S]*)<\/body>/.exec(html)?.[1] ?? "") + more;
  vi.resetModules();
  await import("../src/main.js");
}

function find<Found extends HTMLElement>(selector: string): Found {
  const found = document.querySelector<Found>(selector);
  if (!found) throw new Error(`the page has no ${selector}`);
  return found;
}

/** @returns whether the browser would follow the link. */
function tap(element: HTMLElement, keys: MouseEventInit = {}): boolean {
  return element.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ...keys }));
}

describe("a copy button", () => {
  const button = () => find("[data-copy-source]");
  /** Lets the browser copy, refuse the clipboard, or refuse everything. */
  function allow({ clipboard, command = false }: { clipboard: boolean; command?: boolean }) {
    const writeText = vi.fn(async (_text: string) => {
      if (!clipboard) throw new Error("not allowed");
    });
    vi.stubGlobal("navigator", { clipboard: { writeText } });
    document.execCommand = vi.fn(() => command);
    return writeText;
  }
  const copied = () => vi.advanceTimersByTimeAsync(0);

  it.each(["the button", "the text itself"])(
    "copies the whole text after a tap on %s, and says so for 2 s",
    async (target) => {
      const writeText = allow({ clipboard: true });
      await open("open-in-wechat", { link });
      expect(button().hidden).toBe(false);
      expect(button().getAttribute("aria-live")).toBe("polite");
      tap(target === "the button" ? button() : find("#link"));
      await copied();
      expect(writeText.mock.calls).toEqual([[link]]);
      expect(button().textContent).toBe("Copied");
      expect(document.execCommand).not.toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(1999);
      expect(button().textContent).toBe("Copied");
      await vi.advanceTimersByTimeAsync(1);
      expect(button().textContent).toBe("Copy link");
    },
  );

  it("counts the 2 s from the last tap", async () => {
    allow({ clipboard: true });
    await open("open-in-wechat", { link });
    tap(button());
    await vi.advanceTimersByTimeAsync(1500);
    tap(button());
    await vi.advanceTimersByTimeAsync(1999);
    expect(button().textContent).toBe("Copied");
    await vi.advanceTimersByTimeAsync(1);
    expect(button().textContent).toBe("Copy link");
  });

  it.each([
    [true, "Copied"],
    [false, "Selected. Now copy it."],
  ])("selects the text where there is no clipboard; the old command (%s) says %s", async (command, label) => {
    allow({ clipboard: false, command });
    await open("open-in-wechat", { link });
    const selection = { selectAllChildren: vi.fn() };
    vi.stubGlobal("getSelection", () => selection);
    tap(button());
    await copied();
    expect(selection.selectAllChildren.mock.calls).toEqual([[find("#link")]]);
    expect(document.execCommand).toHaveBeenCalledWith("copy");
    expect(button().textContent).toBe(label);
  });

  it("stays hidden where there is nothing to copy", async () => {
    allow({ clipboard: true });
    await open("expired", { number: "" });
    expect(button().hidden).toBe(true);
    await open("expired", { number: "01M0" });
    expect(button().hidden).toBe(false);
  });
});

describe("a link that leads to WeChat", () => {
  const main = () => find<HTMLAnchorElement>("a.primary");
  const slow = () => find("[data-slow]");
  const isBusy = () => [main().textContent, main().classList.contains("busy")];
  const idle = ["Sign in with WeChat", false];
  const busy = ["Opening WeChat…", true];
  const start = "/login/wechat?tap=1";

  it("is followed, and shows that after 300 ms, and a link to try again after 8 s", async () => {
    await open("home", { start });
    expect(tap(main())).toBe(true);
    await vi.advanceTimersByTimeAsync(299);
    expect(isBusy()).toEqual(idle);
    await vi.advanceTimersByTimeAsync(1);
    expect(isBusy()).toEqual(busy);
    await vi.advanceTimersByTimeAsync(7699);
    expect(slow().textContent).toBe("");
    await vi.advanceTimersByTimeAsync(1);
    expect(slow().textContent).toBe("Still waiting? Try again");
    const again = find<HTMLAnchorElement>("[data-slow] a");
    expect(again.href).toBe(`https://login.example.com${start}`);

    expect(tap(again)).toBe(true);
    expect([...isBusy(), slow().textContent]).toEqual([...idle, ""]);
    await vi.advanceTimersByTimeAsync(300);
    expect(isBusy()).toEqual(busy);
  });

  it("is followed once when it is tapped twice", async () => {
    await open("home", { start });
    expect([tap(main()), tap(main())]).toEqual([true, false]);
  });

  it.each(["ctrlKey", "metaKey", "shiftKey"])(
    "shows nothing when it opens in another tab (%s)",
    async (key) => {
      await open("home", { start });
      expect([tap(main(), { [key]: true }), tap(main(), { [key]: true })]).toEqual([true, true]);
      await vi.advanceTimersByTimeAsync(9000);
      expect([...isBusy(), slow().textContent]).toEqual([...idle, ""]);
    },
  );

  it("can be followed again when the browser restores the page from its cache", async () => {
    const show = (persisted: boolean) =>
      window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted }));
    await open("home", { start });
    tap(main());
    await vi.advanceTimersByTimeAsync(8000);
    show(false);
    expect(isBusy()).toEqual(busy);
    show(true);
    expect([...isBusy(), slow().textContent]).toEqual([...idle, ""]);
    expect(tap(main())).toBe(true);

    // What the tap had begun to wait for is over.
    await vi.advanceTimersByTimeAsync(200);
    show(true);
    await vi.advanceTimersByTimeAsync(9000);
    expect([...isBusy(), slow().textContent]).toEqual([...idle, ""]);
  });

  it("is an ordinary link on a page whose action stays on this site", async () => {
    await open("not-found", { retry: "/" });
    expect([tap(main()), tap(main())]).toEqual([true, true]);
    await vi.advanceTimersByTimeAsync(9000);
    expect(main().className).toBe("button primary");
  });
});

describe("the language button", () => {
  it("stores the other language for a year and reloads the page", async () => {
    await open("home");
    const reload = vi.spyOn(window.location, "reload").mockImplementation(() => {});
    const written = vi.spyOn(document, "cookie", "set");
    const button = find("[data-language]");
    expect([button.hidden, button.textContent]).toEqual([false, "中文"]);
    tap(button);
    expect(written.mock.calls).toEqual([["wl_language=zh; Path=/; SameSite=Lax; Max-Age=31536000"]]);
    expect(reload).toHaveBeenCalledTimes(1);
  });
});

describe("the address bar", () => {
  it.each([
    [
      "shows a failure page's own address",
      "/login/wechat/callback?code=x&state=y",
      "/login/ended/01M0",
      "/login/ended/01M0",
    ],
    ["keeps an address without a page's own", "/login/wechat?tap=1#part", "", "/login/wechat?tap=1#part"],
    ["loses WeChat's fragment", "/orders?x=1#wechat_redirect", "", "/orders?x=1"],
    ["keeps a fragment that only begins so", "/orders#wechat_redirect_2", "", "/orders#wechat_redirect_2"],
    ["never shows another origin", "/callback?code=x", "https://evil.example/", "/callback?code=x"],
  ])("%s", async (_, from, self, shown) => {
    happyDom().setURL(`https://login.example.com${from}`);
    const replaced = vi.spyOn(history, "replaceState");
    await open(self === "" ? "home" : "expired", { self });
    const want = `https://login.example.com${shown}`;
    expect(replaced.mock.calls).toEqual(from === shown ? [] : [[history.state, "", want]]);
  });
});

describe("images that do not load", () => {
  it("are removed, whether they failed before the script began or after; those that load stay", async () => {
    const complete = vi.spyOn(HTMLImageElement.prototype, "complete", "get");
    const width = vi.spyOn(HTMLImageElement.prototype, "naturalWidth", "get");
    const openPage = () => open("profile", { logo: "/logo" }, '<img src="/second"><img src="/third">');
    const images = () => [...document.querySelectorAll("img")].map((image) => image.getAttribute("src"));
    complete.mockReturnValue(true);
    width.mockReturnValue(0);
    await openPage();
    expect(images()).toEqual([]);

    width.mockReturnValue(28);
    await openPage();
    expect(images()).toEqual(["/logo", "/second", "/third"]);
    document.querySelector("img[src='/second']")?.dispatchEvent(new Event("error"));
    expect(images()).toEqual(["/logo", "/third"]);

    complete.mockReturnValue(false);
    width.mockReturnValue(0);
    await openPage();
    expect(images()).toEqual(["/logo", "/second", "/third"]);
  });
});

describe("the dates of the account page", () => {
  it.each([
    ["en", "January 6, 2026"],
    ["zh-CN", "2026年1月6日"],
  ])("are written in the time zone and the language of the browser (%s)", async (lang, written) => {
    document.documentElement.lang = lang;
    // The time zone of this machine, which a test cannot choose.
    const noon = new Date(2026, 0, 6, 12).toISOString();
    await open(
      "home",
      {},
      `<time datetime="${noon}" data-local-date>5</time><time datetime="${noon}">5</time>`,
    );
    expect([...document.querySelectorAll("time")].map((time) => time.textContent)).toEqual([written, "5"]);
  });
});
