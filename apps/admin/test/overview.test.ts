// @vitest-environment happy-dom
import { fireEvent, within } from "@testing-library/dom";
import { describe, expect, it } from "vitest";
import type { Overview } from "../src/api/types.js";
import { funnelOf, shareOf, signInParts } from "../src/components/sign-in-parts.js";
import { consoleTests, type OpenedConsole, openConsole } from "./support/console.js";
import { accessToken, appToken, group, groupList, MAIN } from "./support/seeds.js";
import type { Answers, Output, Procedure } from "./support/stand-in-api.js";

consoleTests();

const none = { signIns: {}, calls: 0, failedCalls: 0 };
const day = {
  signIns: { signed_in: 1200, bound: 3, failed: 7, abandoned: 90, refused: 5, blocked: 1 },
  calls: 2500,
  failedCalls: 25,
};
const overview: Overview = {
  from: "2026-03-01T09:00:00.000Z",
  to: "2026-03-01T12:00:30.000Z",
  barMinutes: 60,
  bars: [
    { at: "2026-03-01T09:00:00.000Z", ...none },
    { at: "2026-03-01T10:00:00.000Z", ...none, signIns: { signed_in: 1200, bound: 3, abandoned: 90 } },
    { at: "2026-03-01T11:00:00.000Z", ...none, signIns: { failed: 7, refused: 5, blocked: 1 } },
    { at: "2026-03-01T12:00:00.000Z", ...none },
  ],
  totals: day,
  before: { signIns: { signed_in: 600, abandoned: 600, failed: 300 }, calls: 1300, failedCalls: 0 },
  newPeople: { count: 100_000, more: true },
  affected: { count: 6, more: false },
};
const checklist = (done: readonly Output<"overview.checklist">["items"][number]["id"][]) => {
  const ids = ["real_wechat", "https", "secret_accepted", "first_sign_in", "second_owner"] as const;
  return {
    items: ids.map((id) => ({ id, done: done.includes(id) })),
  } as unknown as Output<"overview.checklist">;
};
const everything = ["real_wechat", "https", "secret_accepted", "first_sign_in", "second_owner"] as const;

const open = (path: string, answers: Answers = {}, language: "en" | "zh" = "en") =>
  openConsole(path, {
    language,
    answers: {
      "overview.get": overview,
      "overview.checklist": checklist(["https", "first_sign_in"]),
      "tokens.listApps": {
        items: [
          appToken({
            accessToken: accessToken({ state: "fresh" }),
            jsapiTicket: accessToken({ state: "failing" }),
          }),
        ],
      },
      "failures.groups": groupList([group({ errcode: "40163" })]),
      ...answers,
    },
  });

const asked = ({ api }: OpenedConsole, procedure: Procedure) =>
  api.calls.filter((call) => call.procedure === procedure).map(({ input }) => input);

describe("the overview", () => {
  it.each(["en", "zh"] as const)("shows the whole of a range (%s)", async (language) => {
    const console = await open("/overview", {}, language);
    expect(console.page).toMatchSnapshot();
    const links = [...document.querySelectorAll("main a")].map((link) => link.getAttribute("href"));
    expect(links).toMatchSnapshot();
  });

  it("is where the console begins", async () => {
    expect((await open("/")).address).toBe("/overview");
  });

  it("names the five groups that affect the most people, in the order of the answer", async () => {
    const errcodes = ["40163", "40029", "40226", "40164", "-1", "48001"];
    const groups = errcodes.map((errcode) => group({ errcode }));
    const console = await open("/", { "failures.groups": groupList(groups) });
    const links = [...document.querySelectorAll('a[href*="group="]')].map((link) =>
      link.getAttribute("href"),
    );
    const shown = links.map((href) => errcodes.find((errcode) => href?.includes(errcode)));
    expect(shown).toEqual(errcodes.slice(0, 5));
    expect(console.api.lastInputOf("failures.groups")).toMatchObject({ sort: "people" });
  });

  it("asks for the app and the range of its address, in bars of the operator's days", async () => {
    const console = await open(`/overview?appId=${MAIN}&range=24h`);
    expect(asked(console, "overview.get")).toEqual([
      { appId: MAIN, from: "2026-02-28T12:00:00.000Z", offsetMinutes: 480 },
    ]);
    expect(asked(console, "failures.groups")).toEqual([
      { appId: MAIN, from: "2026-02-28T12:00:00.000Z", sort: "people" },
    ]);
  });

  it("has bars as high as their counts against the highest one, and no part for a count of none", async () => {
    await open("/overview?range=24h");
    const heights = [...document.querySelectorAll<HTMLElement>('[data-chart="bars"] > div')].map((bar) =>
      [...bar.querySelectorAll("span")].map(({ dataset, style }) => `${dataset.series} ${style.height}`),
    );
    // The axis ends at 1,500. From the top down.
    expect(heights).toEqual([
      [],
      ["notFinished 6%", "signedIn 80.2%"],
      ["failed 0.4666666666666667%", "notFinished 0.4%"],
      [],
    ]);
  });

  it("makes the bars that the pointer is drawn over the range, and goes back", async () => {
    const console = await open("/overview?range=24h");
    const bars = document.querySelector<HTMLElement>('[data-chart="bars"]');
    if (!bars) throw new Error("no bars");
    bars.getBoundingClientRect = () => ({ left: 100, width: 400 }) as DOMRect;
    // From the second bar to the third, drawn backwards; a click alone is no range.
    fireEvent.pointerDown(bars, { button: 0, clientX: 250 });
    fireEvent.pointerUp(bars, { clientX: 250 });
    await console.settle();
    expect(console.address).toBe("/overview?range=24h");
    fireEvent.pointerDown(bars, { button: 0, clientX: 399 });
    fireEvent.pointerMove(bars, { clientX: 201 });
    fireEvent.pointerUp(bars, { clientX: 201 });
    await console.settle();
    expect(asked(console, "overview.get").at(-1)).toEqual({
      from: "2026-03-01T10:00:00.000Z",
      to: "2026-03-01T12:00:00.000Z",
      offsetMinutes: 480,
    });
    await console.click(within(document.body).getByRole("button", { name: "Zoom out" }));
    expect(console.address).toBe("/overview?range=24h");
  });

  it.each([
    ["first, until a person has signed in", checklist([]), "before"],
    ["last, once a person has", checklist(["first_sign_in"]), "after"],
    ["not at all, once everything is done", checklist(everything), "absent"],
  ] as const)("shows what is left to do %s", async (_, answer, where) => {
    const console = await open("/overview", { "overview.checklist": answer });
    const text = console.page.join("\n");
    const at = text.indexOf("Before people sign in for real");
    expect(at === -1 ? "absent" : at < text.indexOf("Failed calls to WeChat") ? "before" : "after").toBe(
      where,
    );
  });

  it("says that no sign-in ended, and that the people of one app are not counted", async () => {
    const console = await open("/overview", {
      "overview.get": {
        ...overview,
        totals: none,
        before: none,
        newPeople: null,
        affected: { count: 0, more: true },
      },
      "failures.groups": groupList([]),
      "tokens.listApps": { items: [] },
    });
    expect(console.page).toMatchSnapshot();
  });
});

describe("the figures of the overview", () => {
  it("count each outcome once", () => {
    expect(signInParts(day.signIns)).toEqual({ signedIn: 1203, notFinished: 96, failed: 7 });
    expect(signInParts({})).toEqual({ signedIn: 0, notFinished: 0, failed: 0 });
    expect(funnelOf(day.signIns)).toEqual({ begun: 1306, cameBack: 1216, signedIn: 1203 });
  });

  it("have no share of nothing", () => {
    expect([shareOf(0, 0), shareOf(1, 4), shareOf(0, 4)]).toEqual([null, 0.25, 0]);
  });
});
