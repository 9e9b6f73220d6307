// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { consoleTests, NOW, type OpenedConsole, openConsole } from "./support/console.js";
import {
  ago,
  group,
  groupList,
  loggedFailure,
  MAIN,
  person,
  personDetail,
  signInRow,
  userToken,
} from "./support/seeds.js";
import { type Answers, NoConnection, type Procedure, Refusal } from "./support/stand-in-api.js";

// What is common to all lists: which control sends which query, paging, and what is shown without rows.

consoleTests();

interface List {
  path: string;
  procedure: Procedure &
    ("people.list" | "tokens.listUsers" | "failures.list" | "failures.groups" | "signIns.list");
  rows: object[];
  /** The time range that is sent without any choice. */
  range: object;
  /** A choice of each control: its label, the option, what the address says then, and what is sent. */
  controls: [label: string, option: string, address: string, input: object][];
  empty: string[];
}

const sevenDays = { from: "2026-02-22T12:00:00.000Z" };
const gettingStarted =
  "To see some, sign in once as a person⇒/login/account , or run «npm run demo» to create sample data.";
const endpoints = [
  "sns/oauth2/access_token",
  "sns/oauth2/refresh_token",
  "sns/userinfo",
  "sns/auth",
  "cgi-bin/stable_token",
  "cgi-bin/token",
];
const ofEndpoint = (endpoint: string): List["controls"][number] => [
  "Endpoint",
  endpoint,
  `endpoint=${encodeURIComponent(endpoint)}`,
  { endpoint },
];
const ranges: List["controls"] = [
  ["Time range", "Last 15 minutes", "range=15m", { from: "2026-03-01T11:45:00.000Z" }],
  ["Time range", "Last hour", "range=1h", { from: "2026-03-01T11:00:00.000Z" }],
  ["Time range", "Last 24 hours", "range=24h", { from: "2026-02-28T12:00:00.000Z" }],
  ["Time range", "Last 30 days", "range=30d", { from: "2026-01-30T12:00:00.000Z" }],
  ["Time range", "All time", "range=all", { from: undefined }],
];
const apps: List["controls"] = [
  ["App", "web", "appId=wx00000000000000b2", { appId: "wx00000000000000b2" }],
  ["App", "main", `appId=${MAIN}`, { appId: MAIN }],
];

const lists: List[] = [
  {
    path: "/people",
    procedure: "people.list",
    rows: [person()],
    range: {},
    controls: [
      ...apps,
      ["Status", "Blocked", "status=blocked", { status: "blocked" }],
      ["Status", "Active", "status=active", { status: "active" }],
      ["unionid", "With unionid", "unionid=yes", { unionid: "yes" }],
      ["unionid", "Without unionid", "unionid=no", { unionid: "no" }],
    ],
    empty: ["No one has signed in yet", gettingStarted],
  },
  {
    path: "/tokens",
    procedure: "tokens.listUsers",
    rows: [userToken()],
    range: {},
    controls: [
      ...apps,
      ["State", "Not expired", "state=fresh", { state: "fresh" }],
      ["State", "Refreshable", "state=refreshable", { state: "refreshable" }],
      ["State", "Refused", "state=refused", { state: "refused" }],
      ["State", "Expired", "state=dead", { state: "dead" }],
    ],
    empty: ["No user tokens yet", gettingStarted],
  },
  {
    path: "/errors",
    procedure: "failures.groups",
    rows: [group()],
    range: sevenDays,
    controls: [
      ...[...ranges, ...apps, ...endpoints.map(ofEndpoint)],
      ["Sort", "First seen", "sort=first_seen", { sort: "first_seen" }],
      ["Sort", "Most people", "sort=people", { sort: "people" }],
      ["Sort", "Most events", "sort=events", { sort: "events" }],
      ["Sort", "Growing", "sort=trend", { sort: "trend" }],
    ],
    empty: [
      "No failed calls",
      `Every WeChat API call has succeeded, or none has been made yet. ${gettingStarted}`,
    ],
  },
  {
    path: "/errors?view=log",
    procedure: "failures.list",
    rows: [loggedFailure()],
    range: sevenDays,
    controls: [...ranges, ...apps, ...endpoints.slice(0, 2).map(ofEndpoint)],
    empty: [
      "No failed calls",
      `Every WeChat API call has succeeded, or none has been made yet. ${gettingStarted}`,
    ],
  },
  {
    path: "/sign-ins",
    procedure: "signIns.list",
    rows: [signInRow()],
    range: sevenDays,
    controls: [
      ...ranges,
      ...apps,
      ["Outcome", "Signed in", "outcome=signed_in", { outcome: "signed_in" }],
      ["Outcome", "WeChat added", "outcome=bound", { outcome: "bound" }],
      ["Outcome", "Belongs to another", "outcome=bound_elsewhere", { outcome: "bound_elsewhere" }],
      ["Outcome", "Declined", "outcome=refused", { outcome: "refused" }],
      ["Outcome", "Expired", "outcome=expired", { outcome: "expired" }],
      ["Outcome", "Snapshot page", "outcome=snapshot", { outcome: "snapshot" }],
      ["Outcome", "Blocked", "outcome=blocked", { outcome: "blocked" }],
      ["Outcome", "Failed", "outcome=failed", { outcome: "failed" }],
      ["Outcome", "Abandoned", "outcome=abandoned", { outcome: "abandoned" }],
      ["Outcome", "In progress", "outcome=in_progress", { outcome: "in_progress" }],
    ],
    empty: ["No sign-ins yet", gettingStarted],
  },
];
const paged = lists.filter(({ procedure }) => procedure !== "failures.groups");
const searched = paged;

const answersOf = ({ procedure }: List, answer: unknown): Answers =>
  ({
    "tokens.listApps": { items: [] },
    "people.get": personDetail(),
    "failures.groups": groupList([]),
    [procedure]: answer,
  }) as Answers;
const page = (items: object[], nextCursor: string | null = null) => ({ items, nextCursor });
const open = (list: List, query = "", answer: unknown = page(list.rows)) =>
  openConsole(list.path + (query && (list.path.includes("?") ? "&" : "?") + query), {
    answers: answersOf(list, answer),
  });
const addressOf = (list: List, query: string) =>
  list.path + (query && (list.path.includes("?") ? "&" : "?") + query);
const paramsOf = (address: string) => Object.fromEntries(new URLSearchParams(address.split("?")[1]));
/** JSON has no undefined: what was sent. */
const sent = (input: object) => JSON.parse(JSON.stringify(input));
const lastInput = (console: OpenedConsole, list: List) => console.api.lastInputOf(list.procedure);

describe.each(lists)("the list of $path", (list) => {
  it("sends what each control says, and nothing else", async () => {
    const console = await open(list);
    expect(console.api.inputsOf(list.procedure)).toEqual([list.range]);
    expect(console.address).toBe(list.path);
    const chosen: Record<string, [query: string, input: object]> = {};
    for (const [label, option, query, input] of list.controls) {
      await console.choose(label, option);
      chosen[label] = [query, input];
      const queries = Object.values(chosen).map(([part]) => part);
      const inputs = Object.values(chosen).map(([, part]) => part);
      expect(paramsOf(console.address), option).toEqual(paramsOf(addressOf(list, queries.join("&"))));
      expect(lastInput(console, list), option).toEqual(sent(Object.assign({}, list.range, ...inputs)));
    }
    for (const label of Object.keys(chosen)) {
      await console.choose(
        label,
        (console.main.getByLabelText(label) as HTMLSelectElement).options[0]?.text ?? "",
      );
    }
    expect(console.address).toBe(list.path);
  });

  it("opens with the query of its address, and shows it in its controls", async () => {
    const [label, option, query, input] = list.controls.at(-1) ?? list.controls[0] ?? ["", "", "", {}];
    const console = await open(list, `${query}&appId=${MAIN}`);
    expect(console.api.inputsOf(list.procedure)).toEqual([sent({ ...list.range, ...input, appId: MAIN })]);
    const select = console.main.getByLabelText(label) as HTMLSelectElement;
    expect(select.options[select.selectedIndex]?.text).toBe(option);
    expect((console.main.getByLabelText("App") as HTMLSelectElement).value).toBe(MAIN);
    await console.choose("App", "All apps");
    await console.back();
    expect(console.address).toBe(addressOf(list, `${query}&appId=${MAIN}`));
  });

  it("clears its filters and keeps nothing of them", async () => {
    const console = await open(list, `appId=${MAIN}&cursor=c2`);
    await console.click("Clear filters");
    expect([console.address, lastInput(console, list)]).toEqual([list.path, list.range]);
    expect(console.body.queryByRole("button", { name: "Clear filters" })).toBeNull();
  });

  it("says why it is empty: no match, none in the time range, or none at all", async () => {
    // Of all time there is one, until there is none at all.
    let older: object[] = list.range === sevenDays ? list.rows : [];
    const isOfAllTime = (input: object) => !("from" in input) && ("limit" in input || "state" in input);
    const console = await open(list, `appId=${MAIN}&range=all`, (input: object) =>
      page(isOfAllTime(input) ? older : []),
    );
    expect(console.page.slice(-4)).toEqual([
      "(neutral) ‹filter-off›",
      "No matches",
      "Nothing matches all of these filters.",
      "[Clear filters]",
    ]);
    const buttons = console.body.getAllByRole("button", { name: "Clear filters" });
    expect(buttons).toHaveLength(2);
    await console.click(buttons.at(-1) as HTMLElement);
    expect(console.address).toBe(list.path);
    if (list.range === sevenDays) {
      expect(console.page.slice(-4)).toEqual([
        "(neutral) ‹clock-search›",
        "Nothing in this time range",
        "There may be older records.",
        "[Show all time]",
      ]);
      older = [];
      await console.click("Show all time");
      expect([console.address, lastInput(console, list)]).toEqual([addressOf(list, "range=all"), {}]);
    }
    expect(console.page.slice(-3)).toEqual(["(neutral) ‹seedling›", ...list.empty]);
    expect(console.body.queryByRole("button", { name: "Clear filters" })).toBeNull();
  });

  it("teaches how to begin, also under its usual time range, while there is nothing at all", async () => {
    const console = await open(list, "", page([]));
    expect(console.page.slice(-3)).toEqual(["(neutral) ‹seedling›", ...list.empty]);
  });

  it("keeps its rows, marked as old, while others load", async () => {
    const console = await open(list);
    const [label, option] = list.controls[0] ?? ["", ""];
    // The links of the rows follow the address at once.
    const rows = () => JSON.stringify(console.rows).replace(/⇒[^ "]+/g, "");
    const before = rows();
    console.api.hold();
    await console.choose(label, option);
    expect(rows()).toBe(before);
    expect(document.querySelector("main [aria-busy]")?.getAttribute("aria-busy")).toBe("true");
    expect(console.has("main [data-stale]")).toBe(true);
    expect(console.page.join("\n")).toContain("[Refresh: ‹refresh›, loading]");
    console.api.answer(answersOf(list, page([])));
    console.api.release();
    await console.settle();
    expect(console.has("main [data-row-link]")).toBe(false);
  });

  it("says why it did not load, with the number to look for, and tries again when asked", async () => {
    const console = await open(list, "", new Refusal("INTERNAL_SERVER_ERROR", 500));
    // One retry by itself, after a pause.
    expect(console.api.inputsOf(list.procedure)).toHaveLength(1);
    expect(console.page.at(-1)).toBe("Loading…");
    await console.wait(650);
    expect(console.api.inputsOf(list.procedure)).toHaveLength(1);
    await console.wait(100);
    expect(console.api.inputsOf(list.procedure)).toHaveLength(2);
    await console.wait(10_000);
    expect(console.api.inputsOf(list.procedure)).toHaveLength(2);
    expect(console.page.slice(-4)).toEqual([
      "alert: (error) ‹plug-connected-x›",
      "Could not load",
      "The server returned an error. Search its log for the request number to find the reason.",
      "[‹refresh›Try again] Request number 01KR…00000001{01KREQUESTNUMBER0000000001} [Copy Request number: ‹copy›]",
    ]);
    console.api.answer(answersOf(list, page(list.rows)));
    await console.click("Try again");
    expect(console.rows).toHaveLength(1);

    // Later a refresh fails: the rows stay below a warning.
    console.api.answer(answersOf(list, new Refusal("INTERNAL_SERVER_ERROR", 500)));
    await console.click("Refresh");
    await console.wait(800);
    expect(console.rows).toHaveLength(1);
    expect(console.page.join("\n")).toContain(
      "(warning) alert: ‹alert-triangle›\nThe refresh failed. What you see may be out of date. Request number 01KR…00000001{01KREQUESTNUMBER0000000001} [Copy Request number: ‹copy›] [Try again]\n",
    );
    console.api.answer(
      answersOf(
        list,
        page([...list.rows, { ...list.rows[0], id: "2", userId: "2", bindingId: "2", appId: "2" }]),
      ),
    );
    await console.click("Try again");
    expect(console.rows).toHaveLength(2);
    expect(console.page.join()).not.toContain("The refresh failed");
  });
});

describe.each(lists.filter(({ range }) => range === sevenDays))("the time range of $path", (list) => {
  it("takes two times of the operator's zone, each with or without the other", async () => {
    const console = await open(list);
    expect(console.main.queryByLabelText("From")).toBeNull();
    await console.choose("Time range", "Custom range…");
    expect(lastInput(console, list)).toEqual({});
    await console.type(console.main.getByLabelText("From"), "2026-01-02T09:30");
    expect(lastInput(console, list)).toEqual({ from: "2026-01-02T01:30:00.000Z" });
    await console.type(console.main.getByLabelText("To"), "2026-02-03T10:45");
    const bounds = { from: "2026-01-02T01:30:00.000Z", to: "2026-02-03T02:45:00.000Z" };
    expect(lastInput(console, list)).toEqual(bounds);
    expect(console.address).toBe(
      addressOf(list, "range=custom&from=2026-01-02T01%3A30%3A00.000Z&to=2026-02-03T02%3A45%3A00.000Z"),
    );
    expect((console.main.getByLabelText("From") as HTMLInputElement).value).toBe("2026-01-02T09:30");
    expect((console.main.getByLabelText("To") as HTMLInputElement).value).toBe("2026-02-03T10:45");
    await console.type(console.main.getByLabelText("From"), "");
    expect(lastInput(console, list)).toEqual({ to: bounds.to });
    await console.choose("Time range", "Last 24 hours");
    expect(console.address).toBe(addressOf(list, "range=24h"));
  });
});

describe.each(paged)("the total of $path", (list) => {
  const count = list.procedure.replace(/\.list(Users)?$/, ".count$1") as Procedure;
  const total = () => document.querySelector("[data-total]")?.textContent;

  it("is counted on the page if that is all, and asked for with the filters once there is more", async () => {
    const console = await open(list);
    expect([total(), console.api.inputsOf(count)]).toEqual(["1 row", []]);
    console.api.answer(answersOf(list, page(list.rows, "next")));
    await console.choose("App", "web");
    expect(total()).toBe("10,000+ rows");
    expect(console.api.inputsOf(count)).toEqual([{ ...list.range, appId: "wx00000000000000b2" }]);
    console.api.answer({ ...answersOf(list, page(list.rows)), [count]: { count: 51, isMore: false } });
    await console.click("Next");
    expect([total(), console.api.inputsOf(count).length]).toEqual(["10,000+ rows", 1]);
  });

  it("is not shown for an empty list, nor while a search has found nothing yet", async () => {
    const console = await open(list, "", page([]));
    expect(total()).toBeUndefined();
    console.api.answer({
      ...answersOf(list, { ...page([], "next"), searchedTo: "2026-02-25T04:05:06.000Z" }),
      [count]: { count: 0, isMore: false },
    });
    await console.choose("App", "web");
    expect([console.api.inputsOf(count).length, total()]).toEqual([1, undefined]);
  });
});

describe.each(paged)("the pages of $path", (list) => {
  const note = "The page that this address names is not available any more: this is the first page.";
  const paging = () =>
    [...document.querySelectorAll('nav[aria-label="Pagination"] > :not([data-total])')]
      .map(({ textContent }) => textContent)
      .join("");

  it("lead to the next ones and back through the same cursors, also with the browser's button", async () => {
    const next: Record<string, string | null> = { "": "c2", c2: "c3", c3: null };
    const console = await open(list, `appId=${MAIN}`, ({ cursor = "" }) =>
      page(list.rows, next[cursor] ?? null),
    );
    const query = (cursor?: string) => sent({ ...list.range, appId: MAIN, cursor });
    expect(paging()).toBe("Next");
    await console.click("Next");
    expect([console.address, lastInput(console, list), paging()]).toEqual([
      addressOf(list, `appId=${MAIN}&cursor=c2`),
      query("c2"),
      "PreviousNext",
    ]);
    await console.click("Next");
    expect([lastInput(console, list), paging()]).toEqual([query("c3"), "Previous"]);
    await console.click("Previous");
    expect(console.address).toBe(addressOf(list, `appId=${MAIN}&cursor=c2`));
    await console.click("Previous");
    expect(console.address).toBe(addressOf(list, `appId=${MAIN}`));
    expect(paging()).toBe("Next");
    await console.back();
    expect([console.address, paging()]).toEqual([addressOf(list, `appId=${MAIN}&cursor=c2`), "PreviousNext"]);
    await console.choose("App", "All apps");
    expect(console.address).toBe(list.path);
  });

  it("that the api does not know any more are the first one with a note, which goes with the next page", async () => {
    const console = await open(list, `appId=${MAIN}&cursor=broken`, ({ cursor }: { cursor?: string }) => {
      if (cursor === "broken") throw new Refusal("BAD_REQUEST", 400, "cursor_invalid");
      return page(list.rows, cursor === undefined ? "c2" : null);
    });
    const place = console.page.indexOf(note);
    expect([console.address, console.page.slice(place - 1, place + 1), paging()]).toEqual([
      addressOf(list, `appId=${MAIN}`),
      ["(info) ‹arrow-back-up›", note],
      "Next",
    ]);
    await console.click("Next");
    expect(console.page).not.toContain(note);
  });

  it("that the api does not know any more are not in the way back", async () => {
    const console = await open(list, `appId=${MAIN}`, ({ cursor }: { cursor?: string }) => {
      if (cursor === "broken") throw new Refusal("BAD_REQUEST", 400, "cursor_invalid");
      return page(list.rows);
    });
    await console.open(addressOf(list, "cursor=broken"));
    expect([console.address, console.page.includes(note)]).toEqual([list.path, true]);
    await console.back();
    expect([console.address, console.page.includes(note)]).toEqual([addressOf(list, `appId=${MAIN}`), false]);
  });

  it("of a shared link lead to the first one only, for those before are unknown", async () => {
    const console = await open(list, "cursor=c7", page(list.rows));
    expect(lastInput(console, list)).toEqual({ ...list.range, cursor: "c7" });
    expect(paging()).toBe("First page");
    await console.click("First page");
    expect([console.address, paging()]).toEqual([list.path, ""]);
  });

  it("go on with a search that stopped, and never say that nothing matches before it is finished", async () => {
    const stopped = { items: [], nextCursor: "c2", searchedTo: "2026-05-03T04:05:06.000Z" };
    const console = await open(list, `appId=${MAIN}`, ({ cursor }: { cursor?: string }) =>
      cursor === undefined ? stopped : page([]),
    );
    const shown = () => document.querySelector("main")?.textContent ?? "";
    expect(shown()).toContain("The search is not finished");
    expect(shown()).not.toContain("No matches");
    expect(paging()).toMatch(/^Searched back to 2026-05-0\d .*Go on searching$/);
    await console.click("Go on searching");
    expect(lastInput(console, list)).toEqual(sent({ ...list.range, appId: MAIN, cursor: "c2" }));
    expect(shown()).toContain("No matches");
  });

  it("wait for the page before: its cursor is not known yet", async () => {
    const console = await open(list, "", page(list.rows, "c2"));
    console.api.hold();
    await console.click("Next");
    expect((console.button("Next") as HTMLButtonElement).disabled).toBe(true);
    console.api.release();
    await console.settle();
    expect((console.button("Next") as HTMLButtonElement).disabled).toBe(false);
  });
});

describe.each(searched)("the text search of $path", (list) => {
  const field = (console: OpenedConsole) => console.main.getByRole("textbox", { name: /^Search/ });

  it("sends a trimmed text when typing pauses or at Enter, and removes it when it is empty", async () => {
    const console = await open(list);
    await console.type(field(console), " 小");
    await console.wait(200);
    // Another key before the pause is over: the time starts anew.
    await console.type(field(console), " 小满 ");
    await console.wait(240);
    expect(console.address).toBe(list.path);
    await console.wait(60);
    expect(console.address).toBe(addressOf(list, "q=%E5%B0%8F%E6%BB%A1"));
    expect(lastInput(console, list)).toEqual({ ...list.range, q: "小满" });
    // What is being typed stays as it is.
    expect((field(console) as HTMLInputElement).value).toBe(" 小满 ");
    await console.type(field(console), "oAlice");
    await console.press("{Enter}");
    expect(lastInput(console, list)).toEqual({ ...list.range, q: "oAlice" });
    await console.type(field(console), "   ");
    await console.press("{Enter}");
    expect(console.address).toBe(list.path);
  });

  it("is dropped when the filters are cleared, also if it was not applied yet", async () => {
    const console = await open(list, `appId=${MAIN}`);
    for (const time of ["first", "second"]) {
      if (time === "second") await console.choose("App", "main");
      await console.type(field(console), "late");
      await console.click("Clear filters");
      await console.wait(1000);
      expect([console.address, (field(console) as HTMLInputElement).value], time).toEqual([list.path, ""]);
    }
    expect(
      console.api.inputsOf(list.procedure).filter((input) => JSON.stringify(input).includes("late")),
    ).toEqual([]);
  });

  it("shows the text of the address, also after going back", async () => {
    const console = await open(list, "q=first");
    expect((field(console) as HTMLInputElement).value).toBe("first");
    await console.open(addressOf(list, "q=second"));
    expect((field(console) as HTMLInputElement).value).toBe("second");
    await console.back();
    expect((field(console) as HTMLInputElement).value).toBe("first");
    expect(lastInput(console, list)).toEqual({ ...list.range, q: "second" });
  });
});

describe("a list", () => {
  const none = { items: [], nextCursor: null };
  const answers: Answers = { "people.list": none, "failures.groups": groupList([]), "signIns.list": none };

  it("of one person's sign-ins sends the user id of its address, which has no control but can be cleared", async () => {
    const console = await openConsole("/sign-ins?userId=01KALICE000000000000000001", { answers });
    expect(console.api.lastInputOf("signIns.list")).toEqual({
      userId: "01KALICE000000000000000001",
      ...sevenDays,
    });
    await console.click(console.body.getAllByRole("button", { name: "Clear filters" })[0] as HTMLElement);
    expect(console.api.inputsOf("signIns.list").slice(1)).toEqual([sevenDays, { limit: 1 }]);
  });

  it("says nothing of its time range before it knows whether there is anything at all", async () => {
    const console = await openConsole("/people", { answers });
    console.api.answer({
      "signIns.list": (input) => {
        if (!("limit" in input)) console.api.hold();
        return none;
      },
    });
    await console.open("/sign-ins?range=1h");
    const said = () =>
      ["Nothing in this time range", "No sign-ins yet"].filter((text) => console.page.includes(text));
    expect([console.api.lastInputOf("signIns.list"), said()]).toEqual([{ limit: 1 }, []]);
    console.api.release();
    await console.settle();
    expect(said()).toEqual(["No sign-ins yet"]);
  });

  it("shows the value of a filter that is no longer among its options", async () => {
    const console = await openConsole("/people?appId=wx00000000000000c3", { answers });
    expect(console.page).toContain("[App=wx00000000000000c3](All apps, main, web, wx00000000000000c3)");
    expect(console.api.lastInputOf("people.list")).toEqual({ appId: "wx00000000000000c3" });
  });

  it("is a grey shape once it takes longer than 300 ms", async () => {
    const console = await openConsole("/errors", { answers });
    console.api.hold();
    await console.open("/people");
    const shapes = () => document.querySelectorAll("main .mantine-Skeleton-root").length;
    expect([shapes(), console.page.at(-1)]).toEqual([0, "Loading…"]);
    await console.wait(200);
    expect(shapes()).toBe(0);
    await console.wait(100);
    expect(shapes()).toBe(8);
  });

  it("is asked for again when it is opened after five seconds, not before", async () => {
    const console = await openConsole("/people", { answers });
    for (const pause of [4000, 2000]) {
      await console.open("/errors");
      await console.wait(pause);
      await console.open("/people");
    }
    expect(console.api.inputsOf("people.list")).toHaveLength(2);
  });

  it("replaces its address while a text is typed, so that the way back leaves it", async () => {
    const console = await openConsole("/errors", { answers });
    await console.open("/people");
    for (const text of ["a", "ab"]) {
      await console.type(console.main.getByRole("textbox", { name: "Search people" }), text);
      await console.wait(300);
    }
    expect(console.address).toBe("/people?q=ab");
    await console.back();
    expect(console.address).toBe("/errors");
  });

  it.each([
    ["/people", "people.list", person(), 0],
    ["/tokens", "tokens.listUsers", userToken(), 500],
  ] as const)(
    "of %s starts another page at its top, and moves nothing for a filter or a drawer",
    async (path, procedure, row, top) => {
      const console = await openConsole(path, {
        answers: {
          "tokens.listApps": { items: [] },
          [procedure]: { items: [row], nextCursor: "c2" },
        } as Answers,
      });
      window.scrollTo(0, 500);
      await console.choose("App", "main");
      expect(window.scrollY).toBe(500);
      await console.click("Clear filters");
      expect([console.address, window.scrollY]).toEqual([path, 500]);
      await console.click(console.link("Alice"));
      await console.click("Close");
      expect([console.address, window.scrollY]).toEqual([path, 500]);
      await console.click("Next");
      expect(window.scrollY).toBe(top);
    },
  );
});

describe("a text search", () => {
  it("is not started by the Enter that confirms an input method's text", async () => {
    const console = await openConsole("/people", {
      answers: { "people.list": { items: [], nextCursor: null } },
    });
    const field = console.main.getByRole("textbox", { name: "Search people" });
    await console.type(field, "xiao");
    await console.wait(400);
    await console.composeEnter(field, "小");
    expect(console.address).toBe("/people?q=xiao");
    await console.wait(400);
    expect(console.address).toBe("/people?q=%E5%B0%8F");
  });
});

describe("the errors page", () => {
  const none = { items: [], nextCursor: null };

  it("applies an errcode at Enter or when its field is left, never one typed halfway", async () => {
    const console = await openConsole("/errors?cursor=c2", { answers: { "failures.groups": groupList([]) } });
    const field = () => console.main.getByLabelText("errcode") as HTMLInputElement;
    await console.type(field(), " 40029 ");
    await console.wait(1000);
    expect(console.api.inputsOf("failures.groups")).toEqual([sevenDays, { state: "all" }]);
    await console.press("{Enter}");
    expect(console.address).toBe("/errors?errcode=40029");
    expect(console.api.lastInputOf("failures.groups")).toEqual({ ...sevenDays, errcode: "40029" });
    expect(field().value).toBe("40029");
    await console.type(field(), "-1");
    await console.press("{Tab}");
    expect(console.address).toBe("/errors?errcode=-1");
    await console.user.clear(field());
    await console.press("{Enter}");
    expect(console.address).toBe("/errors");
  });

  it("keeps the filters when it changes between groups and log, and forgets page and drawer", async () => {
    const console = await openConsole(
      "/errors?view=log&q=oAlice&range=24h&errcode=40029&cursor=c2&open=01KFAILURE0000000000000001",
      {
        answers: {
          "failures.groups": groupList([]),
          "failures.list": none,
          "failures.get": new Refusal("NOT_FOUND", 404, "not_found"),
        },
      },
    );
    await console.click("Close");
    await console.click(console.link("Groups"));
    expect(console.address).toBe("/errors?q=oAlice&range=24h&errcode=40029");
    // The groups have no text search.
    expect(console.api.lastInputOf("failures.groups")).toEqual({
      errcode: "40029",
      from: "2026-02-28T12:00:00.000Z",
    });
    await console.click(console.link("Log"));
    expect(console.address).toBe("/errors?q=oAlice&range=24h&errcode=40029&view=log");
    expect(console.api.lastInputOf("failures.list")).toEqual({
      q: "oAlice",
      errcode: "40029",
      from: "2026-02-28T12:00:00.000Z",
    });
    await console.click(console.body.getAllByRole("button", { name: "Clear filters" })[0] as HTMLElement);
    expect(console.address).toBe("/errors?view=log");
  });

  it("keeps the state and the order of its groups when the filters are cleared", async () => {
    const console = await openConsole("/errors?errcode=40029&state=all&sort=people", {
      answers: { "failures.groups": groupList([group()]) },
    });
    await console.click("Clear filters");
    expect(console.address).toBe("/errors?state=all&sort=people");
  });

  it("refreshes the list and the open drawer", async () => {
    const console = await openConsole("/errors?open=01KFAILURE0000000000000001", {
      answers: {
        "failures.groups": groupList([]),
        "failures.get": new Refusal("NOT_FOUND", 404, "not_found"),
      },
    });
    const lists = () =>
      console.api.inputsOf("failures.groups").filter((input) => "from" in (input as object));
    expect(lists()).toHaveLength(1);
    await console.click("Refresh");
    expect(lists()).toHaveLength(2);
    expect(console.api.inputsOf("failures.get")).toHaveLength(2);
  });
});

describe("a list that the api refuses for the moment", () => {
  it("is asked for four times with growing pauses, then says that others load lists too", async () => {
    const busy = new Refusal("TOO_MANY_REQUESTS", 429, "too_many_lists");
    const console = await openConsole("/people", { answers: { "people.list": busy } });
    const asked = () => console.api.inputsOf("people.list").length;
    const counts = [asked()];
    for (const pause of [750, 1450, 2150, 10_000]) {
      await console.wait(pause);
      counts.push(asked());
    }
    expect(counts).toEqual([1, 2, 3, 4, 4]);
    expect(console.page.slice(-4, -1)).toEqual([
      "alert: (neutral) ‹plug-connected-x›",
      "Too many lists at once",
      "Other operators are loading lists too. Try again in a moment.",
    ]);
  });

  it("is not asked for again by itself if it took too long", async () => {
    const slow = new Refusal("SERVICE_UNAVAILABLE", 503, "list_too_slow");
    const console = await openConsole("/people", { answers: { "people.list": slow } });
    await console.wait(10_000);
    expect(console.api.inputsOf("people.list")).toHaveLength(1);
    expect(console.page.slice(-4, -1)).toEqual([
      "alert: (neutral) ‹plug-connected-x›",
      "This took too long",
      "The search was stopped after 5 seconds, so that sign-ins go on. Add a filter or choose a shorter time, then try again.",
    ]);
  });

  it("says that the server is away if it does not answer", async () => {
    const console = await openConsole("/people", {
      answers: { "people.list": new NoConnection("fetch failed") },
    });
    await console.wait(800);
    expect(console.api.inputsOf("people.list")).toHaveLength(2);
    expect(console.page.slice(-4)).toEqual([
      "alert: (error) ‹plug-connected-x›",
      "No connection to the server",
      "The server cannot be reached. Check your network and that the server is running.",
      "[‹refresh›Try again]",
    ]);
  });
});

describe("times on a page", () => {
  it("go on by themselves, every fifteen seconds", async () => {
    const console = await openConsole("/people", {
      answers: {
        "people.list": {
          items: [person({ lastSignInAt: ago({ ms: 29_000 }), createdAt: NOW })],
          nextCursor: null,
        },
      },
    });
    const last = () => console.rows.map((row) => row["Last sign-in"]?.replace(/\{.*/, ""));
    expect(last()).toEqual(["just now"]);
    await console.wait(30_000);
    expect(last()).toEqual(["44 seconds ago"]);
    await console.wait(30_000);
    expect(last()).toEqual(["1 minute ago"]);
  });
});
