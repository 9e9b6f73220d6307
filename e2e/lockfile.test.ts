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
