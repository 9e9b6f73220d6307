// docs/benchmarks.md: one section a bench, each replaced by its own bench alone.
import { availableParallelism } from "node:os";

const head = `# Benchmarks

What was measured about speed, side by side with others. Every number here was printed by
\`npm run bench\` (or \`npm run bench -- <name>\` for one section), on an installed repository and, for \`global-token\`, a Redis;
how each is measured stands in \`bench/<name>/\`. Numbers of two machines do not compare: ratios and counts do.
`;

/** A table of Markdown. The first column is text, the others are numbers. */
export function table(columns, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const rule = columns.map((_, index) => (index === 0 ? "---" : "---:"));
  return [columns, rule, ...rows].map(line).join("\n");
}

/** One line on what was claimed, and whether the numbers above bear it out. */
export function claim(text, isTrue) {
  return `- ${isTrue ? "holds" : "**does not hold**"}: ${text}`;
}

/** A bench's part of the page. */
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
 * @param before the page as it stands, `""` when there is none
 * @param fresh sections by name; one that is not measured now stays as it was
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
