import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { posix } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { slug } from "github-slugger";
import { describe, expect, it } from "vitest";

describe.each(["wechat-oauth", "wechat-simulator"])("the tarball of %s", (name) => {
  it("has a README in English and in Chinese, which link only to files in it and to their own headings", async () => {
    const folder = fileURLToPath(new URL(`../../${name}`, import.meta.url));
    const packed = await packedFiles(folder);
    for (const readme of ["README.md", "README.zh-CN.md"]) {
      expect(packed).toContain(readme);
      expect(deadLinks(await readFile(`${folder}/${readme}`, "utf8"), packed)).toEqual([]);
    }
  });
});

describe("the search for dead links", () => {
  const packed = ["README.md", "docs/page.md"];
  it.each([
    ["leads out of the package", "[a](../other/README.md)"],
    ["leads to a file that is not packed", "[a](docs/other.md)"],
    ["is an image or a line of HTML", '![a](a.png) <a href="b.md">'],
    ["is defined at the end of the page", "[a]\n\n[a]: ./src"],
    ["names a missing heading", "# One\n\n[a](#two)"],
  ])("detects a link that %s", (_, markdown) => {
    expect(deadLinks(markdown, packed)).not.toEqual([]);
  });

  it("accepts links to the web, to packed files and to headings, and ignores code", () => {
    const alive =
      "# One `two`, three\n[a](https://example.com) [b](docs/page.md#c) [c](#one-two-three) <docs>";
    const code = "`[a](b.md)`\n```ts\nlist[0](c); [a](#no)\n```\n";
    expect(deadLinks(`${alive} ${code}`, packed)).toEqual([]);
  });
});

/** The files that `npm pack --dry-run` lists. */
async function packedFiles(folder: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: folder,
  });
  const [packed]: { files: { path: string }[] }[] = JSON.parse(stdout);
  return packed?.files.map(({ path }) => path) ?? [];
}

/** The link targets of a README at the package's root that are missing in the unpacked tarball. */
function deadLinks(markdown: string, packed: readonly string[]): string[] {
  const prose = markdown.replaceAll(/^(```+)[\s\S]*?^\1/gm, "");
  const headings = Array.from(prose.matchAll(/^#+ (.*)$/gm), ([, text = ""]) => `#${slug(text)}`);
  const links = prose
    .replaceAll(/`[^`\n]*`/g, "")
    .matchAll(/\]\(([^)\s]+)|(?:href|src)="([^"]*)"|^\[[^\]]+\]: (\S+)/gm);
  return Array.from(links, ([, inline, html, definition]) => inline ?? html ?? definition ?? "").filter(
    (target) => {
      if (/^[a-z][a-z+.-]*:/.test(target)) return false;
      if (target.startsWith("#")) return !headings.includes(target);
      return !packed.includes(posix.normalize(target.split("#", 1)[0] ?? ""));
    },
  );
}
