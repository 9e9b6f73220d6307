// @vitest-environment happy-dom
import { act } from "react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { consoleTests, type OpenedConsole, openConsole } from "./support/console.js";
import { loggedFailure, signInRow } from "./support/seeds.js";
import { type Answers, NoConnection, Refusal } from "./support/stand-in-api.js";

consoleTests();

/** A connection to the api, as the browser has it. */
class Source extends EventTarget {
  static readonly CLOSED = 2;
  static all: Source[] = [];
  readyState = 0;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  constructor(readonly url: string) {
    super();
    Source.all.push(this);
  }
  close(): void {
    this.readyState = Source.CLOSED;
  }
  newer(id: string): void {
    this.dispatchEvent(new MessageEvent("newer", { lastEventId: id }));
  }
}

const open = () => Source.all.filter(({ readyState }) => readyState !== Source.CLOSED).map(({ url }) => url);
const source = () => Source.all.at(-1) as Source;

const failures = (...ids: string[]) => ({
  items: ids.map((id) => ({ ...loggedFailure(), id })),
  nextCursor: null,
});
const notThere = new Refusal("NOT_FOUND", 404, "not_found");
const listed = (...ids: string[]) =>
  ({ "failures.list": failures(...ids), "failures.get": notThere }) as unknown as Answers;
/** Of the list: the table of its chart stands above. */
const rowCount = () =>
  [...document.querySelectorAll("main table")].at(-1)?.querySelectorAll("tbody tr").length;

let isHidden = false;
beforeEach(() => {
  Source.all = [];
  isHidden = false;
  vi.stubGlobal("EventSource", Source);
  vi.spyOn(document, "hidden", "get").mockImplementation(() => isHidden);
});

async function show(console: OpenedConsole, hidden: boolean): Promise<void> {
  isHidden = hidden;
  act(() => void document.dispatchEvent(new Event("visibilitychange")));
  await console.settle();
}

async function arrive(console: OpenedConsole, id: string, ...ids: string[]): Promise<void> {
  console.api.answer(listed(...ids));
  act(() => source().newer(id));
  await console.wait(1_100);
}

describe("the raw log, live", () => {
  it("asks for nothing until it is turned on, and shows new rows then", async () => {
    const console = await openConsole("/errors?view=log", { answers: listed("A") });
    expect(open()).toEqual([]);
    await console.click("Live");
    expect(console.address).toContain("live=on");
    expect(open()).toEqual(["/admin/live/failures"]);
    await arrive(console, "B", "B", "A");
    expect(rowCount()).toBe(2);
    await console.click("Live");
    expect(open()).toEqual([]);
  });

  it("counts new rows while it is paused, and shows them when it goes on", async () => {
    const console = await openConsole("/errors?view=log&live=on", { answers: listed("A", "B") });
    await console.click("Pause");
    await arrive(console, "D", "D", "C", "A");
    expect(rowCount()).toBe(2);
    expect(console.button("2 new")).toBeTruthy();
    window.scrollTo(0, 500);
    await console.click("2 new");
    // They stand at the top.
    expect([rowCount(), window.scrollY]).toEqual([3, 0]);
    await arrive(console, "I", "I", "H", "G");
    expect(console.button("3+ new")).toBeTruthy();
    await console.click("Go on");
    expect(rowCount()).toBe(3);
    expect(console.body.queryByRole("button", { name: /new$/ })).toBeNull();
  });

  it("does not promise new rows while they could not be loaded", async () => {
    const live = "New rows appear by themselves";
    const failed = "The rows could not be loaded";
    const console = await openConsole("/errors?view=log&live=on", { answers: listed("A") });
    const status = () => console.page.join("\n");
    act(() => source().onopen?.());
    await console.settle();
    expect([status().includes(failed), status().includes(live)]).toEqual([false, true]);
    console.api.answer({ "failures.list": new NoConnection() });
    act(() => source().newer("B"));
    await console.wait(1_100);
    expect([status().includes(failed), status().includes(live)]).toEqual([true, false]);
    await console.click("Pause");
    expect([status().includes(failed), console.page.includes("Paused")]).toEqual([true, false]);
    await console.click("Go on");
    await arrive(console, "B", "B", "A");
    expect([status().includes(failed), status().includes(live)]).toEqual([false, true]);
  });

  it("says that the connection is lost until it is there again", async () => {
    const console = await openConsole("/errors?view=log&live=on", { answers: listed("A") });
    const texts = ["Connecting…", "New rows appear by themselves", "Connection lost, trying again…"];
    const said = () => texts.filter((text) => console.page.join("\n").includes(text));
    expect(said()).toEqual([texts[0]]);
    for (const [happens, says] of [
      ["onopen", 1],
      ["onerror", 2], // and the browser connects again
      ["onopen", 1],
    ] as const) {
      act(() => source()[happens]?.());
      await console.settle();
      expect(said(), happens).toEqual([texts[says]]);
    }
    source().close();
    act(() => source().onerror?.());
    await console.wait(5_100);
    expect(open()).toEqual(["/admin/live/failures"]);
    expect(said()).toEqual([texts[2]]);
    act(() => source().onopen?.());
    await console.settle();
    expect(said()).toEqual([texts[1]]);
  });

  it("says that it is paused, and reads the newest fifty with the filters of the list", async () => {
    const console = await openConsole("/errors?view=log&live=on&errcode=40029", { answers: listed("A") });
    const bar = () => console.page.find((line) => /Pause|Go on/.test(line));
    act(() => source().onopen?.());
    await console.settle();
    expect(bar()).toContain("[‹player-pause›Pause]");
    await console.click("Clear filters");
    expect(console.address).toBe("/errors?view=log&live=on");
    await console.back();
    await console.click("Pause");
    expect(bar()).toContain("[‹player-play›Go on]");
    expect(console.page).toContain("Paused");
    await arrive(console, "B", "B", "A");
    expect(console.api.lastInputOf("failures.list")).toEqual({
      ...{ errcode: "40029", from: "2026-02-22T12:00:00.000Z", limit: 50 },
    });
  });

  it("moves nothing that is being read further down, and shows new rows near the top", async () => {
    const console = await openConsole("/errors?view=log&live=on", { answers: listed("A") });
    window.scrollTo(0, 121);
    await arrive(console, "B", "B", "A");
    expect([rowCount(), console.button("1 new").textContent]).toEqual([1, "1 new"]);
    window.scrollTo(0, 120);
    await arrive(console, "C", "C", "B", "A");
    expect([rowCount(), console.body.queryByRole("button", { name: /new$/ })]).toEqual([3, null]);
  });

  it("counts new rows while a row is open", async () => {
    const console = await openConsole("/errors?view=log&live=on&open=A", { answers: listed("A") });
    await arrive(console, "B", "B", "A");
    expect(rowCount()).toBe(1);
    expect(console.button("1 new")).toBeTruthy();
  });

  it("closes the connection of a hidden tab, and goes on from the row that it knew", async () => {
    const console = await openConsole("/errors?view=log&live=on", { answers: listed("A") });
    await arrive(console, "B", "B", "A");
    await show(console, true);
    expect(open()).toEqual([]);
    await show(console, false);
    expect(open()).toEqual(["/admin/live/failures?after=B"]);
  });

  it("connects again some seconds after it was refused", async () => {
    const console = await openConsole("/errors?view=log&live=on", { answers: listed("A") });
    const first = source();
    first.close();
    act(() => first.onerror?.());
    await console.settle();
    expect(open()).toEqual([]);
    await console.wait(5_100);
    expect(open()).toEqual(["/admin/live/failures"]);
  });

  it("leaves a lost connection to the browser, which opens it again itself", async () => {
    const console = await openConsole("/errors?view=log&live=on", { answers: listed("A") });
    act(() => source().onerror?.());
    await console.wait(5_100);
    expect(Source.all).toHaveLength(1);
    expect(open()).toEqual(["/admin/live/failures"]);
  });

  it("reads the list once at a time, and once more for all that happened meanwhile", async () => {
    const console = await openConsole("/errors?view=log&live=on", { answers: listed("A") });
    const reads = () => console.api.inputsOf("failures.list").length;
    const before = reads();
    for (const id of ["B", "C", "D"]) act(() => source().newer(id));
    await console.settle();
    expect(reads() - before).toBe(1);
    await console.wait(1_100);
    expect(reads() - before).toBe(2);
    await console.wait(2_200);
    expect(reads() - before).toBe(2);
  });

  it("reads nothing more once it was turned off, also where something happened meanwhile", async () => {
    const console = await openConsole("/errors?view=log&live=on", { answers: listed("A") });
    for (const id of ["B", "C"]) act(() => source().newer(id));
    await console.settle();
    await console.click("Live");
    const before = console.api.inputsOf("failures.list").length;
    await console.wait(2_200);
    expect(console.api.inputsOf("failures.list")).toHaveLength(before);
  });

  it("is over with the session: the connection is closed, and the list says why", async () => {
    const console = await openConsole("/errors?view=log&live=on", { answers: listed("A") });
    const ended = new Refusal("UNAUTHORIZED", 401, "signed_out");
    console.api.answer({ "failures.list": ended, "operator.me": null } as unknown as Answers);
    act(() => void source().dispatchEvent(new Event("end")));
    await console.settle();
    expect(open()).toEqual([]);
    expect(console.address).toMatch(/^\/sign-in/);
  });

  it("is not watched on a page after the first", async () => {
    await openConsole("/errors?view=log&live=on&cursor=next", { answers: listed("A") });
    expect(open()).toEqual([]);
  });
});

describe("the list of sign-ins, live", () => {
  const signIns = (...ids: string[]): Answers => ({
    "signIns.list": { items: ids.map((id) => signInRow({ id })), nextCursor: null },
  });

  it("is watched until it is turned off, counts new rows while it is paused, and is not watched on a later page", async () => {
    const console = await openConsole("/sign-ins?outcome=failed", { answers: signIns("A") });
    expect(open()).toEqual([]);
    await console.click("Live");
    expect([console.address, open()]).toEqual(["/sign-ins?outcome=failed&live=on", ["/admin/live/sign-ins"]]);
    await console.click("Pause");
    console.api.answer(signIns("B", "A"));
    act(() => source().newer("B"));
    await console.wait(1_100);
    expect([rowCount(), console.api.lastInputOf("signIns.list")]).toEqual([
      1,
      { outcome: "failed", from: "2026-02-22T12:00:00.000Z", limit: 50 },
    ]);
    await console.click("1 new");
    expect(rowCount()).toBe(2);
    await console.open("/sign-ins?outcome=failed&live=on&cursor=next");
    expect(open()).toEqual([]);
    await console.open("/sign-ins?outcome=failed&live=on");
    expect(open()).toHaveLength(1);
    await console.click("Live");
    expect([console.address, open()]).toEqual(["/sign-ins?outcome=failed", []]);
  });
});
