/** Markup that goes into a page unescaped. `html` escapes everything else. */
export class Html {
  constructor(readonly source: string) {}
}

export function html(
  parts: TemplateStringsArray,
  ...values: readonly (string | Html | readonly Html[])[]
): Html {
  return new Html(parts.reduce((source, part, index) => source + sourceOf(values[index - 1] ?? "") + part));
}

function sourceOf(value: string | Html | readonly Html[]): string {
  if (typeof value === "string") return escapeHtml(value);
  return value instanceof Html ? value.source : value.map((item) => item.source).join("");
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}
