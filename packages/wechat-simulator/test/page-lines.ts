import type { Simulator } from "../src/index.js";

/** Markup in lines that begin with a tag each; the end tags stay with the text before them. */
export function linesOf(markup: string): string[] {
  return markup
    .replace(/<(style|script)>.*?<\/\1>/gs, "<$1></$1>")
    .replace(/\s+/g, " ")
    .replace(/ ?(<[a-z!])/g, "\n$1")
    .trim()
    .split("\n")
    .map((line) => line.trim());
}

/** The lines of a page in English, and below each line that differs the Chinese one. */
export function linesInBoth(english: string, chinese: string): string {
  const zh = linesOf(chinese);
  const lines = linesOf(english).flatMap((line, index) =>
    line === zh[index] ? [line] : [line, `    ${zh[index]}`],
  );
  return [...lines, ...zh.slice(linesOf(english).length)].join("\n");
}

/** What is different on every run, as a name: the address, and codes, tokens and tickets, also where they are cut. */
export function namedValues(simulator: Simulator): (text: string) => string {
  const names: [string, string][] = simulator.tokens().flatMap(({ kind, value }, index) => {
    const name = `${kind}-${index + 1}`;
    const cut = (kept: number): [string, string] => [
      `${value.slice(0, kept)}…${value.slice(-kept)}`,
      `${name}…${kept}`,
    ];
    return [[value, name], cut(8), cut(4), [value.slice(-16), `${name}-end`]];
  });
  return (text) =>
    [[simulator.url, "http://simulator"] as const, ...names]
      .reduce((named, [value, name]) => named.replaceAll(value, name), text)
      .replaceAll(encodeURIComponent(simulator.url), encodeURIComponent("http://simulator"))
      .replace(/[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}/g, "rid");
}
