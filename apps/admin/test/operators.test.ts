// @vitest-environment happy-dom
import { within } from "@testing-library/dom";
import { describe, expect, it } from "vitest";
import type { OperatorRow } from "../src/api/types.js";
import { consoleTests, type OpenedConsole, openConsole, type Role } from "./support/console.js";
import { ago, ahead } from "./support/seeds.js";
import { type Answers, Refusal } from "./support/stand-in-api.js";
import { transcript } from "./support/transcript.js";

// The page about operators: its text, who is offered what, and each control with the exact call that it makes.

consoleTests();

const owner: OperatorRow = {
  id: "01KOWNER000000000000000000",
  username: "the-owner",
  role: "owner",
  status: "active",
  createdAt: ago({ days: 90 }),
  sessions: 1,
  factors: 1,
  lastSeenAt: ago({ minutes: 2 }),
};
const nina: OperatorRow = {
  id: "01KNINA0000000000000000000",
  username: "nina",
  role: "operator",
  status: "active",
  createdAt: ago({ days: 12 }),
  sessions: 2,
  factors: 2,
  lastSeenAt: ago({ hours: 3 }),
};
const gone: OperatorRow = {
  id: "01KGONE0000000000000000000",
  username: "gone",
  role: "viewer",
  status: "disabled",
  createdAt: ago({ days: 40 }),
  sessions: 0,
  factors: 0,
  lastSeenAt: null,
};
const link = {
  url: "http://localhost:4000/admin/set-up#AAAABBBBCCCC",
  username: "nina",
  expiresAt: ahead({ minutes: 15 }),
};
const ok = { ok: true } as const;

const open = (
  who: OperatorRow | undefined,
  answers: Answers = {},
  role: Role = "owner",
  language: "en" | "zh" = "en",
) =>
  openConsole(`/operators${who ? `?open=${who.id}` : ""}`, {
    role,
    language,
    answers: {
      "operators.list": { items: [nina, gone, owner], nextCursor: null },
      "operators.factorPolicy": { isRequired: false },
      ...answers,
    },
  });
const front = () => {
  const last = [...document.querySelectorAll<HTMLElement>('[role="dialog"]')].at(-1);
  if (!last) throw new Error("no dialog is open");
  return last;
};
const press = (console: OpenedConsole, name: string) =>
  console.click(within(front()).getByRole("button", { name }));
const notifications = () =>
  [...document.querySelectorAll(".mantine-Notification-root")].map((one) => transcript(one).join(" "));
const buttons = () => [...front().querySelectorAll("button")].map((one) => one.textContent).filter(Boolean);

describe("the page of operators", () => {
  it.each(["en", "zh"] as const)(
    "lists them, and shows one with what an owner can do (%s)",
    async (language) => {
      const console = await open(nina, {}, "owner", language);
      expect(console.page).toMatchSnapshot();
      expect(console.drawer).toMatchSnapshot();
      expect(console.api.inputsOf("operators.list")).toEqual([{}]);
    },
  );

  it.each([
    ["a viewer", "viewer", nina, []],
    ["an operator", "operator", nina, []],
    ["an owner on their own account", "owner", owner, []],
    [
      "an owner",
      "owner",
      nina,
      ["Link for a new password", "Sign out everywhere", "Reset second factor", "Disable"],
    ],
    ["an owner, of one who is disabled,", "owner", gone, ["Enable"]],
  ] as const)("offers %s only what the server would do", async (_, role, who, acts) => {
    const console = await open(who, {}, role);
    expect(buttons()).toEqual(acts);
    expect(console.body.queryAllByRole("button", { name: "Add operator" })).toHaveLength(
      role === "owner" ? 1 : 0,
    );
  });

  it("lists page by page, and keeps its page while one is opened and closed", async () => {
    const items = [nina, gone, owner];
    const console = await open(undefined, { "operators.list": { items, nextCursor: "c2" } });
    await console.click("Next");
    await console.click(console.link("gone"));
    expect(console.address).toBe(`/operators?cursor=c2&open=${gone.id}`);
    await console.click("Close");
    expect(console.address).toBe("/operators?cursor=c2");
    expect(console.api.inputsOf("operators.list")).toEqual([{}, { cursor: "c2" }]);
  });

  it("closes the one that was opened, and keeps the list", async () => {
    const console = await open(nina, {}, "owner");
    expect(console.has('[role="dialog"]')).toBe(true);
    await console.click("Close");
    expect([console.address, console.has('[role="dialog"]')]).toEqual(["/operators", false]);
    expect(console.page.join()).toContain("nina");
  });

  it.each(["en", "zh"] as const)("says why it is empty or cannot be shown (%s)", async (language) => {
    const empty = await open(
      undefined,
      { "operators.list": { items: [], nextCursor: null } },
      "viewer",
      language,
    );
    expect(empty.read("main")).toMatchSnapshot();
    await empty.close();
    const elsewhere = await open({ ...nina, id: "01KOTHER" }, {}, "viewer", language);
    expect(elsewhere.drawer).toMatchSnapshot();
    await elsewhere.close();
    const failed = await open(
      undefined,
      { "operators.list": new Refusal("FORBIDDEN", 403) },
      "viewer",
      language,
    );
    expect(failed.read("main")).toMatchSnapshot();
  });
});

describe("adding an operator", () => {
  it("asks for name and role, and shows the link once", async () => {
    const console = await open(undefined, { "operators.invite": link });
    await console.click("Add operator");
    await press(console, "Make link");
    expect(front().textContent).toContain("Enter a name.");
    expect(console.api.inputsOf("operators.invite")).toEqual([]);
    await console.type(within(front()).getByLabelText("Name"), " nina ");
    const means = [];
    for (const role of ["viewer", "owner", "operator"]) {
      await console.type(within(front()).getByLabelText("Role"), role);
      means.push(transcript(front()).at(-3));
    }
    expect(means).toEqual([
      "Sees everything with personal data masked, and changes nothing.",
      "Can also manage operators and host applications.",
      "Sees personal data, and acts on people, tokens and errors.",
    ]);
    await press(console, "Make link");
    expect(console.api.inputsOf("operators.invite")).toEqual([{ username: "nina", role: "operator" }]);
    expect(transcript(front())).toMatchSnapshot();
    await press(console, "Done");
    expect(document.body.textContent).not.toContain(link.url);
  });

  it("says that a name is taken, and keeps what was typed", async () => {
    const taken = new Refusal("BAD_REQUEST", 400, "username_unfit");
    const console = await open(undefined, { "operators.invite": taken });
    await console.click("Add operator");
    await console.type(within(front()).getByLabelText("Name"), "nina");
    await press(console, "Make link");
    expect(front().querySelector('[role="alert"]')?.textContent).toContain("This username is taken");
    expect((within(front()).getByLabelText("Name") as HTMLInputElement).value).toBe("nina");
  });
});

describe("an owner's act on another operator", () => {
  it("changes the role at once, and undoes it", async () => {
    const console = await open(nina, { "operators.changeRole": ok });
    await console.type(within(front()).getByLabelText("Role"), "viewer");
    expect(notifications()).toEqual([expect.stringContaining("nina is Viewer from now on.")]);
    await console.click("Undo");
    expect(console.api.inputsOf("operators.changeRole")).toEqual([
      { id: nina.id, from: "operator", to: "viewer" },
      { id: nina.id, from: "viewer", to: "operator" },
    ]);
    expect(console.api.inputsOf("operators.list")).toHaveLength(3);
  });

  it("disables after a question, and enables again with Undo", async () => {
    const console = await open(nina, { "operators.disable": ok, "operators.enable": ok });
    await press(console, "Disable");
    expect(transcript(front())).toMatchSnapshot();
    expect(console.api.inputsOf("operators.disable")).toEqual([]);
    await press(console, "Disable");
    expect(console.api.inputsOf("operators.disable")).toEqual([{ id: nina.id }]);
    await console.click("Undo");
    expect(console.api.inputsOf("operators.enable")).toEqual([{ id: nina.id }]);
  });

  it("signs them out everywhere, and makes a link for a new password", async () => {
    const answers = { "operators.endSessions": ok, "operators.createPasswordLink": link };
    const console = await open(nina, answers);
    await press(console, "Sign out everywhere");
    await press(console, "Sign out everywhere");
    expect(console.api.inputsOf("operators.endSessions")).toEqual([{ id: nina.id }]);
    expect(notifications()).toEqual([expect.stringContaining("nina is signed out.")]);
    await press(console, "Link for a new password");
    expect(console.api.inputsOf("operators.createPasswordLink")).toEqual([{ id: nina.id }]);
    expect(front().querySelector("code")?.textContent).toBe(link.url);
  });

  it("says why it was refused, and reads the list again", async () => {
    const changed = new Refusal("CONFLICT", 409, "operator_changed");
    const console = await open(nina, { "operators.disable": changed });
    await press(console, "Disable");
    await press(console, "Disable");
    expect(front().querySelector('[role="alert"]')?.textContent).toContain("Another owner was faster");
    expect(console.api.inputsOf("operators.list")).toHaveLength(2);
  });

  it("that was refused is asked anew, without the reason of before", async () => {
    const changed = new Refusal("CONFLICT", 409, "operator_changed");
    const console = await open(nina, { "operators.resetFactors": changed });
    const refusals = () => front().querySelectorAll('[role="alert"]').length;
    await press(console, "Reset second factor");
    await console.type(within(front()).getByLabelText("Type nina to confirm"), "nina");
    await press(console, "Reset second factor");
    expect(refusals()).toBe(1);
    await press(console, "Cancel");
    await press(console, "Reset second factor");
    expect(refusals()).toBe(0);
    await press(console, "Reset second factor");
    expect([refusals(), front().textContent?.includes("Type nina")]).toEqual([0, true]);
  });

  it("resets a lost second factor once the name was typed [T124]", async () => {
    const console = await open(nina, { "operators.resetFactors": ok });
    await press(console, "Reset second factor");
    expect(transcript(front())).toMatchSnapshot();
    await press(console, "Reset second factor");
    expect(console.api.inputsOf("operators.resetFactors")).toEqual([]);
    await console.type(within(front()).getByLabelText("Type nina to confirm"), "nina");
    await press(console, "Reset second factor");
    expect(console.api.inputsOf("operators.resetFactors")).toEqual([{ id: nina.id }]);
    expect(notifications()).toEqual([expect.stringContaining("nina has no second factor any more.")]);
    expect(console.api.inputsOf("operators.list")).toHaveLength(2);
  });
});

describe("whether every operator needs a second factor", () => {
  const policies = (console: OpenedConsole) => console.api.inputsOf("operators.setFactorPolicy");
  const toggle = (console: OpenedConsole) => console.click(console.main.getByRole("switch"));

  it.each(["viewer", "operator"] as const)("is not asked by a %s", async (role) => {
    const console = await open(undefined, {}, role);
    expect(console.api.inputsOf("operators.factorPolicy")).toEqual([]);
    expect(console.main.queryByRole("switch")).toBeNull();
  });

  it("is required by an owner after a question", async () => {
    const console = await open(undefined, { "operators.setFactorPolicy": ok });
    await toggle(console);
    expect(transcript(front())).toMatchSnapshot();
    expect(policies(console)).toEqual([]);
    console.api.answer({ "operators.factorPolicy": { isRequired: true } });
    await press(console, "Require it");
    expect(policies(console)).toEqual([{ policy: "required" }]);
    expect((console.main.getByRole("switch") as HTMLInputElement).checked).toBe(true);
    expect(console.has('[role="dialog"]')).toBe(false);
  });

  it("cannot be changed once more while a change is under way", async () => {
    const console = await open(undefined, { "operators.factorPolicy": { isRequired: true } });
    console.api.answer({ "operators.setFactorPolicy": ok });
    console.api.hold();
    await toggle(console);
    expect((console.main.getByRole("switch") as HTMLInputElement).disabled).toBe(true);
  });

  it("is each operator's own choice again at once, and required again with Undo", async () => {
    const console = await open(undefined, {
      ...{ "operators.factorPolicy": { isRequired: true }, "operators.setFactorPolicy": ok },
    });
    await toggle(console);
    expect(notifications()).toEqual([expect.stringContaining("each operator's own choice")]);
    await console.click("Undo");
    expect(policies(console)).toEqual([{ policy: "optional" }, { policy: "required" }]);
  });

  it("stays as it is if the server refuses the change, and says why", async () => {
    const changed = new Refusal("CONFLICT", 409, "operator_changed");
    const console = await open(undefined, { "operators.setFactorPolicy": changed });
    await toggle(console);
    await press(console, "Require it");
    expect(front().querySelector('[role="alert"]')?.textContent).toContain("Another owner was faster");
    expect((console.main.getByRole("switch") as HTMLInputElement).checked).toBe(false);
  });
});
