// Nicknames arrive as WeChat's users wrote them: only spaces, zero-width characters, Hangul fillers,
// Braille blanks. A nickname of such characters alone shows nothing.
const INVISIBLE = /[\p{White_Space}\p{Control}\p{Format}\p{Mn}\u115F\u1160\u3164\uFFA0\u2800]/gu;

/** The text unchanged, or null when it has no visible character. */
export function visibleText(text: string | null): string | null {
  return text !== null && text.replace(INVISIBLE, "") !== "" ? text : null;
}

/** Characters that set the direction of the text after them. */
const TURNING = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;

/** A visible nickname within a title, where no element of its own keeps it from turning the words beside it. */
export function nicknameInTitle(nickname: string | null): string | null {
  return visibleText(nickname)?.replace(TURNING, "") ?? null;
}

/** The character that stands in for a missing avatar. */
export function initial(text: string | null): string {
  const visible = [...(text ?? "").replace(INVISIBLE, "")];
  return visible.slice(0, 1).join("").toUpperCase() || "?";
}

/**
 * Shortens an id in the middle: "oAbC…7PwXyZQr". The tail is longer than the head, because openids of one
 * app begin alike, and so do ids and rids of one hour. Counts characters, so a surrogate pair stays whole.
 */
export function shortenMiddle(id: string, head = 4, tail = 8): string {
  const characters = [...id];
  if (characters.length <= head + tail + 1) return id;
  return `${characters.slice(0, head).join("")}…${characters.slice(-tail).join("")}`;
}

/** Characters that chat programs add to copied text: a byte order mark, zero-width joiners and spaces. */
const PASTED_INVISIBLE = /[\u200B-\u200D\u2060\uFEFF]/g;

/** The api's limit for a search text. */
const MAX_SEARCH_CHARACTERS = 200;

/** The text to search for, or null when nothing is left. The api decides what kind of text it is. */
export function cleanPastedText(pasted: string): string | null {
  const text = pasted.replace(PASTED_INVISIBLE, "").trim().slice(0, MAX_SEARCH_CHARACTERS);
  return text === "" ? null : text;
}
