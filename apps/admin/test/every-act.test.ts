// @vitest-environment happy-dom
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { notifications } from "@mantine/notifications";
import { fireEvent, within } from "@testing-library/dom";
import { act } from "react";
import { describe, expect, it, vi } from "vitest";
import {
  consoleTests,
  notificationTexts,
  type OpenedConsole,
  openConsole,
  type Role,
} from "./support/console.js";
import { acts, doneAnswers } from "./support/every-act.js";
import { everyAnswer } from "./support/every-page.js";
import { all, nameOf, objections, textOf } from "./support/markup-rules.js";
import { type Answers, type Procedure, Refusal } from "./support/stand-in-api.js";
import { transcript } from "./support/transcript.js";

// What holds for every act: its question as a whole, what it sends, that its button waits, that a refusal is said, and what is
// said and read again once it is done.

consoleTests();

/** What follows another act: its own tests take both steps. */
const afterAnother = [
  ...["failures.undo", "failures.undoMany", "operator.redeemLink", "operator.signOut"],
  ...["secondFactor.confirmPasskey", "secondFactor.confirmTotp"],
];

const labelOf = (control: HTMLElement) => all(`label[for="${control.id}"]`).map(textOf)[0] ?? nameOf(control);
const isRed = ({ style }: HTMLElement) => /red|--error/.test(style.cssText);

/** The dialog in front, or the whole document. */
const front = () => all("[data-front-dialog]").at(-1) ?? document.body;
const question = () => all("[data-front-dialog]").at(-1);

async function take(console: OpenedConsole, step: string): Promise<void> {
  const [name = "", value] = step.split("=");
  const part = within(front());
  if (value === undefined) {
    const press = (["button", "menuitem", "checkbox", "switch"] as const).flatMap((role) =>
      part.queryAllByRole(role, { name: role === "switch" ? new RegExp(name) : name }),
    );
    return console.click(press[0] ?? `nothing is called ${name}`);
  }
  const field = part.getAllByLabelText(name, { selector: "input, select, textarea" })[0] as HTMLElement;
  if (!(field instanceof HTMLSelectElement)) return console.type(field, value);
  const chosen = [...field.options].find(({ text }) => text === value);
  fireEvent.change(field, { target: { value: chosen?.value } });
  return console.settle();
}

const cases = Object.entries(acts).flatMap(([procedure, act]) =>
  [act].flat().map((one) => [procedure as Procedure, one] as const),
);

/** How long a message takes to go away. */
const fadingMs = 300;

const calledBy = async (console: OpenedConsole, act: () => Promise<void>) => {
  const before = console.api.calls.length;
  await act();
  await console.wait(fadingMs);
  return console.api.calls.slice(before).map(({ procedure }) => procedure);
};

describe("an act", () => {
  it.each(cases)(
    "asks, waits, says why it was refused, and once it is done what became of it: %s",
    async (procedure, { path, steps, answers, role = "owner" as Role | null }) => {
      // The browser saves a file.
      vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => {});
      const refused = new Refusal("INTERNAL_SERVER_ERROR", 500);
      const console = await openConsole(path, {
        role,
        answers: { ...everyAnswer, ...answers, [procedure]: refused } as Answers,
      });
      for (const step of steps.slice(0, -1)) await take(console, step);
      const asked = question();
      const asks = asked && {
        says: transcript(asked),
        startsAt: all("[data-autofocus]", asked).map(labelOf),
        red: all("button", asked).filter(isRed).map(nameOf),
        objections: objections(),
      };
      console.api.hold();
      await take(console, steps.at(-1) ?? "");
      const waiting = all("button[data-loading], select:disabled, input:disabled").map(labelOf);
      console.api.release();
      await console.settle();
      const atFirst = {
        asks,
        waiting,
        sent: console.api.inputsOf(procedure),
        said: [
          ...all('[role="alert"]:not(.mantine-Notification-root)').map((alert) => alert.textContent),
          ...notificationTexts(),
        ],
        isOpen: question() !== undefined,
      };

      console.api.answer({ ...doneAnswers, ...answers });
      act(() => notifications.clean());
      await console.wait(fadingMs);
      const isFilledIn = question() !== undefined || role === null;
      const again = isFilledIn ? steps.slice(-1) : steps.filter((step) => !step.startsWith("Select all"));
      for (const step of again.slice(0, -1)) await take(console, step);
      const called = await calledBy(console, () => take(console, again.at(-1) ?? ""));
      const shown = question();
      const done = {
        called,
        address: console.address,
        shows: shown && transcript(shown),
        says: notificationTexts(),
      };
      const canUndo = all(".mantine-Notification-root button").some((button) => textOf(button) === "Undo");
      const undo = canUndo && {
        called: await calledBy(console, () => take(console, "Undo")),
        says: notificationTexts(),
      };
      expect({ ...atFirst, done, ...(undo && { undo }) }).toMatchSnapshot();
    },
  );

  it("is in the table", () => {
    const directory = join(import.meta.dirname, "../src");
    const sources = readdirSync(directory, { recursive: true, encoding: "utf8" })
      .filter((file) => /\.tsx?$/.test(file))
      .map((file) => readFileSync(join(directory, file), "utf8"));
    const named = sources.flatMap((source) => [...source.matchAll(/trpc\.(\w+\.\w+)\.mutationOptions/g)]);
    const inConsole = new Set(named.map(([, name]) => name));
    const inTable = new Set(cases.map(([procedure]) => procedure));
    expect([...inConsole].filter((name) => !inTable.has(name as Procedure)).sort()).toEqual(afterAnother);
  });
});
