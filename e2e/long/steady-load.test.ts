import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

// `npm run bench -- steady-load` measures the same for longer, as fast as the machine can.

interface Claim {
  text: string;
  holds: boolean;
}
interface Load {
  rate: number;
  halves: { times: number[] }[];
}
interface Bench {
  steadyLoad(
    engine: "SQLite" | "PostgreSQL",
    options: { seconds: number; mostPerSecond: number; folder: string },
  ): Promise<Load>;
  claimsOf(load: Load): Claim[];
}
const script = new URL("../../bench/steady-load/load.mjs", import.meta.url);
const { steadyLoad, claimsOf }: Bench = await import(script.href);

/** A half is longer than the minute for which limits count a source. */
const seconds = 150;

const folder = mkdtempSync(join(tmpdir(), "steady-load-"));
chmodSync(folder, 0o755); // as root, PostgreSQL runs as another user
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a server at which a hundred people sign in each second", () => {
  it.each(["SQLite", "PostgreSQL"] as const)(
    "holds no more memory and no more open files at the end than halfway (%s) [T99]",
    async (engine) => {
      const load = await steadyLoad(engine, { seconds, mostPerSecond: 100, folder });
      const claims = claimsOf(load);
      const count = load.halves.flatMap(({ times }) => times).length;
      console.info(
        [`${count} sign-ins, ${load.rate} a second`, ...claims.map(({ text }) => text)].join("\n"),
      );
      expect(claims.filter(({ holds }) => !holds)).toEqual([]);
    },
  );
});
