import { describe, expect, it } from "vitest";
import { isWeakKey } from "../src/weak-keys.js";

const random = "Qx7Lm2Zp-9Rt5Vw8Kd3Hb6Nf1Gc4Js0Y"; // 32 characters
const half = random.slice(0, 17);

describe("a key", () => {
  it.each([
    ["is short", random.slice(1)],
    ["has few different characters", "q7Z-mX2".repeat(5).slice(0, 34)],
    ["repeats its first half", random.slice(0, 16).repeat(2)],
    ["repeats its first half in another case", half + half.toUpperCase()],
    ["repeats its first half but for the last character", (half + half).slice(0, 33)],
    ["has ten digits in order", `${random}0123456789`],
    ["has ten characters in order", `${random}89ABCDEFGH`],
    ["has the last ten letters in order", `${random}qrstuvwxyz`],
    ...["change", "Example", "sample", "SECRET", "password", "replace", "your", "insert", "xxx"].map(
      (word): [string, string] => [`has the word ${word}`, `${random}${word}`],
    ),
  ])("is weak if it %s", (_what, key) => {
    expect(isWeakKey(key)).toBe(true);
  });

  it.each([
    ["has 32 random characters", random],
    ["has eight different characters", "q7Z-mX2q7Z-mX2mXq7-Z2q7ZXm-2q7-mXZ2k"],
    ["repeats less than its first half", `${half}${half.slice(0, 15)}Y`],
    ["has nine characters in order", `${random}abcdefghi`],
  ])("is not weak if it %s", (_what, key) => {
    expect(isWeakKey(key)).toBe(false);
  });
});
