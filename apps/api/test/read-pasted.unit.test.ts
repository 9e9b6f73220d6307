import { describe, expect, it } from "vitest";
import { readPasted } from "../src/domain/console/read-pasted.js";

const id = "01M8HF9NG09HH2TMWCJ8GRR4DV";
const rid = "6b0b1f33-6c89b872-d4cbad9e";
const openid = "oAbCdEfGhIjKlMnOpQrStUvWxYz0";

describe("a text that an operator pastes", () => {
  it.each([
    id,
    id.toLowerCase(),
    `编号${id}`,
    `编号 ${id}，请处理`,
    `40163 ${id}`,
    `https://login.example/login/ended/${id}?x=1`,
    // O for 0, I and L for 1, as read from a photo.
    `O${id.slice(1)}`,
    `0I${id.slice(2)}`.replaceAll("0", "o"),
    `0l${id.slice(2)}`,
  ])("holds a number, also inside other text and misread: %s", (text) => {
    expect(readPasted(text).number).toEqual({ id, at: expect.any(Date), page: null, text: id });
  });

  it("holds the letter of a page behind its number, and no number in a longer word", () => {
    expect(readPasted(`(${id}-C)`).number).toMatchObject({ id, page: "invalid-callback", text: `${id}-C` });
    for (const text of [
      `${id}-Z`,
      `${id}4`,
      `x${id}`,
      `${id}-C-C`,
      `U${id.slice(1)}`,
      `9${id.slice(1)}`,
      "",
    ]) {
      expect(readPasted(text).number, text).toBeUndefined();
    }
  });

  it("holds a rid, addresses, what may be an openid, and codes", () => {
    expect(
      readPasted(`{"errcode":40163,"errmsg":"code been used, rid: ${rid.toUpperCase()}"}`),
    ).toStrictEqual({
      ...{ rid, codes: ["40163"], tokens: [rid.toUpperCase()] },
    });
    expect(readPasted("invalid ip 203.0.113.7, not in whitelist")).toStrictEqual({
      ...{ ip: "203.0.113.7", codes: [], tokens: [] },
    });
    expect(readPasted("::1")).toMatchObject({ ip: "::1" });
    expect(readPasted("999.0.113.7")).toStrictEqual({ codes: [], tokens: [] });
    expect(readPasted(`openid=${openid}&lang=zh_CN`)).toStrictEqual({ codes: [], tokens: [openid] });
    const [second, third, fourth] = ["2", "3", "4"].map((digit) => openid.replace(/.$/, digit));
    expect(readPasted([openid, second, third, fourth].join(" ")).tokens).toEqual([openid, second, third]);
    for (const [length, count] of [
      [19, 0],
      [20, 1],
      [64, 1],
      [65, 0],
    ] as const) {
      expect([length, readPasted("x".repeat(length)).tokens.length]).toEqual([length, count]);
    }
    expect(readPasted("-1")).toStrictEqual({ codes: ["-1"], tokens: [] });
    expect(readPasted("小满")).toStrictEqual({ codes: [], tokens: [] });
  });

  it.each([
    ["8GRR4DV", "8GRR4DV"],
    ["j8grr4dv", "J8GRR4DV"],
    ["OIL4DV", "0114DV"],
    ["RR4DV", undefined],
    ["CJ8GRR4DV", undefined],
    ["8GRU4DV", undefined],
    ["8GR 4DV", undefined],
  ])("is the end of a number if it has 6 to 8 of its characters: %s", (text, tail) => {
    expect(readPasted(text).tail).toBe(tail);
  });
});
