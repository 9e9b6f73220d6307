import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { formatOf } from "../src/domain/console/exports/formats.js";
import { type ReadPage, readExport, recordExport } from "../src/domain/console/exports/read.js";
import { ExportSlots, TooManyExportsError } from "../src/domain/console/exports/slots.js";
import { TooManyListsError } from "../src/domain/console/list-gate.js";
import type { PageInput } from "../src/domain/console/view.js";
import type { Operator } from "../src/domain/operators/accounts.js";
import { AccessError } from "../src/domain/operators/roles.js";
import { type DomainHarness, startDomainHarness, visitor } from "./support/domain-harness.js";
import { rowsOf } from "./support/rows.js";

let harness: DomainHarness;
let deps: DomainHarness["deps"];
beforeAll(async () => {
  harness = await startDomainHarness();
  deps = harness.deps;
});
afterAll(() => harness.close());
const pause = vi.fn(async (_ms: number) => {});
beforeEach(() => void pause.mockClear());

const otto = { id: "otto", username: "otto", role: "operator", mustEnrol: false } as Operator;
const format = formatOf("ndjson", []);

/** An export of three pages of one row each: its lines, what was read, and how often the operator was asked for. */
async function exported(operator: Operator, now: () => Operator | undefined, given = deps) {
  const asked: PageInput[] = [];
  const read: ReadPage = async (page) => {
    asked.push(page);
    return {
      items: [{ openid: `o123456789${asked.length}` }],
      nextCursor: ["a", "b"][asked.length - 1] ?? null,
    };
  };
  const findOperator = vi.fn(async () => now());
  const parts: string[] = [];
  const reading = async () => {
    for await (const part of readExport(given, operator, read, { format, findOperator, pause }))
      parts.push(part);
  };
  const error = await reading().catch((thrown: unknown) => thrown);
  return { parts, asked, error, times: findOperator.mock.calls.length };
}
const line = (openid: string) => `{"openid":"${openid}"}\n`;

describe("the pages of an export", () => {
  it("are 50 rows at first and then 500, each after the one before, and the operator is asked for between them", async () => {
    expect(await exported(otto, () => ({ ...otto }))).toEqual({
      parts: [line("o1234567891"), line("o1234567892"), line("o1234567893")],
      asked: [
        { cursor: undefined, limit: 50 },
        { cursor: "a", limit: 500 },
        { cursor: "b", limit: 500 },
      ],
      ...{ error: undefined, times: 2 },
    });
  });

  it("are masked for the role that asked [T44]", async () => {
    const viewer = { ...otto, role: "viewer" } as const;
    expect((await exported(viewer, () => viewer)).parts[0]).toBe(line("o…1"));
  });

  it.each([
    ["signed_out", undefined],
    ["signed_out", { ...otto, id: "olga" }],
    ["factor_required", { ...otto, mustEnrol: true }],
    ["role_too_low", { ...otto, role: "owner" }],
  ] as const)("end with %s once the session is of %j [T47]", async (reason, now) => {
    const { parts, asked, error } = await exported(otto, () => now as Operator | undefined);
    expect([parts.length, asked.length, error]).toEqual([1, 1, new AccessError(reason)]);
  });

  it("wait for their turn behind the lists of the console, two seconds each of twenty times", async () => {
    const readAfter = (refusals: number) => {
      const run = vi.fn(async (read: () => Promise<unknown>) => {
        if (run.mock.calls.length <= refusals) throw new TooManyListsError();
        return read();
      });
      return exported(otto, () => otto, { ...deps, listGate: { run } as never });
    };
    expect((await readAfter(20)).parts).toHaveLength(3);
    expect(pause.mock.calls).toEqual(Array(20).fill([2_000]));
    expect((await readAfter(21)).error).toEqual(new TooManyListsError());
    const broken = new Error("the database is gone");
    const run = () => Promise.reject(broken);
    expect((await exported(otto, () => otto, { ...deps, listGate: { run } as never })).error).toBe(broken);
  });
});

describe("the entry of an export in the audit log", () => {
  it("has who, which list, the format and every filter, and of what a person was searched by a mask [T50, T121]", async () => {
    const filter = {
      q: "oPerson00001",
      errcode: "40163",
      target: "01M8HF9NG09HH2TMWCJ8GRR4DV",
      from: "2026",
    };
    await recordExport(deps, { operatorId: "otto", visitor }, { list: "audit", format: "csv", filter });
    expect(await rowsOf(deps.db, "auditLog")).toMatchObject([
      {
        ...{ event: "list.export", target: "audit", operatorId: "otto", ip: visitor.ip, result: "ok" },
        at: deps.now(),
      },
    ]);
    expect((await rowsOf(deps.db, "auditDetails")).map(({ userId, detail }) => [userId, detail])).toEqual([
      [null, "csv q=oP…01 errcode=40163 target=01M…4DV from=2026"],
    ]);
  });
});

describe("the places of exports", () => {
  it("are two for each operator and four in all, and each is given back once", () => {
    const slots = new ExportSlots();
    const refusal = (operatorId: string) => {
      try {
        slots.take(operatorId)();
        return undefined;
      } catch (error) {
        return error as TooManyExportsError;
      }
    };
    for (const operatorId of ["ada", "ada", "ada"]) expect(refusal(operatorId)).toBeUndefined();
    const giveBack = slots.take("otto");
    slots.take("otto");
    const own = refusal("otto");
    expect({ ...own, message: own?.message }).toEqual({
      ...{ name: "TooManyExportsError", whose: "operator", retryAfterSeconds: 30 },
      message:
        "You are exporting as much as one operator may at once. Wait until one export ends, or cancel it.",
    });
    slots.take("olga");
    expect(refusal("olga")).toBeUndefined();
    slots.take("olga");
    const all = refusal("ada");
    expect({ ...all, message: all?.message }).toEqual({
      ...{ name: "TooManyExportsError", whose: "all", retryAfterSeconds: 30 },
      message:
        "Other operators are exporting as much as this server sends at once. Try again in half a minute.",
    });
    giveBack();
    giveBack();
    slots.take("ada");
    expect([refusal("otto"), refusal("ada")]).toEqual([
      new TooManyExportsError("all"),
      new TooManyExportsError("all"),
    ]);
  });
});
