/** The lists that can be exported, as the api names them. */
export type ExportedList = "people" | "sign-ins" | "failures" | "user-tokens" | "audit";
export type ExportFormat = "csv" | "ndjson";

/** The api answered that it does not export this now. */
export class ExportRefusedError extends Error {
  override readonly name = "ExportRefusedError" as const;
  constructor(
    readonly status: number,
    readonly code: string | undefined,
    readonly requestId: string | undefined,
  ) {
    super(`the export was refused with ${status}`);
  }
}

export function exportAddress(
  list: ExportedList,
  format: ExportFormat,
  filter: Record<string, string | undefined>,
): string {
  const given = Object.entries(filter).flatMap(([name, value]) => (value ? [[name, value]] : []));
  return `/admin/export/${list}?${new URLSearchParams([["format", format], ...given] as [string, string][])}`;
}

/** Part of the File System Access API, which only Chromium has, and only on https and localhost. */
interface SavedFile {
  createWritable(): Promise<{
    write(chunk: Uint8Array): Promise<void>;
    close(): Promise<void>;
    abort(): Promise<void>;
  }>;
  remove?(): Promise<void>;
}
type ShowSaveFilePicker = (options: { suggestedName: string }) => Promise<SavedFile>;

const picker = (): ShowSaveFilePicker | undefined =>
  (globalThis as { showSaveFilePicker?: ShowSaveFilePicker }).showSaveFilePicker;

/** Whether the page itself can write a file as it arrives. Elsewhere the browser downloads it, and shows how far it is. */
export const canWriteFiles = (): boolean => picker() !== undefined;

/**
 * Asks for a file and writes an export to it as it arrives, never more in memory than a part of it.
 *
 * @returns the number of rows. When it fails or is cancelled, no file is left.
 * @throws {ExportRefusedError} and whatever breaks the connection; an AbortError where the operator cancels
 */
export async function writeExport(
  address: string,
  name: string,
  { signal, onRows }: { signal: AbortSignal; onRows: (rows: number) => void },
): Promise<number> {
  const file = await picker()?.({ suggestedName: name });
  if (!file) throw new TypeError("this browser writes no files");
  try {
    onRows(0);
    const answer = await fetch(address, { signal });
    if (!answer.ok || !answer.body) throw await refusalOf(answer);
    const rows = new RowCounter(name.endsWith(".csv"));
    const writable = await file.createWritable();
    try {
      for (const reader = answer.body.getReader(); ; ) {
        const { done, value } = await reader.read();
        if (done) break;
        await writable.write(value);
        onRows(rows.add(value));
      }
      await writable.close();
    } catch (error) {
      await writable.abort().catch(() => {}); // the first error tells more
      throw error;
    }
    return rows.count;
  } catch (error) {
    await file.remove?.().catch(() => {});
    throw error;
  }
}

async function refusalOf(answer: Response): Promise<ExportRefusedError> {
  const body = (await answer.json().catch(() => ({}))) as { code?: string; requestId?: string };
  return new ExportRefusedError(answer.status, body.code, body.requestId);
}

const [lineFeed, quote] = [0x0a, 0x22];

/** Counts the rows of a file that arrives in parts. In CSV a quoted cell may hold a line feed, and the first row is the names. */
export class RowCounter {
  #lines = 0;
  #isQuoted = false;

  constructor(readonly isCsv: boolean) {}

  get count(): number {
    return this.isCsv ? Math.max(0, this.#lines - 1) : this.#lines;
  }

  add(part: Uint8Array): number {
    for (const byte of part) {
      if (byte === quote && this.isCsv) this.#isQuoted = !this.#isQuoted;
      else if (byte === lineFeed && !this.#isQuoted) this.#lines++;
    }
    return this.count;
  }
}
