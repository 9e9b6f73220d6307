import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const lockfile = readFileSync(new URL("../pnpm-lock.yaml", import.meta.url), "utf8");

/** Names of packages that hold a binary for one platform, such as `@turbo/linux-64`, by what stands before the platform. */
function binariesIn(text: string): Map<string, Set<string>> {
  const families = new Map<string, Set<string>>();
  for (const [, family = "", platform = ""] of text.matchAll(
    /^ {2}'?((?:@[\w-]+\/)?[\w-]*?)(linux|darwin|win32|windows)-[\w-]*@[^\n]*:$/gm,
  )) {
    const platforms = families.get(family) ?? new Set<string>();
    families.set(family, platforms.add(platform === "win32" ? "windows" : platform));
  }
  return families;
}

describe("the lockfile", () => {
  // An installation that copies what another machine has may leave the binaries of other platforms out. Then `npm
  // start` fails on them, because a frozen lockfile installs nothing else.
  it("has the binaries for Linux, macOS and Windows of every tool", () => {
    const families = binariesIn(lockfile);
    expect([...families.keys()]).toEqual(expect.arrayContaining(["@turbo/", "@biomejs/cli-", "@esbuild/"]));
    for (const [family, platforms] of families) {
      expect([family, ...[...platforms].sort()]).toEqual([family, "darwin", "linux", "windows"]);
    }
  });
});

/** As numbers, because "10" sorts before "9". */
const isAtLeast = (version: string, least: string) =>
  version.localeCompare(least, "en", { numeric: true }) >= 0;

describe("the versions of the lockfile", () => {
  it.each([
    ["drizzle-orm", "0.45.2"],
    ["fastify", "5.12.1"],
    ["@trpc/server", "11.8.0"],
    ["@fastify/static", "10.1.4"],
    ["undici", "7.29.1"],
  ])("hold no %s with a known hole: all are %s or newer [T103]", (name, least) => {
    const versions = [...lockfile.matchAll(/^ {2}'?(@?[\w/-]+)@([\d.]+)'?:/gm)]
      .filter(([, found]) => found === name)
      .map(([, , version = ""]) => version);
    expect(versions.length).toBeGreaterThan(0);
    expect(versions.filter((version) => !isAtLeast(version, least))).toEqual([]);
  });

  it.each([
    ["0.45.10", "0.45.2", true],
    ["0.45.1", "0.45.2", false],
    ["10.0.0", "9.9.9", true],
  ])("compare as numbers: %s against %s", (version, least, expected) => {
    expect(isAtLeast(version, least)).toBe(expected);
  });
});
