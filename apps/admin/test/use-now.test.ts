// @vitest-environment happy-dom
import { act, createElement, type ReactNode } from "react";
import { createRoot } from "react-dom/client";
import { expect, it, onTestFinished, vi } from "vitest";
import { useNow } from "../src/format/use-now.js";
import { consoleTests } from "./support/console.js";

consoleTests();

const Time = (): ReactNode => new Date(useNow(60_000)).toISOString().slice(11, 19);

/** Renders as many times of one step, each with a blank behind it. */
function showTimes() {
  const place = document.createElement("div");
  const root = createRoot(place);
  onTestFinished(() => act(() => root.unmount()));
  const show = (count: number) =>
    act(() => root.render(Array.from({ length: count }, (_, n) => [createElement(Time, { key: n }), " "])));
  return { place, show };
}

it("two relative times on a page share one timer, and one that leaves it does not stop the other", () => {
  const { place, show } = showTimes();
  show(2);
  expect(place.textContent).toBe("12:00:00 12:00:00 ");
  expect(vi.getTimerCount()).toBe(1);
  show(1);
  act(() => vi.advanceTimersByTime(30_000));
  expect(place.textContent).toBe("12:00:00 ");
  act(() => vi.advanceTimersByTime(30_000));
  expect(place.textContent).toBe("12:01:00 ");
  show(0);
  expect(vi.getTimerCount()).toBe(0);
});
