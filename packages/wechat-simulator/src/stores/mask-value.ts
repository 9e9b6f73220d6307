/**
 * Hides the secrets of the apps that are known here, wherever they stand and however letters of theirs are escaped: a
 * slip in a parameter's name, an encoded `?` or a body of another kind leaves no name to know a secret by.
 *
 * @returns what masks a text; a secret under 8 characters is no real one and would mask half the log, so it stays
 */
export function valueMask(secrets: readonly string[]): (text: string) => string {
  const patterns = secrets.filter((secret) => secret.length >= 8).map(patternOf);
  if (patterns.length === 0) return (text) => text;
  // In capitals it is the same secret to whoever reads it.
  const pattern = new RegExp(patterns.join("|"), "gi");
  return (text) => text.replace(pattern, "***");
}

function patternOf(secret: string): string {
  return [...secret]
    .map(
      (letter, index) =>
        `(?:${letter.replace(/[^0-9a-z]/i, "\\$&")}|${inUrl(letter)}|${inJson(letter, index)})`,
    )
    .join("");
}

/** As in a URL, and in a URL within a URL. */
function inUrl(letter: string): string {
  return [...Buffer.from(letter)].map((byte) => `%(?:25)*${hex(byte, 2)}`).join("");
}

/** As in JSON. JSON within JSON has more backslashes; before the first letter one will do, as in mask-secret.ts. */
function inJson(letter: string, index: number): string {
  const backslashes = index === 0 ? "\\\\" : "\\\\+";
  return letter
    .split("")
    .map((unit) => `${backslashes}u${hex(unit.charCodeAt(0), 4)}`)
    .join("");
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
