// `npm run promises` writes docs/promises.md from the titles of all tests. With `--check` it writes nothing and exits
// with 1 when the page is out of date.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./package-json.mjs";
import { pageOf } from "./promises/page.mjs";
import { readTests } from "./promises/read-tests.mjs";

const path = "docs/promises.md";

process.exitCode = main();

function main() {
  const { tests, problems } = readTests(root);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) return 1;
  const page = pageOf(tests);
  if (!process.argv.includes("--check")) {
    writeFileSync(join(root, path), page);
    return 0;
  }
  if (page === currentPage()) return 0;
  console.error(`${path} is out of date: run \`npm run promises\`.`);
  return 1;
}

/** The page on disk, with the line ends that git may have changed on Windows restored. */
function currentPage() {
  try {
    return readFileSync(join(root, path), "utf8").replaceAll("\r\n", "\n");
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}
