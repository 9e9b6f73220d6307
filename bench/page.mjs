// docs/benchmarks.md: one section per bench. Each bench replaces its own section only.
import { availableParallelism } from "node:os";

const head = `# Benchmarks

Measurements of this project's libraries next to comparable packages. Every number was printed by \`npm run bench\` (or
\`npm run bench -- <name>\` for one section), with the repository installed and, for \`global-token\`, a Redis;
\`bench/<name>/\` has the method. Do not compare absolute numbers of two machines, only ratios and counts.
`;

/** A table of Markdown. The first column is text, the others are numbers. */
export function table(columns, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const rule = columns.map((_, index) => (index === 0 ? "---" : "---:"));
  return [columns, rule, ...rows].map(line).join("\n");
}

/** One line with a claim, and whether the measured numbers confirm it. */
export function claim(text, isTrue) {
  return `- ${isTrue ? "holds" : "**does not hold**"}: ${text}`;
}

/** A bench's section of the page. */
export function section(name, { title, reading, body }) {
  const machine = `${availableParallelism()} cores, ${process.platform} ${process.arch}, Node ${process.versions.node}`;
  const day = new Date().toISOString().slice(0, 10);
  return `${mark(name)}
## ${title}

\`npm run bench -- ${name}\` on ${day}: ${machine}.

${reading}

${body.trim()}
`;
}

/**
 * @param before the existing page, `""` if there is none
 * @param fresh measured sections by name; the other sections are kept
 * @param order all names, in the order of the page
 */
export function pageOf(before, fresh, order) {
  const parts = order.map((name) => fresh.get(name) ?? sectionIn(before, name)).filter(Boolean);
  return [head, ...parts].join("\n");
}

const mark = (name) => `<!-- bench: ${name} -->`;

function sectionIn(page, name) {
  const start = page.indexOf(mark(name));
  if (start === -1) return undefined;
  const next = page.indexOf("<!-- bench: ", start + 1);
  return `${page.slice(start, next === -1 ? undefined : next).trimEnd()}\n`;
}
