import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkFile, formatOf, readRecords } from "../src/domain/imports/read-records.js";
import { type ImportFiles, importFiles } from "./support/import-files.js";

let files: ImportFiles;
beforeAll(async () => {
  files = await importFiles();
});
afterAll(() => files.remove());

const columns = { all: ["externalId", "app", "openid"], needed: ["app", "openid"] } as const;

async function read(name: string, content: string | Buffer) {
  const path = await files.write(name, content);
  const format = formatOf(name) ?? "csv";
  await checkFile(path, format, columns);
  const records = [];
  for await (const record of readRecords(path, format, columns)) records.push(record);
  return records;
}

describe("a file of people in CSV", () => {
  it("is read with a byte order mark, CRLF, quotes, spaces around values, empty lines and Chinese text", async () => {
    const lines = [
      '\uFEFFopenid, "app" ,externalId',
      "oAlice, oa ,42",
      "",
      '  "oBob",oa,"张 ""三"", 北京"',
      'oCarol,oa,"two\nlines"',
      "oDora,oa,",
    ];
    expect(await read("people.csv", lines.join("\r\n"))).toEqual([
      { line: 2, values: { openid: "oAlice", app: "oa", externalId: "42" } },
      { line: 4, values: { openid: "oBob", app: "oa", externalId: '张 "三", 北京' } },
      { line: 6, values: { openid: "oCarol", app: "oa", externalId: "two\nlines" } },
      { line: 7, values: { openid: "oDora", app: "oa" } },
    ]);
  });

  it("is read with a byte order mark before a quote", async () => {
    expect(await read("people.csv", '\uFEFF"app","openid"\noa,oAlice\n')).toEqual([
      { line: 2, values: { app: "oa", openid: "oAlice" } },
    ]);
  });

  it("says which lines have too many or too few values, and reads the others", async () => {
    expect(await read("people.csv", "app,openid\noa\noa,oAlice\noa,oBob,42\n")).toEqual([
      { line: 2, problem: "has 1 values; the first line names 2 columns" },
      { line: 3, values: { app: "oa", openid: "oAlice" } },
      { line: 4, problem: "has 3 values; the first line names 2 columns" },
    ]);
  });

  it.each([
    ["", "The file has no records."],
    ["app,openid\n", "The file has no records."],
    ["42,oa,oAlice\n", "The first line must name the columns. There may be: externalId, app, openid."],
    [
      "app,openid,昵称,phone\noa,oAlice,a,b\n",
      'Unknown columns: "昵称", "phone". There may be: externalId, app, openid.',
    ],
    ["app,openid,app\noa,oAlice,oa\n", "Columns that are there twice: app."],
    ["app,openid,app,openid\noa,oAlice,oa,oBob\n", "Columns that are there twice: app, openid."],
    [
      `app,openid,${Array.from({ length: 21 }, (_, n) => `${String(n).padStart(2, "0")}${"x".repeat(39)}`)}\noa,oAlice\n`,
      `Unknown columns: ${Array.from({ length: 20 }, (_, n) => `"${String(n).padStart(2, "0")}${"x".repeat(38)}"`).join(", ")}. There may be: externalId, app, openid.`,
    ],
    [
      'app,"openid\noa,oAlice\n',
      expect.stringMatching(/^The first record has a quote \("\) in the wrong place/),
    ],
    ["externalId\n42\n", "Columns that are missing: app, openid."],
    [
      'app,openid\noa,oAlice\noa,"oBob\noa,oCarol\n',
      'The record after line 2 has a quote (") in the wrong place, or lacks one. A value with quotes, commas or line breaks stands in quotes, and a quote within it is doubled.',
    ],
    [
      'app,openid\noa,oAl"ice\n',
      'The record after line 1 has a quote (") in the wrong place, or lacks one. A value with quotes, commas or line breaks stands in quotes, and a quote within it is doubled.',
    ],
    [
      `app,openid\noa,"o${"\n".repeat(17_000)}"\n`,
      'The record after line 1 is longer than 16384 bytes. Is a quote (") missing?',
    ],
    [
      `app,openid\noa,oAlice\noa,${"o".repeat(10_000_000)}\n`,
      "Line 3 is longer than 16384 bytes: no record is. Is it another kind of file?",
    ],
    [
      Buffer.concat([
        Buffer.from("app,openid,externalId\noa,oAlice,"),
        Buffer.from([0xd5, 0xc5]),
        Buffer.from("\n"),
      ]),
      expect.stringMatching(/^The file is not UTF-8 \(line 2\)\. .*GBK.* `iconv -f GB18030 -t UTF-8`\.$/),
    ],
    [
      Buffer.from("\uFEFFapp,openid\noa,oAlice\n", "utf16le"),
      expect.stringMatching(/^The file is not UTF-8 \(line 1\)/),
    ],
  ])("is refused whole, without a word of what it says about people (case %#)", async (content, message) => {
    const error = await read("people.csv", content).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ name: "ImportError", message });
  });

  it("is read over the borders of the blocks in which it comes, and each line has its number", async () => {
    const lines = Array.from({ length: 9_000 }, (_, n) => `oa,${"张".repeat(n % 9)}o${n}`);
    const records = await read("people.csv", ["app,openid", ...lines].join("\n"));
    expect(records.map(({ line, values }) => `${line} ${values?.openid}`)).toEqual(
      lines.map((text, n) => `${n + 2} ${text.slice(3)}`),
    );
  });
});

describe("a file of people in NDJSON", () => {
  it("is read line by line, with ids that are numbers, and says which lines cannot be read", async () => {
    const lines = [
      '\uFEFF{"app":"oa","openid":" oAlice ","externalId":42}',
      "",
      '{"app":"oa","openid":"oBob","externalId":null}',
      "oa,oCarol",
      '["oa","oCarol"]',
      '{"app":"oa","openid":"oCarol","nickname":"Carol"}',
      '{"app":"oa","openid":"oCarol","externalId":9007199254740993}',
      '{"app":"oa","openid":{"$gt":""}}',
      '{"app":"oa","openid":"oDora","__proto__":{"externalId":"42"}}',
      ...["null", "42", '"oa"'],
    ];
    expect(await read("people.jsonl", lines.join("\r\n"))).toEqual([
      { line: 1, values: { app: "oa", openid: "oAlice", externalId: "42" } },
      { line: 3, values: { app: "oa", openid: "oBob" } },
      { line: 4, problem: "is not JSON" },
      { line: 5, problem: "is not a JSON object" },
      { line: 6, problem: "has other fields than externalId, app, openid" },
      { line: 7, problem: "externalId is neither a text nor a whole number" },
      { line: 8, problem: "openid is neither a text nor a whole number" },
      { line: 9, problem: "has other fields than externalId, app, openid" },
      ...[10, 11, 12].map((line) => ({ line, problem: "is not a JSON object" })),
    ]);
  });
});

describe("the file of an import", () => {
  it("has the format that its name ends in", () => {
    expect(
      ["a.csv", "A.CSV", "a.ndjson", "a.jsonl", "a.csv.txt", "a.jsonl.txt", "csv"].map(formatOf),
    ).toEqual([...["csv", "csv", "ndjson", "ndjson"], ...[undefined, undefined, undefined]]);
  });

  it.each([
    ["missing.csv", "The file cannot be read: there is no such file."],
    ["", "The file cannot be read: it is a folder."],
  ])("is named as unreadable if it is %j", async (name, message) => {
    const path = `${files.folder}/${name}`;
    await expect(checkFile(path, "csv", columns)).rejects.toMatchObject({ name: "ImportError", message });
  });

  it("has another hash once one character is another one", async () => {
    const hashes = await Promise.all(
      ["app,openid\noa,oAlice\n", "app,openid\noa,oAlicf\n", "app,openid\noa,oAlice\n"].map(
        async (content, n) => checkFile(await files.write(`${n}.csv`, content), "csv", columns),
      ),
    );
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(hashes[1]).not.toBe(hashes[0]);
    expect(hashes[2]).toBe(hashes[0]);
  });

  it("has another hash also if the character is the last one of a long file", async () => {
    const rows = Array.from({ length: 10_000 }, (_, n) => `oa,openid-${n}\n`).join("");
    const hashes = await Promise.all(
      ["a", "b"].map(async (last) => {
        const path = await files.write(`long-${last}.csv`, `app,openid\n${rows}oa,${last}\n`);
        return checkFile(path, "csv", columns);
      }),
    );
    expect(hashes[1]).not.toBe(hashes[0]);
  });
});
