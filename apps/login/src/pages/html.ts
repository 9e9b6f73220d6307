import type { SlotName } from "./names.js";

/** Markup that may be put into a page as it is. Everything else is text and gets escaped. */
export class Html {
  constructor(readonly source: string) {}
}

export function html(
  parts: TemplateStringsArray,
  ...values: readonly (string | Html | readonly Html[])[]
): Html {
  return new Html(parts.reduce((source, part, index) => source + sourceOf(values[index - 1] ?? "") + part));
}

/** A place that the server fills. It must stand in text or in a quoted attribute: the value is escaped for those. */
export function slot(name: SlotName): Html {
  return new Html(`{{${name}}}`);
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
