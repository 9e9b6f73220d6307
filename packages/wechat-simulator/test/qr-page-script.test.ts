import { createContext, runInContext } from "node:vm";
import { beforeEach, describe, expect, it } from "vitest";
import { PAGE_SCRIPT } from "../src/qr/page-script.js";

const UUID = "theUuid";

/** The parts of a browser that the QR page's script needs. The test answers polls and runs timers. */
function openPage(attributes: Record<string, string> = {}) {
  const all: Record<string, string> = {
    "data-uuid": UUID,
    "data-callback": `http://app/cb?code=${UUID}&state=s1#/x`,
    "data-refused": "",
    "data-self-redirect": "false",
    ...attributes,
  };
  const texts = ["408", "404", "403", "402"].map((status) => ({
    hidden: status !== "408",
    status,
    getAttribute: () => status,
  }));
  const polls: { src: string; onload?: () => void; remove: () => void }[] = [];
  const timers: (() => void)[] = [];
  let load: (() => void) | undefined;
  const top = { location: { href: "top" } };
  const window = {
    location: { href: "frame" },
    top,
    wx_errcode: undefined as number | undefined,
    wx_code: "",
    addEventListener: (_name: string, listener: () => void) => {
      load = listener;
    },
  };
  const document = {
    getElementById: () => ({
      getAttribute: (name: string) => all[name] ?? null,
      querySelectorAll: () => texts,
    }),
    createElement: () => ({ src: "", remove: () => undefined }),
    head: { appendChild: (script: (typeof polls)[number]) => polls.push(script) },
  };
  const pauses: number[] = [];
  const setTimeout = (run: () => void, ms: number) => {
    timers.push(run);
    pauses.push(ms);
  };
  runInContext(PAGE_SCRIPT, createContext({ window, document, setTimeout, Date }));

  return {
    window,
    polls,
    pauses,
    shown: () => texts.filter(({ hidden }) => !hidden).map(({ status }) => status),
    /** Fires the load event and runs pending timers. */
    load: () => load?.(),
    tick: () => {
      for (const run of timers.splice(0)) run();
    },
    answer: (status?: number, code = "") => {
      window.wx_errcode = status;
      window.wx_code = code;
      polls.at(-1)?.onload?.();
    },
  };
}

describe("the QR page's script", () => {
  let page: ReturnType<typeof openPage>;
  beforeEach(() => {
    page = openPage();
    page.load();
    page.tick();
  });

  it("starts polling after the load event, which a pending poll would delay", () => {
    const early = openPage();
    early.tick();
    expect(early.polls).toHaveLength(0);
    early.load();
    early.tick();
    expect(early.polls[0]?.src).toMatch(/^\/connect\/l\/qrconnect\?uuid=theUuid&_=\d+$/);
  });

  it("polls again without a scan and after a failed response", () => {
    page.answer(408);
    page.tick();
    page.answer(undefined);
    page.tick();
    expect(page.polls).toHaveLength(3);
    expect(page.pauses).toEqual([0, 300, 2000]);
    expect(page.shown()).toEqual(["408"]);
  });

  it("shows the scan and reports it in the next poll", () => {
    page.answer(404);
    page.tick();
    expect(page.shown()).toEqual(["404"]);
    expect(page.polls.at(-1)?.src).toContain("&last=404");
  });

  it("navigates the whole window to the app with the code, or only the frame with self_redirect", () => {
    page.answer(405, "theCode");
    expect(page.window.top.location.href).toBe("http://app/cb?code=theCode&state=s1#/x");
    expect(page.window.location.href).toBe("frame");
    const framed = openPage({ "data-self-redirect": "true" });
    framed.load();
    framed.tick();
    framed.answer(405, "theCode");
    expect(framed.window.location.href).toContain("code=theCode");
    expect(framed.window.top.location.href).toBe("top");
  });

  it.each([
    [403, "403"],
    [402, "402"],
  ])("shows the status and stops polling after %i", (status, shown) => {
    page.answer(status);
    page.tick();
    expect(page.shown()).toEqual([shown]);
    expect(page.polls).toHaveLength(1);
  });

  it("returns to the app with only state after a canceled scan, if the switch refusal is state_only", () => {
    const old = openPage({ "data-refused": "http://app/cb?state=s1" });
    old.load();
    old.tick();
    old.answer(403);
    expect(old.window.top.location.href).toBe("http://app/cb?state=s1");
  });
});
