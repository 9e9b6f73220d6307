// `npm run check:words`: prints each use of a word that scripts/words/list.mjs lists, and what to write instead. Ends
// with 1 when there is one, or when an exception of that list is out of date.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { root } from "./package-json.mjs";
import { describeFinding, findWords } from "./words/find-words.mjs";
import { exceptions, unread } from "./words/list.mjs";

const binary = new Set([".png", ".ico", ".jpg", ".woff2", ".gz", ".sqlite"]);

process.exitCode = main();

function main() {
  const used = new Set();
  const findings = listFiles().flatMap((file) =>
    findWords(file, readFileSync(join(root, file), "utf8"), { used }),
  );
  const outdated = exceptions.filter((exception) => !used.has(exception));
  for (const finding of findings) console.log(describeFinding(finding));
  for (const { file, text } of outdated) {
    console.log(`scripts/words/list.mjs: the exception for "${text}" in ${file} is out of date: remove it`);
  }
  return findings.length + outdated.length === 0 ? 0 : 1;
}

/** Tracked files, and new ones that git does not ignore. */
function listFiles() {
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const files = execFileSync("git", list, { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  return files
    .split("\0")
    .filter((file) => file !== "" && !binary.has(extname(file)))
    .filter(
      (file) => !unread.some(({ path }) => file === path || (path.endsWith("/") && file.startsWith(path))),
    )
    .filter((file) => existsSync(join(root, file)));
}
