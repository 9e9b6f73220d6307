import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { ImportError } from "./read-blocks.js";

/** What an import did, or would do, with one record. */
export interface Outcome {
  line: number;
  result: string;
  /** Why it was not imported. */
  reason?: string;
}

/**
 * A file that lists every record that was not imported: its line, the result and the reason, and nothing that names a
 * person. What is written of a batch counts once the batch is committed, so that the report of an import that was killed
 * goes on without a line too many or too few.
 */
export class ImportReport {
  readonly #file: FileHandle;
  /** Bytes that are kept, and bytes of the batch that is being written. */
  #kept = 0;
  #written = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** @throws {ImportError} */
  static async open(path: string): Promise<ImportReport> {
    try {
      return new ImportReport(await open(path, constants.O_RDWR | constants.O_CREAT, 0o600));
    } catch (cause) {
      throw new ImportError("The report cannot be written.", { cause });
    }
  }

  /** Keeps what an earlier run wrote of the lines up to this one. */
  async begin(afterLine: number): Promise<void> {
    const earlier = afterLine === 0 ? "" : await this.#file.readFile("utf8");
    let kept = "line,result,reason\n";
    for (const text of earlier.split(/(?<=\n)/).slice(1)) {
      if (text.endsWith("\n") && Number.parseInt(text, 10) <= afterLine) kept += text;
    }
    await this.#replace(kept, 0);
    this.keep();
  }

  async write(outcomes: readonly Outcome[]): Promise<void> {
    const lines = outcomes.flatMap(({ line, result, reason }) =>
      reason === undefined ? [] : [`${line},${result},"${reason.replaceAll('"', '""')}"\n`],
    );
    await this.#replace(lines.join(""), this.#kept);
  }

  /** The batch is committed. */
  keep(): void {
    this.#kept = this.#written;
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #replace(text: string, from: number): Promise<void> {
    await this.#file.truncate(from);
    const { bytesWritten } = await this.#file.write(text, from);
    this.#written = from + bytesWritten;
  }
}
