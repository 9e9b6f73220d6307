import { createHash } from "node:crypto";
import { pipeline, Readable } from "node:stream";
import { CsvError, type Info, parse } from "csv-parse";
import { ImportError, maxRecordBytes, readBlocks } from "./read-blocks.js";

export type FileFormat = "csv" | "ndjson";

/** The columns of a file: in CSV all that it may have, and those without which it cannot be read. */
export interface Columns<Name extends string> {
  all: readonly Name[];
  needed: readonly Name[];
}

/** One record: the values of its columns without spaces around them, or why it cannot be read. */
export type FileRecord<Name extends string> = { line: number } & (
  | { values: Partial<Record<Name, string>>; problem?: never }
  | { problem: string; values?: never }
);

/** The format that the name of a file says; undefined if it says none. */
export function formatOf(path: string): FileFormat | undefined {
  if (/\.csv$/i.test(path)) return "csv";
  return /\.(ndjson|jsonl)$/i.test(path) ? "ndjson" : undefined;
}

/**
 * Reads the whole file before anything of it is imported, so that one whose structure is broken imports nothing.
 *
 * @returns a hash of its content
 * @throws {ImportError} with the line
 */
export async function checkFile(path: string, format: FileFormat, columns: Columns<string>): Promise<string> {
  const hash = createHash("sha256");
  for await (const { bytes } of readBlocks(path)) hash.update(bytes);
  let records = 0;
  for await (const _ of readRecords(path, format, columns)) records++;
  if (records === 0) throw new ImportError("The file has no records.");
  return hash.digest("hex");
}

/**
 * Reads the records of a file one after the other. Empty lines are left out.
 *
 * @throws {ImportError} with the line
 */
export function readRecords<Name extends string>(
  path: string,
  format: FileFormat,
  columns: Columns<Name>,
): AsyncGenerator<FileRecord<Name>> {
  return format === "csv" ? readCsv(path, columns) : readNdjson(path, columns);
}

async function* readCsv<Name extends string>(
  path: string,
  columns: Columns<Name>,
): AsyncGenerator<FileRecord<Name>> {
  let lastLine = 0;
  const parser = parse({
    on_record(record, { lines }) {
      lastLine = lines;
      return record;
    },
    bom: true,
    info: true,
    trim: true,
    skip_empty_lines: true,
    relax_column_count: true,
    max_record_size: maxRecordBytes,
  });
  const bytes = async function* () {
    for await (const block of readBlocks(path)) yield block.bytes;
  };
  // An error of either end comes out of the parser.
  pipeline(Readable.from(bytes()), parser, () => {});
  let header: Name[] | undefined;
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: Info }>) {
      const line = info.lines;
      if (!header) header = readHeader(record, columns);
      else if (record.length !== header.length) {
        yield { line, problem: `has ${record.length} values; the first line names ${header.length} columns` };
      } else yield { line, values: valuesOf(header.map((name, n) => [name, record[n] ?? ""])) };
    }
  } catch (error) {
    throw error instanceof CsvError ? structureError(error, lastLine) : error;
  }
}

/** The parser's own messages quote the file, and name the line where it gave up: after a missing quote, the last one. */
function structureError({ code }: CsvError, lastLine: number): ImportError {
  const record = lastLine === 0 ? "The first record" : `The record after line ${lastLine}`;
  return new ImportError(
    code === "CSV_MAX_RECORD_SIZE"
      ? `${record} is longer than ${maxRecordBytes} bytes. Is a quote (") missing?`
      : `${record} has a quote (") in the wrong place, or lacks one. A value with quotes, commas or line breaks stands in quotes, and a quote within it is doubled.`,
  );
}

function readHeader<Name extends string>(header: readonly string[], columns: Columns<Name>): Name[] {
  const isColumn = (name: string): name is Name => (columns.all as readonly string[]).includes(name);
  const names = header.filter(isColumn);
  const allowed = columns.all.join(", ");
  // If no name fits, this is the first record, and it names a person.
  if (names.length === 0) {
    throw new ImportError(`The first line must name the columns. There may be: ${allowed}.`);
  }
  const unknown = header.filter((name) => !isColumn(name)).map((name) => JSON.stringify(name.slice(0, 40)));
  if (unknown.length > 0) {
    throw new ImportError(`Unknown columns: ${unknown.slice(0, 20).join(", ")}. There may be: ${allowed}.`);
  }
  const twice = names.filter((name, n) => names.indexOf(name) !== n);
  if (twice.length > 0) throw new ImportError(`Columns that are there twice: ${twice.join(", ")}.`);
  const missing = columns.needed.filter((name) => !names.includes(name));
  if (missing.length > 0) throw new ImportError(`Columns that are missing: ${missing.join(", ")}.`);
  return names;
}

async function* readNdjson<Name extends string>(
  path: string,
  columns: Columns<Name>,
): AsyncGenerator<FileRecord<Name>> {
  for await (const { bytes, line: firstLine } of readBlocks(path)) {
    let line = firstLine - 1;
    for (const text of bytes.toString().split("\n")) {
      line++;
      const json = text.replace(/^\uFEFF/, "").trim();
      if (json !== "") yield { line, ...readObject(json, columns) };
    }
  }
}

function readObject<Name extends string>(
  json: string,
  columns: Columns<Name>,
): { values: Partial<Record<Name, string>> } | { problem: string } {
  let read: unknown;
  try {
    read = JSON.parse(json);
  } catch {
    return { problem: "is not JSON" };
  }
  if (typeof read !== "object" || read === null || Array.isArray(read)) {
    return { problem: "is not a JSON object" };
  }
  const entries = Object.entries(read);
  if (entries.some(([name]) => !(columns.all as readonly string[]).includes(name))) {
    return { problem: `has other fields than ${columns.all.join(", ")}` };
  }
  const values: [Name, string][] = [];
  for (const [name, value] of entries as [Name, unknown][]) {
    if (typeof value === "string") values.push([name, value.trim()]);
    // An id that is a number in the shop's database. A larger one has lost digits already.
    else if (Number.isSafeInteger(value)) values.push([name, String(value)]);
    else if (value !== null) return { problem: `${name} is neither a text nor a whole number` };
  }
  return { values: valuesOf(values) };
}

const valuesOf = <Name extends string>(entries: readonly [Name, string][]): Partial<Record<Name, string>> =>
  Object.fromEntries(entries.filter(([, value]) => value !== "")) as Partial<Record<Name, string>>;
