import { stringify } from "csv-stringify/sync";
import type { Columns } from "./columns.js";

/** What a file of one format begins with, and its rows. */
export interface ExportFormat {
  contentType: string;
  head: string;
  /** What changes nothing before a row. */
  filler: string;
  rows(rows: readonly unknown[]): string;
}

export const exportFormats = ["csv", "ndjson"] as const;
export type ExportFormatName = (typeof exportFormats)[number];

export function formatOf<Row>(name: ExportFormatName, columns: Columns<Row>): ExportFormat {
  if (name === "ndjson") {
    return {
      contentType: "application/x-ndjson; charset=utf-8",
      head: "",
      filler: " ", // JSON allows it before a value
      rows: (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join(""),
    };
  }
  return {
    contentType: "text/csv; charset=utf-8",
    // Without a byte order mark Excel reads UTF-8 as the code page of the machine.
    head: `\u{feff}${lines([columns.map(([column]) => column)])}`,
    filler: "",
    rows: (rows) => lines(rows.map((row) => columns.map(([, cell]) => textOf(cell(row as Row))))),
  };
}

/**
 * As RFC 4180 has them. Each text is quoted, also one without a comma: where a semicolon separates cells, as in half of
 * Europe, a nickname could otherwise begin another one.
 */
const lines = (table: readonly (readonly string[])[]): string =>
  stringify(table as string[][], { record_delimiter: "windows", quoted_string: true, quoted_empty: false });

function textOf(cell: string | number | Date | null | undefined): string {
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "string") return withoutFormula(cell);
  return cell instanceof Date ? cell.toJSON() : String(cell);
}

/**
 * What a spreadsheet may take for the beginning of a formula, also in full width, and after blanks or invisible characters
 * that it may drop.
 */
const formula = /^(?:[\t\r\n]|[\s\p{C}]*[=+\-@＝＋－＠])/u;

/** An apostrophe makes a spreadsheet take a cell for a text. */
const withoutFormula = (text: string): string => (formula.test(text) ? `'${text}` : text);
