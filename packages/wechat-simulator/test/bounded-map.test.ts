import { describe, expect, it } from "vitest";
import { BoundedMap } from "../src/stores/bounded-map.js";

describe("a full bounded map", () => {
  it("drops the entry that was set longest ago", () => {
    const map = new BoundedMap<number>(2);
    map.set("a", 1);
    map.set("b", 2);
    map.set("c", 3);
    expect([...map.entries()]).toEqual([
      ["b", 2],
      ["c", 3],
    ]);
  });

  it("keeps a known key that was set again, and drops the one that is older now", () => {
    const map = new BoundedMap<number>(2);
    map.set("a", 1);
    map.set("b", 2);
    map.set("a", 3);
    map.set("c", 4);
    expect([...map.entries()]).toEqual([
      ["a", 3],
      ["c", 4],
    ]);
  });

  it("does not keep an entry longer because it was read", () => {
    const map = new BoundedMap<number>(2);
    map.set("a", 1);
    map.set("b", 2);
    map.get("a");
    map.set("c", 3);
    expect(map.get("a")).toBeUndefined();
  });
});
