// `npm run check:words`: prints each use of a word that scripts/words/list.mjs lists, and what to write instead. Ends
// with 1 when there is one, or when an exception of that list is out of date.
import { readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { root } from "./package-json.mjs";
import { listSourceFiles } from "./source-files.mjs";
import { describeFinding, findWords } from "./words/find-words.mjs";
import { exceptions, unread } from "./words/list.mjs";

const binary = new Set([".png", ".ico", ".jpg", ".woff2", ".gz", ".sqlite"]);

process.exitCode = main();

function main() {
  const used = new Set();
  const findings = listTexts().flatMap((file) =>
    findWords(file, readFileSync(join(root, file), "utf8"), { used }),
  );
  const outdated = exceptions.filter((exception) => !used.has(exception));
  for (const finding of findings) console.log(describeFinding(finding));
  for (const { file, text } of outdated) {
    console.log(`scripts/words/list.mjs: the exception for "${text}" in ${file} is out of date: remove it`);
  }
  return findings.length + outdated.length === 0 ? 0 : 1;
}

function listTexts() {
  return listSourceFiles(root)
    .filter((file) => !binary.has(extname(file)))
    .filter(
      (file) => !unread.some(({ path }) => file === path || (path.endsWith("/") && file.startsWith(path))),
    );
}
