import { slug } from "github-slugger";
import { sections } from "./list.mjs";

/** What a test can run on, in the order of the column “run on”. */
const places = ["SQLite", "PostgreSQL", "no database", "whole system", "long run"];
/** Longer lists of tests are collapsed, so that the promises can be read one after another. */
const longestOpenList = 1;
const unproven = "**not proven yet**";

/** The text of docs/promises.md: the promises by section, each with the tests that prove it. */
export function pageOf(tests) {
  const rows = sections.map(({ name, promises }) => ({
    name,
    promises: Object.entries(promises).map(([number, promise]) => {
      const provenBy = tests.filter((test) => test.numbers.includes(Number(number)));
      return { number, promise, provenBy, runsOn: placesOf(provenBy) };
    }),
  }));
  return [...summary(rows), ...rows.flatMap(section)].join("\n");
}

const placesOf = (tests) => places.filter((place) => tests.some(({ runsOn }) => runsOn.includes(place)));
const isProven = ({ provenBy }) => provenBy.length > 0;

function summary(rows) {
  const all = rows.flatMap(({ promises }) => promises);
  const onBoth = all.filter(({ runsOn }) => runsOn.includes("SQLite") && runsOn.includes("PostgreSQL"));
  return [
    "# What this system promises, and the tests that prove it",
    "",
    `**${all.filter(isProven).length} of ${all.length} promises have at least one test**, ${onBoth.length} of them on SQLite and on PostgreSQL.`,
    "The title of such a test ends with the numbers of the promises it proves. A promise counts as proven as far as its",
    "tests go; one without a test is marked as not proven yet.",
    "",
    "`npm run promises` writes this page from the titles, and `npm test` fails when the two differ. Every test of the",
    "server runs once on each database unless it is about one of them; a test of the library, the simulator or the pages",
    "needs no database. “Whole system” means the built product, in a browser or as a process; “long run” means the same in",
    "`npm run test:long`, for what takes minutes.",
    "",
    "| section | promises | with a test | not proven yet |",
    "| --- | --: | --: | --- |",
    ...rows.map(({ name, promises }) => {
      const missing = promises.filter((promise) => !isProven(promise));
      const links = missing.map(({ number }) => `[T${number}](#t${number})`).join(", ");
      return `| [${name}](#${slug(name)}) | ${promises.length} | ${promises.length - missing.length} | ${links} |`;
    }),
    "",
  ];
}

function section({ name, promises }) {
  return [
    `## ${name}`,
    "",
    "| | promise | tests | run on |",
    "| --- | --- | --- | --- |",
    ...promises.map(
      ({ number, promise, provenBy, runsOn }) =>
        `| <a id="t${number}"></a>T${number} | ${promise} | ${testsCell(provenBy)} | ${runsOnCell(runsOn)} |`,
    ),
    "",
  ];
}

function runsOnCell(runsOn) {
  const [only, ...others] = runsOn;
  const isEngine = only === "SQLite" || only === "PostgreSQL";
  return isEngine && others.length === 0 ? `${only} only` : runsOn.join(", ");
}

function testsCell(tests) {
  if (tests.length === 0) return unproven;
  const files = [...new Set(tests.map(({ file }) => file))];
  const lists = files
    .map((file) =>
      fileList(
        file,
        tests.filter((test) => test.file === file),
      ),
    )
    .join("");
  if (tests.length <= longestOpenList) return lists;
  const count = `${tests.length} tests${files.length > 1 ? ` in ${files.length} files` : ""}`;
  return `<details><summary>${count}</summary>${lists}</details>`;
}

/** An HTML list, because a table cell of Markdown is one line. */
function fileList(file, tests) {
  const items = tests.map(({ title, runsOn }) => {
    const only = runsOn.length === 1 && /SQL/.test(runsOn[0]) ? ` (${runsOn[0]} only)` : "";
    return `<li>${asText(title)}${only}</li>`;
  });
  return `[${shortNameOf(file)}](../${file})<ul>${items.join("")}</ul>`;
}

/** `api/roles.test.ts` for apps/api/test/roles.test.ts. */
const shortNameOf = (file) => file.replace(/^(?:apps|packages)\/([^/]+)\/test\//, "$1/");

/** Escapes HTML, Markdown and the end of a table cell. */
const asText = (title) =>
  title
    .replaceAll(/[\\`*_[\]|~]/g, "\\$&")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(/\s+/g, " ");
