import { describe, expect, it } from "vitest";
import { type ErrcodeExplanation, errcodes, explainErrcode } from "../src/errcodes.js";

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
    ["our own side", ["HTTP_STATUS", "TIMEOUT", "NETWORK", "BAD_JSON", "BAD_SHAPE", "TOO_LARGE"]],
    ["our own sign-in", ["STATE_MISMATCH", "STATE_EXPIRED", "NO_CODE", "SNAPSHOT_USER", "NOT_IN_WECHAT"]],
  ])("explains whatever can go wrong with %s", (_, codes) => {
    for (const code of codes) expect(explainErrcode(code), String(code)).toMatchObject({ code });
  });

  it("has every code and every name once, WeChat's by number", () => {
    expect(new Set(errcodes.map(({ code }) => code)).size).toBe(errcodes.length);
    expect(new Set(errcodes.map(({ name }) => name)).size).toBe(errcodes.length);
    const numbers = errcodes.map(({ code }) => code).filter((code) => typeof code === "number");
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  });

  it.each(
    errcodes.map((explanation): [string, ErrcodeExplanation] => [String(explanation.code), explanation]),
  )("speaks both languages, and says what to do: %s", (_, { name, meaning, causes, steps }) => {
    expect(name).toMatch(/^[a-z]+(_[a-z]+)*$/);
    for (const text of [meaning.zh, ...causes.zh, ...steps.zh]) expect(text).toMatch(/\p{Script=Han}/u);
    for (const text of [meaning.en, ...causes.en, ...steps.en]) expect(text).toMatch(/^[A-Z35]/);
    expect([causes.zh.length, steps.zh.length]).toEqual([causes.en.length, steps.en.length]);
    expect(causes.en.length * steps.en.length).toBeGreaterThan(0);
  });

  it("never lets software repeat an exchange: a code that is dead begins a new sign-in", () => {
    for (const code of [40029, 40163, 42003]) expect(explainErrcode(code)?.retry).toBe("restart");
  });

  it("takes a code as number or text, and knows nothing of others", () => {
    expect(explainErrcode("40029")).toBe(explainErrcode(40029));
    for (const code of [0, 99999, "", "toString", "__proto__"]) expect(explainErrcode(code)).toBeUndefined();
  });
});
