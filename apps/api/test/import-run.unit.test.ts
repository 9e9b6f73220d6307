import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { StaleDataError } from "../src/db/database.js";
import { DatabaseError, type Deps } from "../src/domain/deps.js";
import { openidsImport } from "../src/domain/identity/import-openids.js";
import { peopleImport } from "../src/domain/identity/import-people.js";
import { ImportReport } from "../src/domain/imports/report.js";
import { type ImportTask, runImport, tryImport } from "../src/domain/imports/run-import.js";
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

describe("an import", () => {
  it("lists the first hundred records that were not imported, and counts all of them", async () => {
    const { task } = taskOf(0);
    const refusing: ImportTask = {
      ...task,
      async *records() {
        for (let line = 2; line < 252; line++) yield { line, values: {} };
      },
      plan: async (records) => ({
        outcomes: records.map(({ line }) => ({ line, result: "conflict", reason: "taken" })),
        steps: [],
      }),
    };
    const notImported = Array.from({ length: 100 }, (_, n) => ({
      ...{ line: n + 2, result: "conflict", reason: "taken" },
    }));
    expect(await tryImport(refusing)).toEqual({ counts: { conflict: 250 }, notImported });
    expect(await run(refusing)).toEqual({ counts: { conflict: 250 }, notImported, resumedAfter: 0 });
  });

  it("leaves the database to others for as long as each batch took", async () => {
    let clock = 1_000;
    vi.spyOn(performance, "now").mockImplementation(() => clock);
    const { task } = taskOf(450);
    const slow: ImportTask = {
      ...task,
      async plan(records) {
        clock += records.length;
        return task.plan(records);
      },
    };
    const pauses: number[] = [];
    await runImport(deps, slow, { pause: async (ms) => void pauses.push(ms) });
    expect(pauses).toEqual([200, 200, 50]);
  });

  it.each([
    [9, undefined],
    [10, StaleDataError],
  ])(
    "plans a batch again whose people sign in meanwhile, ten times at most: after %i races",
    async (races, error) => {
      const { task, planned } = taskOf(3);
      const batch = deps.db.batch.bind(deps.db);
      let left = races;
      vi.spyOn(deps.db, "batch").mockImplementation(async (steps) => {
        if (steps.length === 1 && left-- > 0) throw new StaleDataError();
        return batch(steps);
      });
      const outcome = await run(task).catch((thrown: unknown) => thrown);
      if (error) expect(outcome).toBeInstanceOf(error);
      else expect(outcome).toMatchObject({ counts: { new: 3 } });
      expect(planned).toHaveLength(10);
    },
  );

  it("is another one with another file, format, client, app or earlier appid, and goes on by the same id in later versions", async () => {
    const file = { path: "none.csv", format: "csv", hash: "a hash" } as const;
    const path = await files.write("openids.csv", "old,new\n");
    const [oa, web] = [harness.app("oa"), harness.app("web")];
    const people = (about: object = {}, clientId: string | undefined = "shop") =>
      peopleImport(deps, { ...file, ...about }, { clientId, isDryRun: false });
    const openids = (about: object = {}) =>
      openidsImport(deps, { ...file, path }, { app: oa, fromAppId: oa.appId, isDryRun: false, ...about });
    const tasks = [
      people(),
      people({ hash: "another" }),
      people({ format: "ndjson" }),
      people({}, "forum"),
      peopleImport(deps, file, { clientId: undefined, isDryRun: false }),
      await openids(),
      await openids({ fromAppId: web.appId }),
      await openids({ app: web }),
    ];
    const idOf = (text: string) => createHash("sha256").update(text).digest("hex");
    expect(tasks.map(({ kind, as, id }) => [kind, as, id])).toEqual([
      ["people", "client=shop", idOf("people shop csv a hash")],
      ["people", "client=shop", idOf("people shop csv another")],
      ["people", "client=shop", idOf("people shop ndjson a hash")],
      ["people", "client=forum", idOf("people forum csv a hash")],
      ["people", "client=none", idOf("people  csv a hash")],
      ["openids", "app=oa", idOf(`openids ${oa.appId} ${oa.appId} csv a hash`)],
      ["openids", "app=oa", idOf(`openids ${web.appId} ${oa.appId} csv a hash`)],
      ["openids", "app=web", idOf(`openids ${oa.appId} ${web.appId} csv a hash`)],
    ]);
  });

  it("has a report that its owner alone may read, which lists lines of customers", async () => {
    const path = join(files.folder, "report.csv");
    await (await ImportReport.open(path)).close();
    expect(((await stat(path)).mode & 0o777).toString(8)).toBe("600");
  });
});
