import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds on the page once it rests, and whether it is wider than the screen. */
export async function objectionsOf(page: Page): Promise<string[]> {
  // Before its styles are loaded, half-way through a transition, and while a list waits for newer rows, a page has not the colours
  // that people read.
  await page.waitForFunction(
    () =>
      document.readyState === "complete" &&
      document.querySelector('[aria-busy="true"]') === null &&
      document.getAnimations().every(({ playState }) => playState !== "running"),
  );
  // Through the debugger and not as a script tag, which the page's CSP refuses.
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(options: object): Promise<{ violations: { id: string; help: string }[] }> };
    };
    // Of WCAG 2.2, and off unless asked for: targets of 24 px, or as far from each other.
    const { violations } = await axe.run({
      rules: { "target-size": { enabled: true } },
      resultTypes: ["violations"],
      selectors: false,
    });
    const tooWide = document.documentElement.scrollWidth > window.innerWidth ? ["wider than the screen"] : [];
    return [...violations.map(({ id, help }) => `${id}: ${help}`), ...tooWide];
  });
}

/** Walks with a key until the focus is where it has been, or leaves the part of the page; calls `look` at each place. */
async function walk(
  page: Page,
  key: "Tab" | "Shift+Tab",
  part: string,
  look: (place: FocusPlace, before: FocusPlace | undefined) => void,
): Promise<number> {
  let before = (await page.evaluate(placeOfFocus, part)) ?? undefined; // where it begins
  for (let steps = 0; steps < 200; steps++) {
    await page.keyboard.press(key);
    const place = await page.evaluate(placeOfFocus, part);
    if (!place) return steps;
    look(place, before);
    before = place;
  }
  throw new Error(`the focus does not leave ${part}`);
}

interface FocusPlace {
  name: string;
  left: number;
  /** In the window. */
  top: number;
  bottom: number;
  /** By how much what it is in was scrolled. */
  scrolled: number;
  /** Where what sticks to the top of the window ends. */
  headBottom: number;
}

/** In the page. Each place is told once. */
function placeOfFocus(part: string): FocusPlace | null {
  const focused = document.activeElement;
  if (!focused?.closest(part) || focused.hasAttribute("data-walked")) {
    for (const walked of document.querySelectorAll("[data-walked]")) walked.removeAttribute("data-walked");
    return null;
  }
  focused.setAttribute("data-walked", "");
  const { left, top, bottom } = focused.getBoundingClientRect();
  const heads = [...document.querySelectorAll("header, [data-sticky]")].filter(
    (head) => /sticky|fixed/.test(getComputedStyle(head).position) && !head.contains(focused),
  );
  const headBottom = Math.max(0, ...heads.map((head) => head.getBoundingClientRect().bottom));
  let scrolled = 0;
  for (let box: Element | null = focused; box; box = box.parentElement) scrolled += box.scrollTop;
  const name = focused.getAttribute("aria-label") ?? focused.textContent ?? "";
  return {
    name: `${focused.tagName.toLowerCase()} ${name.trim().slice(0, 40)}`,
    left,
    top,
    bottom,
    scrolled,
    headBottom,
  };
}

/** What is behind the sticky header, or below the window, when the focus walks back from the end of the page. */
export async function hiddenFocus(page: Page): Promise<{ steps: number; hidden: string[] }> {
  const hidden: string[] = [];
  await page.evaluate(() => {
    const end = document.createElement("button");
    document.querySelector("main")?.append(end);
    end.focus();
    end.addEventListener("blur", () => end.remove());
    scrollTo(0, document.documentElement.scrollHeight);
  });
  const height = page.viewportSize()?.height ?? 0;
  const steps = await walk(page, "Shift+Tab", "main", ({ name, top, bottom, headBottom }) => {
    if (bottom <= headBottom || top >= height) hidden.push(name);
  });
  return { steps, hidden };
}

/** Where Tab leads up, or to the left on the same line, in a part of the page that has the focus. */
export async function jumpsOfFocus(page: Page, part: string): Promise<{ steps: number; jumps: string[] }> {
  const jumps: string[] = [];
  const steps = await walk(page, "Tab", part, (place, before) => {
    if (!before) return;
    const [from, to] = [before, place].map(({ top, bottom, scrolled }) => ({
      ...{ top: top + scrolled, bottom: bottom + scrolled },
    })) as [{ top: number; bottom: number }, { top: number; bottom: number }];
    const isAbove = to.bottom <= from.top;
    const isSameLine = to.top < from.bottom && from.top < to.bottom;
    if (isAbove || (isSameLine && place.left < before.left)) jumps.push(`${before.name} → ${place.name}`);
  });
  return { steps, jumps };
}
