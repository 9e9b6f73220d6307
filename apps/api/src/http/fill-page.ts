type Values = { readonly [slot: string]: string | readonly Values[] };

/**
 * Fills a page in one pass, so that a value is never read as a slot: `{{slot}}` becomes the escaped value, the part between
 * `<!--each list-->` and `<!--/each list-->` is repeated for each row, with the slots of the row and of the page, and the one
 * between `<!--when slot=value-->` and `<!--/when slot-->` stays for that value alone.
 */
export function fillPage(html: string, values: Values): string {
  return html.replace(
    parts,
    (_, list, repeated: string, condition, wanted, optional: string, slot: string) => {
      if (list !== undefined) {
        const rows = values[list] ?? [];
        return typeof rows === "string"
          ? ""
          : rows.map((row) => fillPage(repeated, { ...values, ...row })).join("");
      }
      if (condition !== undefined) return values[condition] === wanted ? fillPage(optional, values) : "";
      const value = values[slot];
      if (typeof value !== "string") return "";
      if (slot === "qr") return value;
      return slot === "link" ? withLineBreaks(escapeHtml(value)) : escapeHtml(value);
    },
  );
}

const parts =
  /<!--each (\w+)-->(.*?)<!--\/each \1-->|<!--when (\w+)=([\w-]+)-->(.*?)<!--\/when \3-->|\{\{(\w+)\}\}/gs;

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Lets a browser break the line of an escaped address after each slash, and not within a word. */
const withLineBreaks = (html: string) => html.replace(/\/+/g, "$&<wbr>");

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (sign) => entities[sign] ?? "");
