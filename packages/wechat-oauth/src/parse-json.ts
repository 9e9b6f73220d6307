/** @returns undefined when the text is not JSON, which has no undefined. */
export function parseJson(text: string): unknown {
  // Nicknames may contain raw control characters, which JSON forbids: escape them inside strings and try again.
  return tryJson(text) ?? tryJson(escapeControlCharacters(text));
}

function tryJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Not JSON: no value.
  }
  return value;
}

function escapeControlCharacters(text: string): string {
  let inString = false; // outside, a line break is just layout
  // [^ -\uffff] is U+0000 to U+001F.
  return text.replace(/(\\.|")|[^ -\uffff]/g, (token, printable?: string) => {
    if (token === '"') inString = !inString;
    if (!inString || printable) return token;
    return `\\u${token.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
