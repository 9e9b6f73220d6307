import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { StaleDataError } from "../src/db/database.js";
import { DatabaseError, type Deps } from "../src/domain/deps.js";
import { ImportReport } from "../src/domain/imports/report.js";
import { type ImportTask, runImport } from "../src/domain/imports/run-import.js";
import { type DomainHarness, startDomainHarness } from "./support/domain-harness.js";
import { type ImportFiles, importFiles } from "./support/import-files.js";
import { rowsOf } from "./support/rows.js";

let harness: DomainHarness;
let deps: Deps;
let files: ImportFiles;
beforeEach(async () => {
  harness = await startDomainHarness();
  deps = harness.deps;
  files = await importFiles();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await files.remove();
  await harness.close();
});

/** An import of so many records, of which every hundredth is not imported. */
function taskOf(count: number) {
  const planned: number[] = [];
  const task: ImportTask = {
    ...{ kind: "people", id: "0123456789abcdef", as: "shop" },
    async *records() {
      for (let line = 2; line < count + 2; line++) yield { line, values: {} };
    },
    async plan(records) {
      planned.push(records.length);
      const outcomes = records.map(({ line }) =>
        line % 100 === 0 ? { line, result: "conflict", reason: "taken" } : { line, result: "new" },
      );
      return { outcomes, steps: [] };
    },
  };
  return { task, planned };
}

const pause = async () => {};
const run = (task: ImportTask, report?: ImportReport) => runImport(deps, task, { report, pause });
const audited = async () => (await rowsOf(deps.db, "auditLog")).map(({ target }) => target).sort();

/** Does something before the batch of this number, from 1. */
function beforeBatch(number: number, change: () => Promise<unknown>): void {
  const batch = deps.db.batch.bind(deps.db);
  let calls = 0;
  vi.spyOn(deps.db, "batch").mockImplementation(async (steps) => {
    if (++calls === number) await change();
    return batch(steps);
  });
}

describe("an import in batches", () => {
  it("that was killed goes on after its last batch, with its report, and is noted once", async () => {
    const path = join(files.folder, "report.csv");
    const report = await ImportReport.open(path);
    const { task, planned } = taskOf(450);
    beforeBatch(3, () => Promise.reject(new Error("killed")));
    await expect(run(task, report)).rejects.toThrow("killed");
    vi.restoreAllMocks();
    expect(planned).toEqual([200, 200]);
    const head = "line,result,reason\n";
    expect(await readFile(path, "utf8")).toBe(`${head}${[100, 200, 300, 400].map(lineOf).join("")}`);

    const again = taskOf(450);
    const notImported = [100, 200, 300, 400].map((line) => ({ line, result: "conflict", reason: "taken" }));
    expect(await run(again.task, report)).toEqual({
      ...{ counts: { new: 446, conflict: 4 }, notImported, resumedAfter: 200 },
    });
    expect(again.planned).toEqual([200, 50]);
    expect(await readFile(path, "utf8")).toBe(`${head}${[100, 200, 300, 400].map(lineOf).join("")}`);
    expect(await audited()).toEqual([
      expect.stringMatching(/^shop 0123456789ab done: (new=446 conflict=4|conflict=4 new=446)$/),
      "shop 0123456789ab started",
    ]);
    await report.close();
  });
  const lineOf = (line: number) => `${line},conflict,"taken"\n`;

  it.each([
    [2, "imported", 450],
    [5, "finished", 450],
    [2, "finished, of exactly one batch,", 200],
  ])("before whose write %i another process %s it does nothing twice (%#)", async (number, _what, count) => {
    const { task } = taskOf(count);
    beforeBatch(number, () => runImport(deps, taskOf(count).task, { pause }));
    const conflicts = Math.floor((count + 1) / 100);
    expect((await run(task)).counts).toEqual({ new: count - conflicts, conflict: conflicts });
    expect(await audited()).toHaveLength(2);
    expect(await rowsOf(deps.db, "imports")).toMatchObject([{ records: count, doneAt: deps.now() }]);
  });

  it("goes on with what another process started at that moment", async () => {
    const killed = { ...taskOf(450).task, plan: () => Promise.reject(new Error("killed")) };
    beforeBatch(1, () => runImport(deps, killed, { pause }).catch(() => {}));
    expect((await run(taskOf(450).task)).counts).toEqual({ new: 446, conflict: 4 });
    expect(await audited()).toHaveLength(2);
  });

  it.each([1, 2, 3])("hides no failure of the database at write %i", async (number) => {
    const failure = new DatabaseError("unavailable", { cause: undefined });
    beforeBatch(number, () => Promise.reject(failure));
    await expect(run(taskOf(1).task)).rejects.toBe(failure);
  });

  it("says so if its progress was deleted", async () => {
    beforeBatch(1, () => Promise.reject(new StaleDataError()));
    await expect(run(taskOf(1).task)).rejects.toThrow("is not stored any more");
  });
});
