// @vitest-environment happy-dom
import { fireEvent } from "@testing-library/dom";
import { describe, expect, it } from "vitest";
import { consoleTests, NOW, openConsole } from "./support/console.js";
import { everyAnswer } from "./support/every-page.js";
import { all, textOf } from "./support/markup-rules.js";
import { ago, group, groupList } from "./support/seeds.js";
import type { Output } from "./support/stand-in-api.js";
import { transcript } from "./support/transcript.js";

// What charts draw, and what the pointer reads in them.

consoleTests();

const days = Array.from({ length: 14 }, (_, day) => ({
  ...{ at: `2026-02-${String(day + 10).padStart(2, "0")}T16:00:00.000Z`, calls: 0, failedCalls: day },
  signIns: { signed_in: day * 1000, failed: 1 },
}));
const overview: Output<"overview.get"> = {
  ...(everyAnswer["overview.get"] as Output<"overview.get">),
  ...{ from: days[0]?.at ?? "", to: NOW, barMinutes: 1440, bars: days },
};

async function openChart() {
  const console = await openConsole("/overview?range=24h", {
    answers: { ...everyAnswer, "overview.get": overview },
  });
  const plot = all('[data-chart="bars"]')[0] as HTMLElement;
  plot.getBoundingClientRect = () => ({ left: 0, width: 140 }) as DOMRect;
  const at = (attribute: string) =>
    [...plot.children].flatMap((bar, place) => (bar.hasAttribute(attribute) ? [place] : []));
  const read = () => ({
    pointed: at("data-pointed"),
    drawn: at("data-drawn"),
    legend: transcript(all("figcaption")[0] as HTMLElement).join(),
  });
  const settled = async (_event: boolean) => console.settle();
  return { console, plot, read, settled };
}

describe("a chart of days", () => {
  it("names its days without an hour, one in three of them below the bars", async () => {
    await openChart();
    const plot = all('[data-chart="bars"]')[0];
    expect([...(plot?.nextElementSibling?.children ?? [])].map(textOf)).toEqual([
      ...["Feb 11", "Feb 14", "Feb 17", "Feb 20", "Feb 23"],
    ]);
    expect(textOf(plot?.previousElementSibling as Element)).toBe("15K0");
    expect(all("main figure th[scope=row]").map(textOf).slice(0, 3)).toEqual(["Feb 11", "Feb 12", "Feb 13"]);
  });

  it("tells the counts of the bar under the pointer, marks what is drawn over, and forgets both when it is left", async () => {
    const { plot, read, settled } = await openChart();
    const legend = "Signed inNot finishedFailed";
    await settled(fireEvent.pointerMove(plot, { clientX: 25 }));
    expect(read()).toEqual({
      ...{ pointed: [2], drawn: [] },
      legend: expect.stringContaining("Feb 13Signed in 2,000Not finished 0Failed 1"),
    });
    // Another button, such as that of the menu, draws nothing.
    await settled(fireEvent.pointerDown(plot, { button: 2, clientX: 25 }));
    expect(read().drawn).toEqual([]);
    await settled(fireEvent.pointerDown(plot, { button: 0, clientX: 25 }));
    expect(read().drawn).toEqual([2]);
    await settled(fireEvent.pointerMove(plot, { clientX: 55 }));
    expect(read()).toMatchObject({ pointed: [5], drawn: [2, 3, 4, 5] });
    // Beyond the edge it is the last one.
    await settled(fireEvent.pointerMove(plot, { clientX: 1000 }));
    expect(read().pointed).toEqual([13]);
    await settled(fireEvent.pointerOut(plot, { relatedTarget: document.body }));
    expect(read()).toMatchObject({ pointed: [], drawn: [] });
    expect(read().legend).toBe(legend);
    await settled(fireEvent.pointerUp(plot, { clientX: 100 }));
    expect(all("button").some((button) => textOf(button) === "Zoom out")).toBe(false);
  });

  it("leads back from several spans to the range before them, and not from one that was chosen since", async () => {
    const { console, plot, settled } = await openChart();
    const draw = async (from: number, to: number) => {
      await settled(fireEvent.pointerDown(plot, { button: 0, clientX: from }));
      await settled(fireEvent.pointerMove(plot, { clientX: to }));
      await settled(fireEvent.pointerUp(plot, { clientX: to }));
    };
    await draw(5, 95);
    await draw(15, 55);
    await console.click("Zoom out");
    expect(console.address).toBe("/overview?range=24h");
    await draw(5, 95);
    await console.choose("Time range", "Last 30 days");
    await console.choose("Time range", "Custom range…");
    await console.click("Zoom out");
    expect(console.address).toBe("/overview");
  });

  it("stays, marked as old, while another range loads", async () => {
    const { console } = await openChart();
    const state = () =>
      all("main [data-chart]")
        .map((chart) => chart.closest("[aria-busy]"))
        .map((part) => [part?.getAttribute("aria-busy"), (part as HTMLElement).dataset.stale]);
    expect(state()).toEqual([["false", undefined]]);
    console.api.hold();
    await console.choose("Time range", "Last hour");
    expect(state()).toEqual([["true", "true"]]);
  });
});

describe("the small bars of a group of errors", () => {
  it("are as high as their counts against the highest, a single event is still seen, and none is marked as empty", async () => {
    const bars = { from: ago({ hours: 5 }), minutes: 60 };
    const groups = groupList([group({ bars: [0, 12_000, 3000, 1] })], { bars });
    await openConsole("/errors", { answers: { ...everyAnswer, "failures.groups": groups } });
    const drawing = all("main td svg[role=img]")[0] as HTMLElement;
    const rects = all("rect", drawing).map(
      (rect) =>
        `${["x", "y", "width", "height"].map((name) => rect.getAttribute(name)).join(" ")}${rect.dataset.empty ? " empty" : ""}`,
    );
    expect([drawing.getAttribute("viewBox"), ...rects]).toEqual([
      ...["0 0 19 24", "0 23 4 1 empty", "5 0 4 24", "10 18 4 6", "15 21 4 3"],
    ]);
    expect(drawing.getAttribute("aria-label")).toBe(textOf(drawing));
    expect(textOf(drawing)).toMatch(/^15,001 events since 2026-03-01 15:00:30 GMT\+8.*12,000/);
  });
});
