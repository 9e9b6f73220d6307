// @vitest-environment happy-dom
import { act } from "react";
import { describe, expect, it } from "vitest";
import { currentOperator, queryClient } from "../src/api/client.js";
import { consoleTests, type OpenedConsole, openConsole, type Role } from "./support/console.js";
import { emptyAnswers, emptyPages, everyAnswer, everyPage } from "./support/every-page.js";
import { all, focusable, nameOf, objections, textOf } from "./support/markup-rules.js";
import type { Answers } from "./support/stand-in-api.js";
import { transcript } from "./support/transcript.js";

// What holds for every page of the console, also for one that is added to the table: what transcripts of single pages leave out.

consoleTests();

/** What is in front: the drawer, or the page without the frame around it. */
const front = () => all('[role="dialog"], main').at(-1) as HTMLElement;

/** Walks over every page as an owner does, and returns what is to be said of each. */
async function walk<Said>(
  answers: Answers,
  say: (console: OpenedConsole) => Said | Promise<Said>,
  { pages = everyPage, language = "en" }: { pages?: readonly string[]; language?: "en" | "zh" } = {},
): Promise<Record<string, Said>> {
  const console = await openConsole(pages[0] ?? "/", { role: "owner", language, answers });
  const said: Record<string, Said> = {};
  for (const path of pages) {
    await console.open(path);
    expect(console.address).toBe(path);
    said[path] = await say(console);
  }
  return said;
}

/** Marks what people outside wrote, wherever it stands in an answer. */
const outside = new Set(["nickname", "errmsg", "openid", "unionid", "rid", "returnTo", "externalId"]);
const mark = "\u202e";
function marked(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) return value.map((one) => marked(one));
  if (typeof value === "function") return (input: unknown) => marked(value(input));
  if (typeof value === "string") return outside.has(key) ? `${mark}${value}` : value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, marked(one, name)]));
}

/** The texts of an element, each with the element that holds it. */
function textsIn(part: Element): [text: string, holder: Element][] {
  const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
  const texts: [string, Element][] = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.parentElement) texts.push([node.textContent ?? "", node.parentElement]);
  }
  return texts;
}

const told =
  /^(?:data-(?!mantine|variant|size|testid|checked|state|tone|align|current|stale|autofocus|floating|combobox|disabled|position|with|focus|label|order|pointer)|role$|aria-(?!label|labelledby|hidden|controls|describedby)|lang$|translate$|inputmode$|rel$|spellcheck$|autocapitalize$|min$|max$|step$|rows$|readonly$|required$)/;

/** How long a bar is. */
const drawn = /^(?:width|height): [\d.]+%/;

/** Each mark that an element carries beside its words, with how many carry it. */
function marksOf(part: Element): string[] {
  const counts = new Map<string, number>();
  for (const element of all("*", part)) {
    for (const { name, value } of element.attributes) {
      if (!told.test(name) && !drawn.test(value)) continue;
      const mark = `${element.localName}[${name}=${value}]`;
      counts.set(mark, (counts.get(mark) ?? 0) + 1);
    }
  }
  return [...counts].map(([mark, count]) => `${count} ${mark}`).sort();
}

/** What takes the focus, by its kind and its name. */
const controlsOf = (part: Element) =>
  all(`${focusable}, [role="switch"]`, part)
    .filter((control) => !control.closest("[aria-hidden]"))
    .map((control) => {
      const label = all(`label[for="${control.id}"]`).map(textOf).join();
      return `${control.localName} ${nameOf(control) || label}`.slice(0, 90);
    });

/** What each role is offered on the page that is open. The last of them stays. */
async function offeredTo(console: OpenedConsole, roles: readonly Role[]): Promise<string[][]> {
  const offered: string[][] = [];
  for (const role of roles) {
    const operator = { id: "01KOWNER000000000000000000", username: "the-owner", role, mustEnrol: false };
    act(() => void queryClient.setQueryData(currentOperator().queryKey, operator));
    await console.settle();
    offered.push(controlsOf(document.body));
  }
  return offered;
}

/** What the one list has more than the other. */
function more(has: readonly string[] = [], than: readonly string[] = []): string[] {
  const rest = [...than];
  return has.filter((one) => {
    const place = rest.indexOf(one);
    if (place >= 0) rest.splice(place, 1);
    return place < 0;
  });
}

// Slow machines walk over them for longer than a test of one page.
describe("every page", { timeout: 60_000 }, () => {
  it("can be used with a screen reader and a keyboard, tells other sites nothing, and keeps a text from outside to itself [T52]", async () => {
    let isolated = 0;
    const said = await walk(marked(everyAnswer) as Answers, () => {
      const outside = textsIn(document.body).filter(([text]) => text.includes(mark));
      const turning = outside.filter(([, holder]) => !holder.closest("bdi, option"));
      isolated += outside.length - turning.length;
      return [...turning.map(([text]) => `a text that turns what is beside it: ${text}`), ...objections()];
    });
    const faulty = Object.entries(said).filter(([, ofPage]) => ofPage.length > 0);
    expect(Object.fromEntries(faulty)).toEqual({});
    expect(isolated).toBeGreaterThan(80);
  });

  it("leads on with its filters, marks for style sheets what is not in its words, and offers each role what it may do", async () => {
    const said = await walk(everyAnswer, async (console) => {
      const links = all("a[href]", front()).map((one) => `${textOf(one)} ${one.getAttribute("href")}`);
      const marks = marksOf(front());
      const [viewer, operator, owner] = await offeredTo(console, ["viewer", "operator", "owner"]);
      return {
        links: [...new Set(links)],
        marks,
        fromOperatorsOn: more(operator, viewer),
        fromOwnersOn: more(owner, operator),
        onlyBelow: [...more(viewer, operator), ...more(operator, owner)],
      };
    });
    expect(said).toMatchSnapshot();
  });

  it.each(["en", "zh"] as const)("says why it is empty (%s)", async (language) => {
    const said = await walk(emptyAnswers, () => transcript(front()).slice(-5), {
      ...{ pages: emptyPages, language },
    });
    expect(said).toMatchSnapshot();
  });
});
