// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { clearSetUpSecret, takeSetUpSecret } from "../src/pages/auth/set-up-secret.js";
import { consoleTests, type OpenedConsole, openConsole } from "./support/console.js";
import { doneAnswers } from "./support/every-act.js";
import { everyAnswer } from "./support/every-page.js";
import { all, textOf } from "./support/markup-rules.js";
import type { Procedure } from "./support/stand-in-api.js";

// Forms of several fields: each one is needed, and one that is left out is said to be, and no other.

consoleTests();

interface Form {
  path: string;
  /** null for a page before sign-in. */
  role: "owner" | null;
  /** What is pressed until the form is there. */
  press?: string[];
  /** The label of each field, with a value that is taken. */
  fields: Record<string, string>;
  submit: string;
  procedure: Procedure;
}

const forms: Form[] = [
  {
    ...{ path: "/sign-in", role: null, submit: "Sign in", procedure: "operator.signIn" },
    fields: { Username: "nina", Password: "a-long-walk" },
  },
  {
    ...{ path: "/set-up", role: null, submit: "Save and sign in", procedure: "operator.redeemLink" },
    fields: { Username: "nina", Password: "a-long-walk" },
  },
  {
    ...{ path: "/security", role: "owner", press: ["Account of the-owner", "Change password"] },
    fields: { "Current password": "a-long-walk", "New password": "a-longer-walk" },
    ...{ submit: "Change password", procedure: "operator.changePassword" },
  },
  {
    ...{ path: "/security", role: "owner", press: ["Add passkey"], submit: "Add" },
    fields: { "Your password": "a-long-walk", Name: "laptop" },
    procedure: "secondFactor.startPasskey",
  },
];

const front = () => all('[role="dialog"], main').at(-1) as HTMLElement;
const button = (name: string, part: ParentNode) =>
  all("button", part).findLast(
    (one) => (one.getAttribute("aria-label") ?? textOf(one)) === name,
  ) as HTMLElement;
const field = (label: string) => {
  const { htmlFor } = all("label", front()).find((one) => textOf(one) === label) as HTMLLabelElement;
  return document.getElementById(htmlFor) as HTMLInputElement;
};
/** Below which of the fields something is said to be wrong. */
const blamed = (labels: string[]) =>
  labels.filter((label) =>
    field(label).closest(".mantine-InputWrapper-root")?.querySelector(".mantine-InputWrapper-error"),
  );

/** Which of the fields a screen reader says to be invalid. */
const invalid = (labels: string[]) =>
  labels.filter((label) => field(label).getAttribute("aria-invalid") === "true");

async function openForm({ path, role, press = [] }: Form): Promise<OpenedConsole> {
  // Before the page is there: an earlier file may have left a link, and the page would be told of its end.
  clearSetUpSecret();
  const console = await openConsole(path, { role, answers: { ...everyAnswer, ...doneAnswers } });
  if (path === "/set-up") {
    takeSetUpSecret();
    await console.openSetUpLink("link-secret");
  }
  for (const name of press) await console.click(button(name, document));
  return console;
}

describe("a form", () => {
  it.each(forms)("needs each of its fields: $procedure", async (form) => {
    const console = await openForm(form);
    const labels = Object.keys(form.fields);
    expect([blamed(labels), invalid(labels)]).toEqual([[], []]);
    for (const missing of labels) {
      for (const label of labels)
        await console.type(field(label), label === missing ? "" : (form.fields[label] ?? ""));
      await console.click(button(form.submit, front()));
      expect([blamed(labels), invalid(labels)]).toEqual([[missing], [missing]]);
      expect(console.api.inputsOf(form.procedure)).toEqual([]);
    }
    for (const label of labels) await console.type(field(label), form.fields[label] ?? "");
    expect([blamed(labels), invalid(labels)]).toEqual([[], []]);
    await console.click(button(form.submit, front()));
    expect(console.api.inputsOf(form.procedure)).toHaveLength(1);
  });
});
