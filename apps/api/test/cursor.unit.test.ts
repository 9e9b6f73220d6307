import { describe, expect, it } from "vitest";
import { CursorError, cursorsOf, pageOf } from "../src/domain/cursor.js";
import { KeyRing } from "../src/domain/key-ring.js";

const keys = new KeyRing(["k3y-for-tests-Zp7Qw2Lm9Xc4Vb6Nn8Rt1"]);
const list = { list: "a list", appId: "wx1" };
const cursors = cursorsOf(keys, list);
const at = (seconds: number) => new Date(Date.UTC(2026, 2, 1, 12, 0, seconds));
const rows = [1, 2, 3].map((n) => ({ at: at(n), id: `ID-${n}` }));
const searchedTo = { at: at(9), id: "ID-9" };
const page = (given: Parameters<typeof pageOf<(typeof rows)[number]>>[0], limit: number) =>
  pageOf(given, limit, cursors, (row) => row);

describe("a page of a list", () => {
  it("has as many rows as were asked for, and goes on after the last of them if there is one more", () => {
    expect(page({ rows }, 2)).toEqual({
      items: rows.slice(0, 2),
      nextCursor: cursors.write(rows[1] as never),
    });
    expect(page({ rows }, 3)).toEqual({ items: rows, nextCursor: null });
    expect(page({ rows: [] }, 3)).toEqual({ items: [], nextCursor: null });
  });

  it("says how far back was searched only where that ended before the page was full, and goes on from there", () => {
    const next = cursors.write(searchedTo);
    expect(page({ rows, searchedTo }, 3)).toEqual({ items: rows, nextCursor: next, searchedTo: at(9) });
    expect(page({ rows: [], searchedTo }, 3)).toEqual({ items: [], nextCursor: next, searchedTo: at(9) });
    expect(page({ rows, searchedTo }, 2)).toEqual({
      ...{ items: rows.slice(0, 2), nextCursor: cursors.write(rows[1] as never) },
    });
  });
});

describe("a cursor", () => {
  it("is read as the position that it was written for, and its absence as the first page [T61]", () => {
    for (const position of [...rows, { at: new Date(0), id: "a_b-c" }]) {
      expect(cursors.read(cursors.write(position))).toEqual(position);
    }
    expect(cursors.read(undefined)).toBeUndefined();
  });

  it("of another list, filter or server, altered or made up, is refused with what to do [T61]", () => {
    const cursor = cursors.write(searchedTo);
    const others = [
      cursorsOf(keys, { ...list, appId: "wx2" }).write(searchedTo),
      cursorsOf(keys, { ...list, list: "another" }).write(searchedTo),
      cursorsOf(new KeyRing(["another-k3y-Zp7Qw2Lm9Xc4Vb6Nn8Rt1"]), list).write(searchedTo),
      ...[cursor.replace("ID-9", "ID-8"), cursor.slice(0, -1), `${cursor}x`, ` ${cursor}`, "", "1_ID_"],
    ];
    for (const other of others) expect(() => cursors.read(other), other).toThrow(CursorError);
    expect(String(new CursorError())).toBe(
      "CursorError: This cursor does not belong to this list. Start again from its first page.",
    );
  });
});
