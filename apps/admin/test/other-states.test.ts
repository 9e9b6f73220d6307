// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { consoleTests, openConsole } from "./support/console.js";
import { everyAnswer } from "./support/every-page.js";
import { all, textOf } from "./support/markup-rules.js";
import { otherStates } from "./support/other-states.js";
import { transcript } from "./support/transcript.js";

// What pages show in the states that the tests of each page leave out.

consoleTests();

/** The dialog or drawer in front, or the page without the frame around it. */
const front = () => all('[role="dialog"], main').at(-1) as HTMLElement;

describe("the console", () => {
  it.each(Object.entries(otherStates))("shows %s", async (_title, { path, answers, press = [] }) => {
    const console = await openConsole(path, {
      role: "owner",
      answers: { ...everyAnswer, "system.notices": { items: [] }, ...answers },
    });
    const before = transcript(front());
    for (const name of press) {
      const items = all('button, [role="menuitem"]').filter(
        (one) => one.getAttribute("aria-label") === name || textOf(one) === name,
      );
      await console.click(items[0] ?? name);
    }
    const shown = [...transcript(front()), ...all(".mantine-Notification-root").flatMap(transcript)];
    // What was there before the press is no matter of this state.
    expect(press.length === 0 ? shown : shown.filter((line) => !before.includes(line))).toMatchSnapshot();
  });
});
