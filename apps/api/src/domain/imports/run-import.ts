import { setTimeout as sleep } from "node:timers/promises";
import { DatabaseError, StaleDataError } from "../../db/database.js";
import { advanceImport, findImport, startImport } from "../../db/imports.js";
import type { ImportKind } from "../../db/schema.js";
import { type BoundStatement, required } from "../../db/statement.js";
import { auditRecord } from "../audit.js";
import type { Deps } from "../deps.js";
import type { FileRecord } from "./read-records.js";
import type { ImportReport, Outcome } from "./report.js";

/**
 * Records of one batch. On SQLite a sign-in that writes waits for a batch that is being written, a few milliseconds; a
 * larger batch is hardly quicker for each record.
 */
const batchSize = 200;

/** Of the records that were not imported, so many are listed; the rest are counted, and a report has them all. */
export const maxListed = 100;

/** A batch is planned again if sign-ins of its people changed what it was planned on. */
export const maxAttempts = 10;

/** A file, and what its records mean. */
export interface ImportTask {
  kind: ImportKind;
  /** A hash of the file and of what it is imported as: the same import goes on where it stopped. */
  id: string;
  /** As what it is imported, for the audit log. */
  as: string;
  records(): AsyncIterable<FileRecord<string>>;
  /** Decides about each record, after those before it, and says which statements write that. */
  plan(
    records: readonly FileRecord<string>[],
  ): Promise<{ outcomes: Outcome[]; steps: BoundStatement<unknown>[] }>;
}

/** How many records had each result, and the first ones that were not imported. */
export interface ImportSummary {
  counts: Record<string, number>;
  notImported: Outcome[];
}

interface Progress extends ImportSummary {
  records: number;
  isDone: boolean;
}

const nothing: ImportSummary = { counts: {}, notImported: [] };

/** Says what `runImport` would do, and changes nothing. */
export async function tryImport(task: ImportTask, report?: ImportReport): Promise<ImportSummary> {
  let summary = nothing;
  await report?.begin(0);
  for await (const { records } of batchesOf(task.records(), 0)) {
    const { outcomes } = await task.plan(records);
    await report?.write(outcomes);
    report?.keep();
    summary = summaryWith(summary, outcomes);
  }
  return summary;
}

/**
 * Imports the file in batches, each written together with how far the import is. So an import that was killed goes on
 * after its last batch, and two of the same file do each batch once. After each batch it leaves the database to others for
 * as long as the batch took.
 *
 * @throws {ImportError}
 * @throws {DatabaseError}
 */
export async function runImport(
  deps: Deps,
  task: ImportTask,
  options: { report?: ImportReport | undefined; pause?: (ms: number) => Promise<unknown> } = {},
): Promise<ImportSummary & { resumedAfter: number }> {
  const { report, pause = sleep } = options;
  let progress = await begin(deps, task);
  const resumedAfter = progress.records;
  for await (const batch of batchesOf(task.records(), resumedAfter)) {
    if (batch.first === resumedAfter) await report?.begin(batch.lineBefore);
    const end = batch.first + batch.records.length;
    while (!progress.isDone && progress.records < end) {
      const startedAt = performance.now();
      progress = await importBatch(deps, task, batch.records.slice(progress.records - batch.first), {
        progress,
        report,
      });
      await pause(performance.now() - startedAt);
    }
  }
  if (!progress.isDone) progress = await finish(deps, task, progress);
  const { counts, notImported } = progress;
  return { counts, notImported, resumedAfter };
}

/** Starts the import, unless it was started and is not done. */
async function begin(deps: Deps, task: ImportTask): Promise<Progress> {
  const { id, kind } = task;
  const found = await findProgress(deps, id);
  if (found && !found.isDone) return found;
  try {
    await deps.db.batch([
      required(startImport.with({ id, kind, counts: JSON.stringify(nothing), now: deps.now() })),
      auditRecord(deps, { operatorId: null, event: `${kind}.import`, target: `${targetOf(task)} started` }),
    ]);
  } catch (error) {
    // Another process started it.
    if (!(error instanceof StaleDataError)) throw error;
  }
  return getProgress(deps, id);
}

async function importBatch(
  deps: Deps,
  { id, plan }: ImportTask,
  records: readonly FileRecord<string>[],
  { progress, report }: { progress: Progress; report: ImportReport | undefined },
): Promise<Progress> {
  const from = progress.records;
  for (let attempt = 1; ; attempt++) {
    const { outcomes, steps } = await plan(records);
    const summary = summaryWith(progress, outcomes);
    const next = { ...summary, records: from + records.length, isDone: false };
    await report?.write(outcomes);
    const counts = JSON.stringify(summary);
    const advance = { id, from, records: next.records, counts, now: deps.now(), doneAt: null };
    try {
      await deps.db.batch([required(advanceImport.with(advance)), ...steps]);
      report?.keep();
      return next;
    } catch (error) {
      if (!isRace(error) || attempt === maxAttempts) throw error;
    }
    const current = await getProgress(deps, id);
    if (current.records !== from || current.isDone) return current;
  }
}

/** PostgreSQL refuses a row that a sign-in wrote at the same moment; SQLite lets one wait for the other. */
export const isRace = (error: unknown): boolean =>
  error instanceof StaleDataError || (error instanceof DatabaseError && error.reason === "rejected");

async function finish(deps: Deps, task: ImportTask, progress: Progress): Promise<Progress> {
  const { id, kind } = task;
  const { records, counts, notImported } = progress;
  const now = deps.now();
  const stored = JSON.stringify({ counts, notImported });
  const totals = Object.entries(counts).map(([result, count]) => ` ${result}=${count}`);
  try {
    await deps.db.batch([
      required(advanceImport.with({ id, from: records, records, counts: stored, now, doneAt: now })),
      auditRecord(deps, {
        operatorId: null,
        event: `${kind}.import`,
        target: `${targetOf(task)} done:${totals.join("")}`,
      }),
    ]);
  } catch (error) {
    // Another process finished it.
    if (!(error instanceof StaleDataError)) throw error;
  }
  return getProgress(deps, id);
}

const targetOf = ({ as, id }: ImportTask) => `${as} ${id.slice(0, 12)}`;

async function findProgress(deps: Deps, id: string): Promise<Progress | undefined> {
  const [row] = await deps.db.run(findImport, { id });
  if (!row) return undefined;
  const { counts, notImported } = JSON.parse(row.counts) as ImportSummary;
  return { counts, notImported, records: row.records, isDone: row.doneAt !== null };
}

async function getProgress(deps: Deps, id: string): Promise<Progress> {
  const progress = await findProgress(deps, id);
  if (!progress) throw new Error("The progress of an import is not stored any more.");
  return progress;
}

function summaryWith({ counts, notImported }: ImportSummary, outcomes: readonly Outcome[]): ImportSummary {
  const sums = { ...counts };
  for (const { result } of outcomes) sums[result] = (sums[result] ?? 0) + 1;
  const refused = outcomes.filter(({ reason }) => reason !== undefined);
  return { counts: sums, notImported: [...notImported, ...refused].slice(0, maxListed) };
}

interface Batch {
  /** How many records come before it, and the line of the last of them. */
  first: number;
  lineBefore: number;
  records: FileRecord<string>[];
}

async function* batchesOf(
  records: AsyncIterable<FileRecord<string>>,
  skipped: number,
): AsyncGenerator<Batch> {
  let batch: Batch = { first: skipped, lineBefore: 0, records: [] };
  let count = 0;
  for await (const record of records) {
    if (++count <= skipped) batch.lineBefore = record.line;
    else if (batch.records.push(record) === batchSize) {
      yield batch;
      batch = { first: count, lineBefore: record.line, records: [] };
    }
  }
  // An empty batch lets the report of an import go on that has every record, and was killed before its end.
  if (batch.records.length > 0 || count === skipped) yield batch;
}
