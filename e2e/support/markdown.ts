import { slug } from "github-slugger";

/** What must be the same in every translation of a page. */
export interface Outline {
  /** Levels of the headings, in order. */
  headings: number[];
  /** For each table its columns, and for each row the code and links of its first cell. */
  tables: { columns: number; rows: string[] }[];
  codeBlocks: string[];
  /** Every different piece of inline code, sorted: commands, settings, addresses. */
  inlineCode: string[];
  /** Every different target outside the page, sorted. */
  links: string[];
  images: string[];
}

export function outlineOf(markdown: string): Outline {
  const { prose, codeBlocks } = separateCode(markdown.replaceAll("\r\n", "\n"));
  const lines = prose.split("\n");
  return {
    headings: headingsOf(lines).map(({ level }) => level),
    tables: tablesOf(lines),
    codeBlocks,
    inlineCode: sortedSet(inlineCodeIn(prose)),
    links: sortedSet([
      ...linksIn(prose).filter((target) => !target.startsWith("#")),
      ...[...prose.matchAll(/<(https?:[^>]+)>/g)].map(([, target]) => target as string),
    ]),
    images: [...prose.matchAll(/(?:<img src="|!\[[^\]]*\]\()([^")]+)/g)].map(
      ([, source]) => source as string,
    ),
  };
}

/** Links to a place of the same page that neither a heading nor an `<a id="…">` has the name of. */
export function brokenAnchors(markdown: string): string[] {
  const anchors = anchorsOf(markdown);
  const { prose } = separateCode(markdown.replaceAll("\r\n", "\n"));
  return linksIn(prose).filter((target) => target.startsWith("#") && !anchors.has(target));
}

/** Every `#place` of a page that a link can lead to. */
export function anchorsOf(markdown: string): Set<string> {
  const { prose } = separateCode(markdown.replaceAll("\r\n", "\n"));
  return new Set([
    ...headingsOf(prose.split("\n")).map(({ text }) => `#${slug(text)}`),
    ...[...prose.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => `#${id}`),
  ]);
}

function separateCode(markdown: string): { prose: string; codeBlocks: string[] } {
  const codeBlocks: string[] = [];
  const prose = markdown.replace(/^ *```(\w*)\n([\s\S]*?)^ *```$/gm, (_block, language, code) => {
    codeBlocks.push(`${language}\n${code}`);
    return "";
  });
  return { prose, codeBlocks };
}

const headingsOf = (lines: string[]) =>
  lines.flatMap((line) => {
    const [, marks, text] = /^(#+) (.*)$/.exec(line) ?? [];
    return marks && text ? [{ level: marks.length, text }] : [];
  });

function tablesOf(lines: string[]): Outline["tables"] {
  const tables: Outline["tables"] = [];
  lines.forEach((line, n) => {
    if (!/^\|( *:?-+:? *\|)+$/.test(line)) return;
    const end = lines.findIndex((other, at) => at > n && !other.startsWith("|"));
    const rows = lines.slice(n + 1, end === -1 ? undefined : end);
    tables.push({
      columns: line.split("|").length - 2,
      rows: rows.map((row) => {
        const first = row.split("|")[1] ?? "";
        return [...inlineCodeIn(first), ...linksIn(first)].join(" ");
      }),
    });
  });
  return tables;
}

const inlineCodeIn = (text: string) =>
  [...text.matchAll(/`([^`\n]+(?:\n[^`\n]+)?)`/g)].map(([, code]) => oneLine(code));
const linksIn = (text: string) =>
  [...text.matchAll(/(?<!!)\[(?:[^\][]|\[[^\]]*\])*\]\(([^)]+)\)/g)].map(([, to]) => to as string);
const oneLine = (text = "") => text.replace(/\s+/g, " ");
const sortedSet = (items: Iterable<string>) => [...new Set(items)].sort();
