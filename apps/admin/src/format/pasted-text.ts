/** What arrives when somebody pastes from a chat: a byte order mark, zero-width joints, spaces around it. */
const PASTE_DUST = /[\u200B-\u200D\u2060\uFEFF]/g;

/** The longest text the api looks at. */
const MAX_CHARACTERS = 200;

/** The text to search for, or null when there is none. What it is (openid, rid, errcode, …) the api says. */
export function cleanPastedText(pasted: string): string | null {
  const text = pasted.replace(PASTE_DUST, "").trim().slice(0, MAX_CHARACTERS);
  return text === "" ? null : text;
}
