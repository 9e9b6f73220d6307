import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";

/** No record is longer: it has four ids at most. A longer line means that this is another kind of file. */
export const maxRecordBytes = 16_384;

const newline = 10;

/** Why nothing can be imported. The message names a line and never what is in it, because it may end in a log. */
export class ImportError extends Error {
  override readonly name = "ImportError" as const;
}

/** Whole lines of a file. */
interface Block {
  bytes: Buffer;
  /** The number of its first line, from 1. */
  line: number;
}

/**
 * Reads a file in blocks of whole lines, and no more of it at a time than one of them.
 *
 * @throws {ImportError} it cannot be read, is not UTF-8, or has a line that is longer than any record
 */
export async function* readBlocks(path: string): AsyncGenerator<Block> {
  let line = 1;
  let rest = Buffer.alloc(0);
  for await (const chunk of chunksOf(path)) {
    const read = Buffer.concat([rest, chunk]);
    const end = read.lastIndexOf(newline) + 1;
    rest = read.subarray(end);
    const bytes = read.subarray(0, end);
    const lines = checkLines(bytes, line);
    if (end > 0) yield { bytes, line };
    line += lines;
    if (rest.length > maxRecordBytes) throw new ImportError(tooLong(line));
  }
  checkLines(rest, line);
  if (rest.length > 0) yield { bytes: rest, line };
}

async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(path);
  } catch (cause) {
    const { code = "" } = cause as NodeJS.ErrnoException;
    const reason = {
      ENOENT: "there is no such file",
      EISDIR: "it is a folder",
      EACCES: "it may not be read",
    };
    const why = reason[code as keyof typeof reason] ?? code;
    throw new ImportError(`The file cannot be read: ${why}.`, { cause });
  }
}

/** @returns how many lines end in these bytes */
function checkLines(bytes: Buffer, firstLine: number): number {
  const isText = isUtf8(bytes);
  let lines = 0;
  for (let from = 0; from < bytes.length; lines++) {
    const found = bytes.indexOf(newline, from);
    const end = found === -1 ? bytes.length : found + 1;
    if (end - from > maxRecordBytes) throw new ImportError(tooLong(firstLine + lines));
    if (!isText && !isUtf8(bytes.subarray(from, end))) throw new ImportError(notUtf8(firstLine + lines));
    from = end;
  }
  return lines;
}

const tooLong = (line: number) =>
  `Line ${line} is longer than ${maxRecordBytes} bytes: no record is. Is it another kind of file?`;

const notUtf8 = (line: number) =>
  `The file is not UTF-8 (line ${line}). Excel and older systems write GBK or UTF-16: save it as "CSV UTF-8", or convert it, for instance with \`iconv -f GB18030 -t UTF-8\`.`;
