// @vitest-environment happy-dom
import { fireEvent } from "@testing-library/dom";
import { describe, expect, it } from "vitest";
import { consoleTests, openConsole } from "./support/console.js";
import { MAIN } from "./support/seeds.js";
import { Refusal } from "./support/stand-in-api.js";

consoleTests();

const none = { items: [], nextCursor: null };
const open = (path: string) =>
  openConsole(path, { answers: { "signIns.list": none, "failures.list": none } });
const table = () =>
  [...document.querySelectorAll("main figure tr")].map((row) =>
    [...row.children].map(({ textContent }) => textContent),
  );

describe("the histogram above the sign-ins", () => {
  it("counts by outcome in the range and for the app of the list, with empty bars, as a table, too", async () => {
    const console = await open(`/sign-ins?range=1h&appId=${MAIN}`);
    expect(console.api.inputsOf("overview.bars")).toEqual([
      { appId: MAIN, from: "2026-03-01T11:00:00.000Z", offsetMinutes: 480 },
    ]);
    expect(table()).toEqual([
      ["From", "Signed in", "Not finished", "Failed"],
      ["Mar 1, 19:00", "5", "2", "1"],
      ["Mar 1, 20:00", "0", "0", "0"],
    ]);
    await console.choose("Outcome", "Abandoned");
    expect(table()[1]).toEqual(["Mar 1, 19:00", "0", "2", "0"]);
  });

  it("makes what is drawn over the range of the list, and goes back to the one before", async () => {
    const console = await open("/sign-ins?range=24h");
    const bars = document.querySelector<HTMLElement>('[data-chart="bars"]');
    if (!bars) throw new Error("no bars");
    bars.getBoundingClientRect = () => ({ left: 0, width: 100 }) as DOMRect;
    fireEvent.pointerDown(bars, { button: 0, clientX: 10 });
    fireEvent.pointerMove(bars, { clientX: 90 });
    fireEvent.pointerUp(bars, { clientX: 90 });
    await console.settle();
    expect(console.api.lastInputOf("signIns.list")).toEqual({
      from: "2026-03-01T11:00:00.000Z",
      to: "2026-03-01T12:00:30.000Z",
    });
    await console.click("Zoom out");
    expect(console.address).toBe("/sign-ins?range=24h");
  });

  it.each(["q=oAlice", "outcome=in_progress", "userId=01KALICE000000000000000001", "browser=01KS"])(
    "is left out where the counts cannot follow the list: %s",
    async (query) => {
      const console = await open(`/sign-ins?${query}`);
      expect([table(), console.api.inputsOf("overview.bars")]).toEqual([[], []]);
    },
  );
});

describe("a histogram whose counts cannot be read", () => {
  it("takes no place above the list", async () => {
    const refusal = new Refusal("FORBIDDEN", 403);
    const console = await openConsole("/sign-ins", {
      answers: { "signIns.list": none, "overview.bars": refusal },
    });
    expect([table(), console.main.queryByText("Show as a table")]).toEqual([[], null]);
    expect(document.querySelector('main [style*="min-height: 182px"]')).toBeNull();
  });
});

describe("the histogram above the log of failures", () => {
  it("counts failed calls of the app, endpoint and errcode of the list", async () => {
    const console = await open("/errors?view=log&range=1h&errcode=40029&endpoint=sns%2Fauth");
    expect(console.api.inputsOf("overview.bars")).toEqual([
      { endpoint: "sns/auth", errcode: "40029", from: "2026-03-01T11:00:00.000Z", offsetMinutes: 480 },
    ]);
    expect(table()).toEqual([
      ["From", "Failed calls to WeChat"],
      ["Mar 1, 19:00", "4"],
      ["Mar 1, 20:00", "0"],
    ]);
  });

  it("is left out for a text search", async () => {
    await open("/errors?view=log&q=40029");
    expect(table()).toEqual([]);
  });
});
