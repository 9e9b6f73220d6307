import { describe, expect, it } from "vitest";
import { idBoundary, isId, newId, timeOfId } from "../src/domain/ids.js";
import { readRequestNumber, requestNumber } from "../src/domain/request-number.js";

describe("an id", () => {
  // The example of https://github.com/ulid/spec, the first and the last moment, and one on each side of a digit.
  it.each([
    [1_469_918_176_385, "01ARYZ6S41"],
    [0, "0000000000"],
    [31, "000000000Z"],
    [32, "0000000010"],
    [2 ** 48 - 1, "7ZZZZZZZZZ"],
  ])("begins with its time in milliseconds: %i is %s", (timeMs, expected) => {
    const id = newId(new Date(timeMs));
    expect(id.slice(0, 10)).toBe(expected);
    expect(id).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
    expect(isId(id)).toBe(true);
    expect(timeOfId(id)).toEqual(new Date(timeMs));
  });

  it("is greater than the one before it, also within a millisecond, and random in another", () => {
    const ids = Array.from({ length: 2000 }, () => newId(new Date(1_700_000_000_000)));
    expect(ids).toEqual([...new Set(ids)].sort());
    const others = Array.from({ length: 50 }, (_, n) => newId(new Date(n)).slice(10));
    expect(new Set(others.map((random) => random.slice(0, 8))).size).toBe(50);
  });

  it("sorts before the boundary of a moment if it was made before, and after it otherwise", () => {
    const boundary = idBoundary(new Date(1_469_918_176_385));
    expect([384, 385, 386].map((ms) => newId(new Date(1_469_918_176_000 + ms)) < boundary)).toEqual([
      ...[true, false, false],
    ]);
  });

  it.each([
    ["01M00000000000000000000000", true],
    ["7ZZZZZZZZZZZZZZZZZZZZZZZZZ", true],
    ["8ZZZZZZZZZZZZZZZZZZZZZZZZZ", false],
    ["01m00000000000000000000000", false],
    ["01M0000000000000000000000", false],
    ["01M000000000000000000000000", false],
    ["01M0000000000000000000000I", false],
    ["01M0000000000000000000000L", false],
    ["01M0000000000000000000000O", false],
    ["01M0000000000000000000000U", false],
    ["01M00000000000000000000000\n", false],
    ["", false],
    // A parameter that came twice.
    [["01M00000000000000000000000"], false],
    [undefined, false],
  ])("is %j: %s", (value, expected) => {
    expect(isId(value)).toBe(expected);
  });
});

describe("the number of a request without a sign-in", () => {
  const id = "01ARYZ6S410000000000000000";
  const at = new Date(1_469_918_176_385);

  it.each([
    ["invalid-callback", "C"],
    ["expired", "E"],
    ["used", "U"],
    ["too-many-requests", "T"],
    ["not-found", "N"],
    ["server-error", "S"],
    ["busy", "B"],
  ])("names the page %s by the letter %s, and is read in any case", (page, letter) => {
    expect(requestNumber(id, page)).toBe(`${id}-${letter}`);
    expect(readRequestNumber(` ${id}-${letter} `.toLowerCase())).toEqual({ id, at, page });
  });

  it("is the id alone for a page that always has a sign-in, and is then read without a page", () => {
    expect(requestNumber(id, "refused")).toBe(id);
    expect(readRequestNumber(id)).toEqual({ id, at, page: null });
  });

  it.each([`${id}-X`, `${id}-`, `${id}-CC`, `${id}-C-C`, `${id}C`, `X${id}`, "-C", "", `${id}-toString`])(
    "is not read from %j",
    (text) => {
      expect(readRequestNumber(text)).toBeUndefined();
    },
  );
});
