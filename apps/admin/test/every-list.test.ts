// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { consoleTests, type OpenedConsole, openConsole } from "./support/console.js";
import { everyAnswer, everyPage } from "./support/every-page.js";
import { all, nameOf, textOf } from "./support/markup-rules.js";
import { person } from "./support/seeds.js";
import type { Answers, Call } from "./support/stand-in-api.js";
import { transcript } from "./support/transcript.js";

// What holds for every list and every page that loads something: on a phone, while it loads, and on its next page.

consoleTests();

/** Without those of a single thing. */
const single = /[?&](?:open|group|app|user)=|^\/(?:nowhere|requests|search|sign-ins\/|conflicts\/)/;
const pages = [...everyPage.filter((path) => !single.test(path)), "/conflicts?view=merges"];

async function walk<Said>(
  say: (console: OpenedConsole, path: string) => Promise<Said> | Said,
  { answers = everyAnswer, width }: { answers?: Answers; width?: number } = {},
): Promise<Record<string, Said>> {
  const console = await openConsole("/nowhere", { role: "owner", answers, ...(width && { width }) });
  const said: Record<string, Said> = {};
  for (const path of pages) {
    await console.open(path);
    const ofPage = await say(console, path);
    if (ofPage !== undefined) said[path] = ofPage;
  }
  return said;
}

/** The drawer, or the page without the frame around it. */
const front = () => all('[role="dialog"], main').at(-1) as HTMLElement;

/** What was asked since then, each with what tells one list from another. */
const askedSince = ({ api }: OpenedConsole, before: number) =>
  api.calls.slice(before).map(({ procedure, input }: Call) => {
    const text = JSON.stringify(input ?? {});
    return text === "{}" ? procedure : `${procedure} ${text}`;
  });
const named = (name: string) => all("button", front()).find((button) => nameOf(button).startsWith(name));
const isLoading = (button: HTMLElement | undefined) => button?.hasAttribute("data-loading") ?? false;

// Slow machines walk over them for longer than a test of one page.
const patience = { timeout: 60_000 };

describe("every list", patience, () => {
  it("stands on a phone as cards: what is beside the name, what is below it, and what is left out", async () => {
    const said = await walk(
      () => {
        const cards = all("ul[aria-label][aria-busy]", front()).flatMap(transcript);
        return cards.length > 0 ? cards : undefined;
      },
      { width: 400 },
    );
    expect(said).toMatchSnapshot();
  });

  it("is marked as old on a phone, too, until its next page is there", async () => {
    const console = await openConsole("/people", {
      ...{ role: "owner", width: 400 },
      answers: { ...everyAnswer, "people.list": { items: [person()], nextCursor: "c2" } },
    });
    console.api.hold();
    await console.click("Next");
    const cards = all("main ul[aria-busy]")[0];
    expect([cards?.dataset.stale, cards?.getAttribute("aria-busy")]).toEqual(["true", "true"]);
  });

  it("keeps its rows, marked as old, until its next page is there, and waits with the one after", async () => {
    const paged = Object.fromEntries(
      Object.entries(everyAnswer).map(([procedure, answer]) => [
        procedure,
        async (input: { cursor?: string } | undefined) => {
          const page =
            typeof answer === "function" ? await (answer as (given: unknown) => unknown)(input) : answer;
          const isList = typeof page === "object" && page !== null && "nextCursor" in page;
          return isList ? { ...page, nextCursor: input?.cursor === undefined ? "c2" : null } : page;
        },
      ]),
    ) as Answers;
    const state = () => {
      const next = named("Next");
      return {
        canGoOn: next && !(next as HTMLButtonElement).disabled,
        isOld: all("[data-stale]", front()).length > 0,
        isBusy: all('[aria-busy="true"]:has(table)', front()).length > 0,
        rows: all("[aria-busy] tbody tr", front()).map(textOf),
      };
    };
    const said = await walk(
      async (console, path) => {
        const next = named("Next");
        if (!next) return undefined;
        const { rows } = state();
        const before = console.api.calls.length;
        console.api.hold();
        await console.click(next);
        expect({ path, ...state() }).toEqual({ path, canGoOn: false, isOld: true, isBusy: true, rows });
        console.api.release();
        await console.settle();
        expect({ path, ...state() }).toEqual({ path, canGoOn: undefined, isOld: false, isBusy: false, rows });
        return askedSince(console, before);
      },
      { answers: paged },
    );
    expect(said).toMatchSnapshot();
  });
});

describe("every page", patience, () => {
  it("is read again by its button, which shows that it waits", async () => {
    const said = await walk(async (console, path) => {
      const refresh = named("Refresh");
      if (!refresh || front().localName !== "main") return undefined;
      const before = console.api.calls.length;
      console.api.hold();
      await console.click(refresh);
      const waits = isLoading(named("Refresh"));
      console.api.release();
      await console.settle();
      expect([path, waits, isLoading(named("Refresh"))]).toEqual([path, true, false]);
      return askedSince(console, before).sort();
    });
    expect(said).toMatchSnapshot();
  });
});
