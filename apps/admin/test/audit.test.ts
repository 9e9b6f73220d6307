// @vitest-environment happy-dom
import { fireEvent } from "@testing-library/dom";
import { act } from "react";
import { describe, expect, it, vi } from "vitest";
import type { AuditEntry } from "../src/api/types.js";
import { en } from "../src/messages/en.js";
import { zh } from "../src/messages/zh.js";
import { consoleTests, openConsole } from "./support/console.js";
import { textOf } from "./support/markup-rules.js";
import { ago } from "./support/seeds.js";
import { type Answers, Refusal } from "./support/stand-in-api.js";

// The audit log: its text, each filter with the exact query that it sends, and what the check of the seals says.

consoleTests();

const entry = (fields: Partial<AuditEntry>): AuditEntry => ({
  id: "01KENTRY000000000000000001",
  at: ago({ minutes: 4 }),
  actor: { kind: "operator", id: "01KOPERATOR000000000000000", keyId: null, name: "night-shift" },
  event: "people.block",
  target: "01KALICE000000000000000001",
  targetName: null,
  person: { userId: "01KALICE000000000000000001", nickname: "Alice" },
  result: "ok",
  errcode: null,
  ip: "203.0.113.7",
  reason: "sells fakes",
  detail: null,
  sealNumber: 41,
  ...fields,
});
const none = { target: null, person: null, reason: null, ip: null, sealNumber: null };
const entries = [
  entry({}),
  entry({
    ...{ ...none, id: "01KENTRY000000000000000002", event: "operator.change_role", detail: "owner" },
    ...{ target: "01KNINA0000000000000000000", targetName: "nina", at: ago({ hours: 2 }) },
  }),
  entry({
    ...{
      ...none,
      id: "01KENTRY000000000000000003",
      event: "token.refresh_app",
      target: "wx00000000000000a1",
    },
    ...{ result: "refused", errcode: "40164", at: ago({ hours: 3 }) },
  }),
  entry({
    ...none,
    id: "01KENTRY000000000000000004",
    event: "operator.sign_in",
    actor: null,
    result: "denied",
  }),
  entry({
    ...{ id: "01KENTRY000000000000000005", event: "people.export", reason: null },
    person: { userId: "01KALICE000000000000000001", nickname: null },
    actor: { kind: "host", id: "shop", keyId: "01KKEY00000000000000000001", name: "The shop" },
  }),
  entry({
    ...{
      ...none,
      id: "01KENTRY000000000000000006",
      event: "people.fly",
      target: "01KERASED0000000000000001",
    },
    actor: { kind: "operator", id: "01KGONE", keyId: null, name: null },
  }),
];
const answers: Answers = {
  "audit.list": { items: entries, nextCursor: null },
  "operators.list": {
    items: [
      {
        ...{ id: "01KNINA0000000000000000000", username: "nina", role: "viewer", status: "active" },
        ...{ createdAt: ago({ days: 3 }), sessions: 0, lastSeenAt: null, factors: 0 },
      },
    ],
    nextCursor: null,
  },
};

describe("the page of the audit log", () => {
  it.each(["en", "zh"] as const)("says who did what to whom (%s)", async (language) => {
    const console = await openConsole("/audit", { language, answers });
    expect(console.page).toMatchSnapshot();
    expect(console.api.inputsOf("audit.list")).toEqual([{ from: "2026-02-22T12:00:00.000Z" }]);
  });

  it.each(["en", "zh"] as const)("shows all of an entry in the drawer (%s)", async (language) => {
    for (const { id } of [entries[0], entries[1], entries[4]] as AuditEntry[]) {
      const console = await openConsole(`/audit?open=${id}`, { language, answers });
      expect(console.drawer).toMatchSnapshot();
      await console.close();
    }
  });

  it("tells a visitor who is not signed in from the server, where no one is named", async () => {
    const visitors = ["sign_in", "redeem_link", "sign_in_flood", "redeem_link_flood"].map(
      (act) => `operator.${act}`,
    );
    const items = [...visitors, "operator.create", "token.refresh_app"].map((event, id) =>
      entry({ ...none, id: String(id), event, actor: null } as Partial<AuditEntry>),
    );
    const console = await openConsole("/audit", {
      answers: { ...answers, "audit.list": { items, nextCursor: null } },
    });
    const who = console.rows.map((row) => row.Who);
    expect([new Set(who.slice(0, 4)).size, new Set(who.slice(4)).size, new Set(who).size]).toEqual([1, 1, 2]);
    expect(console.api.inputsOf("operators.list")).toEqual([{ limit: 200 }]);
  });

  it("asks for exactly what is chosen", async () => {
    const console = await openConsole("/audit?range=all", { answers });
    await console.choose("Who", "nina");
    await console.choose("What", "Blocked a person");
    await console.choose("Result", "Denied");
    const field = console.main.getByLabelText("Find by target");
    await console.type(field, "01KALICE000000000000000001");
    await console.press("{Enter}");
    await console.wait(1);
    expect(console.api.inputsOf("audit.list").at(-1)).toEqual({
      operatorId: "01KNINA0000000000000000000",
      event: "people.block",
      result: "denied",
      target: "01KALICE000000000000000001",
    });
  });

  it("counts what it lists where that goes on, within the same time", async () => {
    const console = await openConsole("/audit?range=24h&result=ok", {
      answers: { ...answers, "audit.list": { items: entries, nextCursor: "c2" } },
    });
    const listed = { result: "ok", from: "2026-02-28T12:00:00.000Z" };
    expect(console.api.inputsOf("audit.list")).toEqual([listed]);
    expect(console.api.inputsOf("audit.count")).toEqual([listed]);
    await console.click("Next");
    expect(console.address).toBe("/audit?range=24h&result=ok&cursor=c2");
    expect(console.api.lastInputOf("audit.list")).toEqual({ ...listed, cursor: "c2" });
  });

  it.each([
    ["nothing yet", "/audit?range=all", {}, "No entries yet"],
    ["nothing that matches", "/audit?event=people.block", {}, "Nothing matches"],
    ["no permission", "/audit", { "audit.list": new Refusal("FORBIDDEN", 403) }, "Not allowed"],
  ] as const)("says so when there is %s", async (_, path, answer, text) => {
    const empty = { "audit.list": { items: [], nextCursor: null } };
    const console = await openConsole(path, { answers: { ...answers, ...empty, ...answer } });
    expect(console.page.join("\n")).toContain(text);
  });
});

describe("the check of the seals", () => {
  const at = ago({});
  it("goes on until the end of the log, and says up to where all are valid", async () => {
    const parts = [
      { at, verifiedTo: 5000, isDone: false, unsealed: 2, problem: null },
      { at, verifiedTo: 5321, isDone: true, unsealed: 2, problem: null },
    ] as const;
    const console = await openConsole("/audit", {
      answers: { ...answers, "audit.verify": ({ after } = {}) => parts[after ? 1 : 0] },
    });
    await console.click("Verify seals");
    expect(console.api.inputsOf("audit.verify")).toEqual([{ after: 0 }, { after: 5000 }]);
    expect(console.page.join("\n")).toContain("All seals are valid up to entry 5,321");
    expect(console.page.join("\n")).toContain("2 entries wait for their seal.");
  });

  it("tells how far it is while it goes on, and waits with the next", async () => {
    const parts = [5000, 9000].map((verifiedTo) => ({
      ...{ at, verifiedTo, isDone: verifiedTo === 9000, unsealed: 0, problem: null },
    }));
    const console = await openConsole("/audit", {
      answers: { ...answers, "audit.list": new Refusal("FORBIDDEN", 403) },
    });
    const said = () => console.page.find((line) => line.startsWith("[‹shield-check›Verify seals"));
    let answer: () => void = () => {};
    console.api.answer({
      "audit.verify": async ({ after } = {}) => {
        if (after)
          await new Promise<void>((resolve) => {
            answer = resolve;
          });
        return parts[after ? 1 : 0] as (typeof parts)[0];
      },
    });
    const button = console.button("Verify seals");
    fireEvent.click(button);
    await act(async () => void (await vi.advanceTimersByTimeAsync(50)));
    expect([button.hasAttribute("data-loading"), textOf(button.parentElement as Element)]).toEqual([
      ...[true, expect.stringContaining("5,000")],
    ]);
    answer();
    await console.settle();
    expect([button.hasAttribute("data-loading"), said()]).toEqual([false, "[‹shield-check›Verify seals]"]);
  });

  it("names the first entry that is not intact", async () => {
    const broken = {
      at,
      verifiedTo: 40,
      isDone: true,
      unsealed: 0,
      problem: { kind: "altered", entry: 41 },
    } as const;
    const console = await openConsole("/audit", { answers: { ...answers, "audit.verify": broken } });
    await console.click("Verify seals");
    expect(console.read('main [role="alert"]')).toMatchSnapshot();
  });
});

describe("the events of the audit log", () => {
  it("have words of their own in both languages", () => {
    for (const messages of [en, zh]) {
      const words = Object.values(messages.audit.events).flatMap((acts) => Object.values<string>(acts));
      expect(new Set(words).size).toBe(words.length);
    }
  });
});
