import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

describe("the name of a statement", () => {
  it("belongs to one statement only: a connection of PostgreSQL prepares each name once", () => {
    const folder = new URL("../../src/", import.meta.url);
    const sources = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".ts"),
    );
    const names = sources.flatMap((name) =>
      [...readFileSync(new URL(name, folder), "utf8").matchAll(/\bstatement\(\s*"(\w+)"/g)].map(
        ([, found]) => found,
      ),
    );
    expect(names.length).toBeGreaterThan(100);
    expect(names.filter((name, place) => names.indexOf(name) !== place)).toEqual([]);
  });
});
