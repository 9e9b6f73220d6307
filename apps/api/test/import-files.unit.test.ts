import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ImportError, maxRecordBytes, readBlocks } from "../src/domain/imports/read-blocks.js";
import { ImportReport } from "../src/domain/imports/report.js";
import { type ImportFiles, importFiles } from "./support/import-files.js";

let files: ImportFiles;
beforeAll(async () => {
  files = await importFiles();
});
afterAll(() => files.remove());

describe("the report of an import", () => {
  const head = "line,result,reason\n";
  const outcome = (line: number, reason = "unknown app") => ({ line, result: "unreadable", reason });

  it("has each record that was not imported, once its batch is committed, and no batch twice", async () => {
    const path = join(files.folder, "report.csv");
    const report = await ImportReport.open(path);
    const text = () => readFile(path, "utf8");
    await report.begin(0);
    expect(await text()).toBe(head);
    await report.write([outcome(2), { line: 3, result: "new" }, outcome(4, 'the "app", 张三')]);
    report.keep();
    const first = `${head}2,unreadable,"unknown app"\n4,unreadable,"the ""app"", 张三"\n`;
    expect(await text()).toBe(first);
    // A batch that is planned again.
    await report.write([outcome(5), outcome(6)]);
    await report.write([outcome(6)]);
    report.keep();
    expect(await text()).toBe(`${first}6,unreadable,"unknown app"\n`);
    await report.write([{ line: 7, result: "new" }]);
    report.keep();
    expect(await text()).toBe(`${first}6,unreadable,"unknown app"\n`);
    await report.close();
    await expect(report.begin(0)).rejects.toThrow();
  });

  it("goes on after the last line that was committed, without what a killed run wrote beyond it", async () => {
    const kept = `${head}2,unreadable,"a"\n12,conflict,"b"\n`;
    const path = await files.write("killed.csv", `${kept}13,unreadable,"c"\n2,unread`);
    const report = await ImportReport.open(path);
    await report.begin(12);
    expect(await readFile(path, "utf8")).toBe(kept);
    await report.write([outcome(13, "d")]);
    expect(await readFile(path, "utf8")).toBe(`${kept}13,unreadable,"d"\n`);
    await report.begin(0);
    expect(await readFile(path, "utf8")).toBe(head);
    await report.close();
  });

  it("says that it cannot be written, with the cause", async () => {
    const cause = expect.objectContaining({ code: "EISDIR" });
    await expect(ImportReport.open(files.folder)).rejects.toMatchObject({
      ...{ name: "ImportError", message: "The report cannot be written.", cause },
    });
  });
});

describe("the blocks of a file", () => {
  /** Whole lines with the number of the first, as text. */
  async function blocks(name: string, content: string) {
    const path = await files.write(name, content);
    const read: [line: number, text: string][] = [];
    for await (const { line, bytes } of readBlocks(path)) read.push([line, bytes.toString()]);
    return read;
  }

  it("are all of it in whole lines, each with the number of its first line", async () => {
    expect(await blocks("empty.csv", "")).toEqual([]);
    expect(await blocks("one.csv", "a\nb\n")).toEqual([[1, "a\nb\n"]]);
    expect(await blocks("open.csv", "a\nb")).toEqual([
      [1, "a\n"],
      [2, "b"],
    ]);
    expect(await blocks("only.csv", "a")).toEqual([[1, "a"]]);
    const lines = Array.from({ length: 20_000 }, (_, n) => `line ${n + 1} 张\n`);
    const read = await blocks("long.csv", lines.join(""));
    expect(read.length).toBeGreaterThan(2);
    expect(read.map(([, text]) => text).join("")).toBe(lines.join(""));
    for (const [line, text] of read) expect(text.startsWith(`line ${line} `)).toBe(true);
  });

  it("have no line that is longer than a record, which is named", async () => {
    const longest = `${"x".repeat(maxRecordBytes - 1)}\n`;
    expect(await blocks("longest.csv", `a\n${longest}b\n`)).toEqual([[1, `a\n${longest}b\n`]]);
    await expect(blocks("longer.csv", `a\nb\nx${longest}c\n`)).rejects.toThrow(
      /^Line 3 is longer than 16384 bytes/,
    );
    expect(await blocks("end.csv", `a\n${"x".repeat(maxRecordBytes)}`)).toHaveLength(2);
    await expect(blocks("over.csv", `a\n${"x".repeat(maxRecordBytes + 1)}`)).rejects.toThrow(
      /^Line 2 is longer/,
    );
    // Without a line break the rest of the file is not read.
    await expect(blocks("binary.csv", `a\n${"x".repeat(200_000)}\0`)).rejects.toThrow(/^Line 2 is longer/);
  });

  it.each([
    ["", "EISDIR", "it is a folder"],
    ["none.csv", "ENOENT", "there is no such file"],
    [`${"x".repeat(300)}.csv`, "ENAMETOOLONG", "ENAMETOOLONG"],
  ])("of %.9s cannot be read, which says why and keeps the cause %s", async (name, code, why) => {
    const read = readBlocks(join(files.folder, name)).next();
    await expect(read).rejects.toBeInstanceOf(ImportError);
    await expect(read).rejects.toMatchObject({
      ...{ message: `The file cannot be read: ${why}.`, cause: { code } },
    });
  });
});
