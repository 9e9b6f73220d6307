// Nicknames come from WeChat as their owners wrote them: all spaces, zero-width characters, Hangul
// fillers, Braille blanks. What leaves no ink is no name to an operator.
const INKLESS = /[\p{White_Space}\p{Control}\p{Format}\p{Mn}\u115F\u1160\u3164\uFFA0\u2800]/gu;

/** The text as it came, or null when there would be nothing to see. */
export function visibleText(text: string | null): string | null {
  return text !== null && text.replace(INKLESS, "") !== "" ? text : null;
}

/** One or two characters for the place where a picture would be. */
export function initials(text: string | null): string {
  const inked = [...(text ?? "").replace(INKLESS, "")];
  return inked.slice(0, 1).join("").toUpperCase() || "?";
}
