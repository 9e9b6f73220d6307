import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type ErrcodeExplanation, errcodes, explainErrcode } from "../src/errcodes.js";

const folder = new URL("../src/errcodes/", import.meta.url);
const rangeFiles: string[] = readdirSync(folder).filter((file) => /^(from|below)-\d+\.ts$/.test(file));
const startOf = (file: string): number =>
  file.startsWith("below-") ? Number.NEGATIVE_INFINITY : Number(/\d+/.exec(file)?.[0]);

describe("the table of errcodes", () => {
  it.each([
    ["an exchange", [-1, 40001, 40002, 40013, 40029, 40125, 40163, 41002, 41004, 41008, 42003, 45011]],
    ["an exchange, by the general codes", [40226, 48001, 48004, 50001, 50002]],
    ["a refresh", [40030, 42002, 41003, 41002, 40013, 40002, 42007, -1, 45011]],
    ["a profile", [40001, 40003, 40014, 41001, 41009, 42001, 42007, 48001, -1, 45011, 50001, 50002]],
    ["a token check", [40003, 40014, 42001, 41001, 41009, 40001]],
    ["a global token", [-1, 40001, 40002, 40013, 40125, 40164, 40243, 41002, 41004, 43002, 44002, 47001]],
    ["a global token, by quota and standing", [45009, 45011, 50004, 50007, 61024]],
    ["a global token, by the administrator", [89501, 89502, 89503, 89504, 89505, 89506, 89507]],
    ["the account's followers", [40003, 40031, 40032, 40132, 43004, 43005, 43019, 46004, 48002, 50005]],
    ["looking up a request or a quota", [48006, 76001, 76002, 76003, 76004, 76021, 76022]],
    ["the check of a callback URL", [40201, 40202, 40203]],
    [
      "a mini program's login",
      [-1, 40013, 40029, 40125, 40163, 40226, 40242, 41002, 41004, 41008, 45011, 87007, 87009],
    ],
    ["a third-party platform", [41018, 61003, 61004, 61007, 61014, 61016, 61023, 61024]],
    [
      "how a request was put together",
      [40002, 40007, 40033, 40035, 40038, 40039, 40048, 40066, 40097, 40188],
    ],
    ["what a request lacks or holds", [41009, 41010, 41011, 43001, 43002, 43003, 44002, 45002, 47001]],
    ["an account's standing", [40200, 43104, 45035, 48004, 50003, 50004, 50007]],
    ["WeChat itself", [-1000, -1, 61450, 9001002]],
    ["a parameter or signature", [61451, 63001, 63002]],
    [
      "WeChat's authorize page",
      [10003, 10004, 10005, 10006, 10009, 10010, 10011, 10012, 10013, 10015, 10016, 10039],
    ],
    ["network and answers", ["HTTP_STATUS", "TIMEOUT", "NETWORK", "BAD_JSON", "BAD_SHAPE", "TOO_LARGE"]],
    [
      "a callback or a person",
      ["STATE_MISMATCH", "STATE_EXPIRED", "NO_CODE", "SNAPSHOT_USER", "NOT_IN_WECHAT"],
    ],
  ])("explains the failures of %s", (_, codes) => {
    for (const code of codes) expect(explainErrcode(code), String(code)).toMatchObject({ code });
  });

  it("has every code and every name once, with WeChat's codes sorted by number", () => {
    expect(new Set(errcodes.map(({ code }) => code)).size).toBe(errcodes.length);
    expect(new Set(errcodes.map(({ name }) => name)).size).toBe(errcodes.length);
    const numbers = errcodes.map(({ code }) => code).filter((code) => typeof code === "number");
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  });

  it.each(rangeFiles)("keeps the codes of one range in %s", (file) => {
    const starts = rangeFiles.map(startOf).sort((a, b) => a - b);
    const end = starts.find((start) => start > startOf(file)) ?? Number.POSITIVE_INFINITY;
    const source = readFileSync(new URL(file, folder), "utf8");
    const codes = [...source.matchAll(/^ +code: (-?\d+),$/gm)].map(([, code]) => Number(code));
    expect(codes.length).toBeGreaterThan(0);
    for (const code of codes) {
      expect(code).toBeGreaterThanOrEqual(startOf(file));
      expect(code).toBeLessThan(end);
    }
  });

  it.each(
    errcodes.map((explanation): [string, ErrcodeExplanation] => [String(explanation.code), explanation]),
  )("has meaning, causes and steps in both languages: %s", (_, { name, meaning, causes, steps }) => {
    expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/);
    for (const text of [meaning.zh, ...causes.zh, ...steps.zh]) expect(text).toMatch(/\p{Script=Han}/u);
    for (const text of [meaning.en, ...causes.en, ...steps.en]) expect(text).toMatch(/^[A-Z35]/);
    expect([causes.zh.length, steps.zh.length]).toEqual([causes.en.length, steps.en.length]);
    expect(causes.en.length * steps.en.length).toBeGreaterThan(0);
  });

  it("never allows a retry of an exchange: an invalid code needs a new sign-in", () => {
    for (const code of [40029, 40163, 42003]) expect(explainErrcode(code)?.retry).toBe("restart");
  });

  it("advises another retry for a person's token than for the account's", () => {
    expect(explainErrcode(40001)).toMatchObject({ retry: "token", retryOnSns: "restart" });
    expect(explainErrcode(40014)).toMatchObject({ retry: "token", retryOnSns: "restart" });
    expect(explainErrcode(42001)).toMatchObject({ retry: "token", retryOnSns: "sns_refresh" });
  });

  it("marks the codes that appear only on WeChat's page", () => {
    const onPage = errcodes.filter((explanation) => explanation.onPage).map(({ code }) => Number(code));
    expect(onPage.every((code) => code >= 10003 && code <= 10039)).toBe(true);
    expect(onPage).toHaveLength(12);
    for (const { code, link } of errcodes) {
      if (link !== undefined) expect(link).toMatch(/^https:\/\/developers\.weixin\.qq\.com\//);
      if (typeof code === "string") expect(link).toBeUndefined();
    }
  });

  it("accepts a code as number or text, and explains no unknown code", () => {
    expect(explainErrcode("40029")).toBe(explainErrcode(40029));
    for (const code of [0, 99999, "", "toString", "__proto__"]) expect(explainErrcode(code)).toBeUndefined();
  });
});
