import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { openDatabase } from "./db/open.js";
import { createDeps } from "./domain/create-deps.js";
import type { Deps } from "./domain/deps.js";
import { ImportError } from "./domain/imports/read-blocks.js";
import { type Columns, checkFile, type FileFormat, formatOf } from "./domain/imports/read-records.js";
import { ImportReport } from "./domain/imports/report.js";
import {
  type ImportSummary,
  type ImportTask,
  maxListed,
  runImport,
  tryImport,
} from "./domain/imports/run-import.js";
import { loadSettings } from "./load-settings.js";

// What `npm run people -- import` and `npm run openids -- import` have in common.

const silent = { info() {}, warn() {}, error() {} };

interface ImportCommand {
  usage: string;
  columns: Columns<string>;
  /** The names of its own options; each takes a text. */
  options: readonly string[];
  /** @returns the import, or what is wrong with the options */
  task(
    deps: Deps,
    file: { path: string; format: FileFormat; hash: string },
    options: Record<string, string | undefined>,
    isDryRun: boolean,
  ): Promise<ImportTask | string> | ImportTask | string;
  /** How the results are counted, in the order in which they are printed. */
  results: Record<string, { one: string; many: string }>;
}

/** Runs the import that the arguments ask for, and sets the exit code: 1 if nothing could be imported. */
export async function runImportCommand(command: ImportCommand): Promise<void> {
  const args = readArguments(command);
  if ("problem" in args) return fail(`${args.problem}\nUsage: ${command.usage}`);
  try {
    const settings = loadSettings(process.env);
    const hash = await checkFile(args.path, args.format, command.columns);
    const db = await openDatabase(settings);
    try {
      const deps = createDeps({ settings, db, now: () => new Date(), log: silent });
      const task = await command.task(
        deps,
        { path: args.path, format: args.format, hash },
        args.options,
        args.isDryRun,
      );
      if (typeof task === "string") return fail(`${task}\nUsage: ${command.usage}`);
      await importAndPrint(deps, task, command, args);
    } finally {
      await db.close();
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    fail(error instanceof ImportError ? `${error.message}\nNothing was imported.` : error.message);
  }
}

type Arguments = Exclude<ReturnType<typeof readArguments>, { problem: string }>;

async function importAndPrint(
  deps: Deps,
  task: ImportTask,
  { results }: ImportCommand,
  { reportPath, isDryRun }: Arguments,
): Promise<void> {
  const report = reportPath === undefined ? undefined : await ImportReport.open(reportPath);
  try {
    if (isDryRun) {
      print(["A dry run; nothing is changed.", ...describe(await tryImport(task, report), results)]);
      return;
    }
    const done = await runImport(deps, task, { report });
    const resumed = `Went on after ${done.resumedAfter.toLocaleString("en")} records, where it had stopped.`;
    print([...(done.resumedAfter > 0 ? [resumed] : []), ...describe(done, results)]);
  } finally {
    await report?.close();
  }
}

function describe({ counts, notImported }: ImportSummary, results: ImportCommand["results"]): string[] {
  const total = (result: string) => counts[result] ?? 0;
  const parts = Object.entries(results).map(([result, { one, many }]) => {
    const number = total(result);
    return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
  });
  const unlisted = total("conflict") + total("unreadable") - notImported.length;
  return [
    `${parts.join(", ")}.`,
    ...notImported.map(({ line, reason }) => `  line ${line}: ${reason}`),
    ...(unlisted > 0
      ? [`  and ${unlisted.toLocaleString("en")} more than these ${maxListed}; --report FILE lists all`]
      : []),
  ];
}

/** Relative paths count from where the command was called; npm runs scripts in the folder of package.json. */
const pathOf = (path: string) => resolve(process.env.INIT_CWD ?? process.cwd(), path);

/** A mistyped option is an error: ignored, a dry run would become a real one. */
function readArguments({ options: own }: ImportCommand) {
  try {
    const texts = [...own, "format", "report"].map((name) => [name, { type: "string" } as const] as const);
    const { values, positionals } = parseArgs({
      args: process.argv.slice(2),
      options: { ...Object.fromEntries(texts), "dry-run": { type: "boolean" } },
      allowPositionals: true,
    });
    const { "dry-run": isDryRun = false, ...given } = values as { "dry-run"?: boolean };
    const { format: named, report, ...options } = given as Record<string, string | undefined>;
    const [verb, file, ...more] = positionals;
    if (verb !== "import" || file === undefined || more.length > 0) {
      return { problem: "The command is: import FILE." };
    }
    const format = named ?? formatOf(file);
    if (format !== "csv" && format !== "ndjson") {
      return {
        problem: "The name of the file ends in .csv, .ndjson or .jsonl, or --format is csv or ndjson.",
      };
    }
    const reportPath = report === undefined ? undefined : pathOf(report);
    const path = pathOf(file);
    if (reportPath === path)
      return { problem: "--report names the file that is imported: it would be overwritten." };
    return { path, format: format as FileFormat, reportPath, isDryRun, options };
  } catch (error) {
    // parseArgs names the option that is unknown or lacks its value.
    return { problem: error instanceof Error ? error.message : "The arguments cannot be read." };
  }
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}

function fail(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}
