import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import type { Deps } from "../deps.js";

/** One line of the file. It holds internal ids only, so that it need not be erased itself. */
export interface LedgerEntry {
  userId: string;
  /** Null if the person did it. */
  operatorId: string | null;
  at: Date;
  /** The person was blocked, and stays so. */
  blocked: boolean;
}

/** The file of ERASURE_LEDGER cannot be read: a restored backup would keep who was erased. */
export class ErasureLedgerError extends Error {
  override readonly name = "ErasureLedgerError" as const;
  constructor(code: string, options: ErrorOptions) {
    super(`The file of ERASURE_LEDGER cannot be read: ${code}. Check its path and who may read it.`, options);
  }
}

/**
 * Reads the file of ERASURE_LEDGER: one line of JSON for each erased user. A line that a crash left incomplete is skipped.
 *
 * @throws {ErasureLedgerError} there is a file that cannot be read
 */
export function readLedger({ settings, log }: Pick<Deps, "settings" | "log">): LedgerEntry[] {
  let text: string;
  try {
    text = readFileSync(settings.erasureLedger, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT") return [];
    throw new ErasureLedgerError(String(code), { cause: error });
  }
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const entries = lines.flatMap((line) => parseLine(line) ?? []);
  const damaged = lines.length - entries.length;
  if (damaged > 0)
    log.warn({ event: "erasure_ledger_damaged", lines: damaged }, "the ledger has unreadable lines");
  return entries;
}

/**
 * Appends to the file, and waits until it is on the disk. Where it cannot be written, which is logged, the erasure goes on: the
 * database has the entry too, and a job repeats this.
 */
export function noteErasures(
  { settings, log }: Pick<Deps, "settings" | "log">,
  entries: readonly LedgerEntry[],
): void {
  if (entries.length === 0) return;
  const lines = entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
  try {
    mkdirSync(dirname(settings.erasureLedger), { recursive: true, mode: 0o700 });
    const file = openSync(settings.erasureLedger, "a+", 0o600);
    try {
      writeSync(file, `${endsInLine(file) ? "" : "\n"}${lines}`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    log.error(
      { event: "erasure_ledger_not_written", err: error },
      "an erasure is not in the file of ERASURE_LEDGER yet: a backup that is restored now would not forget it",
    );
  }
}

/** A crash may have left half a line: what follows must not become part of it. */
function endsInLine(file: number): boolean {
  const { size } = fstatSync(file);
  const last = Buffer.alloc(1);
  return size === 0 || (readSync(file, last, 0, 1, size - 1) === 1 && last.toString() === "\n");
}

function parseLine(line: string): LedgerEntry | undefined {
  try {
    const { userId, operatorId = null, at, blocked = false } = JSON.parse(line);
    const entry = { userId: String(userId), operatorId, at: new Date(at), blocked: blocked === true };
    return typeof userId === "string" && !Number.isNaN(entry.at.getTime()) ? entry : undefined;
  } catch {
    return undefined;
  }
}
