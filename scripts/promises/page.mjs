import { sections } from "./list.mjs";

/** In the order in which a row names them. */
const places = ["SQLite", "PostgreSQL", "no database", "whole system"];
/** More tests than this are folded away, so that the promises themselves can be read in one go. */
const longestOpenList = 1;
const unproven = "**not proven yet**";

/** Writes docs/promises.md: what is promised, by section, and the tests that show it. */
export function pageOf(tests) {
  const rows = sections.map(({ name, promises }) => ({
    name,
    promises: Object.entries(promises).map(([number, promise]) => {
      const shownBy = tests.filter((test) => test.numbers.includes(Number(number)));
      return { number, promise, shownBy, runsOn: placesOf(shownBy) };
    }),
  }));
  return [...summary(rows), ...rows.flatMap(section)].join("\n");
}

const placesOf = (tests) => places.filter((place) => tests.some(({ runsOn }) => runsOn.includes(place)));
const isProven = ({ shownBy }) => shownBy.length > 0;

function summary(rows) {
  const all = rows.flatMap(({ promises }) => promises);
  const onBoth = all.filter(({ runsOn }) => runsOn.includes("SQLite") && runsOn.includes("PostgreSQL"));
  return [
    "# What this system promises, and the tests that show it",
    "",
    `**${all.filter(isProven).length} of ${all.length} promises have at least one test**, ${onBoth.length} of them on SQLite and on PostgreSQL.`,
    "The titles of those tests begin with the numbers of what they show; a test may show several. What has a test is",
    "shown as far as that test goes; what has none is not proven yet, and says so below.",
    "",
    "`npm run promises` writes this page from the titles, and `npm test` fails when the two differ. Every test of the",
    "server runs once on each database unless it is about one alone; a test of the library, the simulator or the pages",
    "needs none, and the whole system is what is built, in a browser or on its own.",
    "",
    "| section | promises | with a test | not proven yet |",
    "| --- | --: | --: | --- |",
    ...rows.map(({ name, promises }) => {
      const missing = promises.filter((promise) => !isProven(promise));
      const links = missing.map(({ number }) => `[T${number}](#t${number})`).join(", ");
      return `| [${name}](#${anchorOf(name)}) | ${promises.length} | ${promises.length - missing.length} | ${links} |`;
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
      ({ number, promise, shownBy, runsOn }) =>
        `| <a id="t${number}"></a>T${number} | ${promise} | ${testsCell(shownBy)} | ${runsOnCell(runsOn)} |`,
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

/** HTML lists, because a cell of a table is one line. */
function fileList(file, tests) {
  const items = tests.map(({ title, runsOn }) => {
    const only = runsOn.length === 1 && /SQL/.test(runsOn[0]) ? ` (${runsOn[0]} only)` : "";
    return `<li>${asText(title)}${only}</li>`;
  });
  return `[${shortNameOf(file)}](../${file})<ul>${items.join("")}</ul>`;
}

/** `api/replay.test.ts` for apps/api/test/replay.test.ts. */
const shortNameOf = (file) => file.replace(/^(?:apps|packages)\/([^/]+)\/test\//, "$1/");

/** A title is no markup: neither HTML nor Markdown, nor the end of a cell. */
const asText = (title) =>
  title
    .replaceAll(/[\\`*_[\]|~]/g, "\\$&")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(/\s+/g, " ");

/** The anchor that GitHub makes of a heading. */
const anchorOf = (heading) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");
