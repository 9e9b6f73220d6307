// @vitest-environment happy-dom
import { fireEvent } from "@testing-library/dom";
import { describe, expect, it } from "vitest";
import { consoleTests, type OpenedConsole, openConsole } from "./support/console.js";
import { signInRow } from "./support/seeds.js";
import type { Answers } from "./support/stand-in-api.js";

consoleTests();

const answers: Answers = {
  "signIns.list": { items: [signInRow({ createdAt: "2026-03-01T11:00:00.000Z" })], nextCursor: null },
};
const open = (path: string) => openConsole(path, { answers });

async function chooseZone(console: OpenedConsole, zone: string): Promise<void> {
  await console.click(document.querySelector('header [aria-label*="night-shift"]') as Element);
  fireEvent.change(console.body.getByLabelText("Time zone"), { target: { value: zone } });
  await console.settle();
}

describe("the time zone of the console", () => {
  it("is the browser's until another one is chosen, which the browser keeps for every time shown", async () => {
    const console = await open("/sign-ins");
    const started = () => console.main.getByText(/ago/).closest("time")?.title;
    expect(started()).toBe("2026-03-01 19:00:00 GMT+8");
    await chooseZone(console, "UTC");
    expect(started()).toBe("2026-03-01 11:00:00 UTC");
    expect(localStorage.getItem("console-time-zone")).toBe("UTC");
  });

  it("is that of typed times, and a shared address shows the same moments in any zone", async () => {
    const console = await open("/sign-ins?range=custom&from=2026-02-01T00%3A00%3A00.000Z");
    const from = () => (console.main.getByLabelText("From") as HTMLInputElement).value;
    expect(from()).toBe("2026-02-01T08:00");
    await chooseZone(console, "UTC");
    expect(from()).toBe("2026-02-01T00:00");
    await console.type(console.main.getByLabelText("From"), "2026-02-02T06:00");
    expect(console.address).toBe("/sign-ins?range=custom&from=2026-02-02T06%3A00%3A00.000Z");
  });

  it("falls back to the browser's for one that this console does not offer", async () => {
    localStorage.setItem("console-time-zone", "Mars/Olympus");
    const console = await open("/sign-ins");
    expect(console.main.getByText(/ago/).closest("time")?.title).toContain("GMT+8");
  });
});

describe("the field for a typed range", () => {
  const field = (console: OpenedConsole) => console.main.getByLabelText("Type a range");

  it("is applied at Enter and when it is left, and keeps the form of the address", async () => {
    const console = await open("/sign-ins?range=custom");
    await console.type(field(console), "now-6h");
    expect(console.address).toBe("/sign-ins?range=custom");
    fireEvent.keyDown(field(console), { key: "Enter" });
    await console.settle();
    expect(console.address).toBe("/sign-ins?range=custom&from=2026-03-01T06%3A00%3A30.000Z");
    expect((field(console) as HTMLInputElement).value).toBe("");
    await console.composeEnter(field(console), "now-1h");
    expect(console.address).toBe("/sign-ins?range=custom&from=2026-03-01T06%3A00%3A30.000Z");
    await console.type(field(console), "now-7d");
    fireEvent.focusOut(field(console));
    await console.settle();
    expect(console.address).toBe("/sign-ins?range=7d");
  });

  it("says how to write a range that it cannot read, until it changes", async () => {
    const console = await open("/sign-ins?range=custom");
    await console.type(field(console), "yesterday");
    fireEvent.keyDown(field(console), { key: "Enter" });
    await console.settle();
    expect(console.page.join()).toContain("Write now-6h, now-7d, 2026-11-03, 2026-11-03 08:00");
    expect(console.address).toBe("/sign-ins?range=custom");
    await console.type(field(console), "");
    expect(console.page.join()).not.toContain("Write now-6h");
  });
});
