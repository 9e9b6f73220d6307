// Hides app secrets from the request log. WeChat wants them in queries and bodies; everything else helps whoever debugs
// and stays as it came. A parameter is a secret by its name, decoded: `s%65cret` and `"s\u0065cret"` are the same name
// to whoever reads the call. So is `appsecret`, which other calls of WeChat's take.

const MASK = "***";

/** The word, any of its letters escaped as in a URL or as in JSON, also within JSON. A quick look, not a judgement. */
const MAY_NAME_A_SECRET = new RegExp(
  [..."secret"]
    .map((letter, index) => {
      // JSON within JSON has more backslashes. Before the first letter one will do: a run of them must not be searched
      // anew from each of its places.
      const backslashes = index === 0 ? "\\\\" : "\\\\+";
      const codes = [letter, letter.toUpperCase()].map((each) => each.charCodeAt(0).toString(16)).join("|");
      return `(?:${letter}|%(?:${codes})|${backslashes}u00(?:${codes}))`;
    })
    .join(""),
  "i",
);

/** A string of JSON, or what is left of one that was cut. */
const JSON_STRING = /"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?$)/gs;
const COLON = /\s*:/y;

/** The query of a request line. */
export function maskSecretInQuery(query: string): string {
  return MAY_NAME_A_SECRET.test(query) ? query.split("&").map(maskPair).join("&") : query;
}

/** A body or an answer: parameters, a URL, JSON, and JSON within JSON, which is how rid/get tells of a call. */
export function maskSecretInText(text: string): string {
  if (!MAY_NAME_A_SECRET.test(text)) return text;
  if (/^https?:\/\//.test(text)) {
    const start = text.indexOf("?") + 1;
    return text.slice(0, start) + maskSecretInQuery(text.slice(start));
  }
  return /^[^\s"'<>{}[\]=&]+=/.test(text) ? maskSecretInQuery(text) : maskInJson(text);
}

/** `name=value`, as it stands between two `&`. */
function maskPair(pair: string): string {
  const equals = pair.indexOf("=");
  const name = unescapeUrl(equals === -1 ? pair : pair.slice(0, equals));
  if (!isSecret(name)) return pair;
  if (equals !== -1) return `${pair.slice(0, equals)}=${MASK}`;
  // Its `=` was encoded, too: no name to anybody, but a secret stands in it.
  return name.includes("=") ? MASK : pair;
}

/**
 * Not by parsing: the text may be cut or no JSON at all, and its spelling is what a developer looks for. Goes from
 * string to string; all that belongs to the name of a secret is masked, be it a text, a number, a list or an object.
 */
function maskInJson(text: string): string {
  let masked = "";
  let end = 0;
  /** How many brackets deep in the value of a secret; undefined: not in one. */
  let depth: number | undefined;
  const addBetween = (between: string): void => {
    for (const [part] of between.matchAll(/[[\]{},]|[^[\]{},]+/g)) {
      if (depth !== undefined && (part === "[" || part === "{")) depth += 1;
      if (depth !== undefined && (part === "]" || part === "}")) depth -= 1;
      if (depth !== undefined && (depth < 0 || (depth === 0 && part === ","))) depth = undefined;
      const isLiteral = depth !== undefined && /[^[\]{},:\s]/.test(part);
      masked += isLiteral ? part.replace(/[^:\s]+/g, MASK) : maskParameters(part);
    }
  };
  for (const { 0: string, index } of text.matchAll(JSON_STRING)) {
    addBetween(text.slice(end, index));
    end = index + string.length;
    COLON.lastIndex = end;
    const isName = COLON.test(text);
    if (isName && depth === undefined && isSecret(unescapeJson(string))) depth = 0;
    if (isName) masked += string;
    else masked += depth === undefined ? maskInString(string) : maskString(string);
  }
  addBetween(text.slice(end));
  return masked;
}

function maskString(string: string): string {
  if (string === '""') return string;
  return `"${MASK}${string.length > 1 && string.endsWith('"') ? '"' : ""}`;
}

/** A text that may hold a URL or JSON of its own; as it was written where it holds no secret. */
function maskInString(string: string): string {
  const content = unescapeJson(string);
  const masked = maskSecretInText(content);
  return masked === content ? string : JSON.stringify(masked);
}

/** Parameters in the middle of anything. A name is looked for where it begins and nowhere else: there may be much text. */
function maskParameters(text: string): string {
  return text.replace(/(?<![^\s=&?"'<>])[^\s=&?"'<>]+=[^\s&"'<>]*/g, maskPair);
}

function isSecret(name: string): boolean {
  return name.toLowerCase().includes("secret");
}

/** Escape by escape: one that makes no sense must not hide the others. */
function unescapeUrl(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_escape, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

function unescapeJson(string: string): string {
  const content = string.slice(1).replace(/"$/, "");
  return content.replace(/\\(?:u([0-9a-f]{4})|(.))/gis, (_escape, hex?: string, letter?: string) =>
    hex === undefined
      ? (SHORT_ESCAPES[letter ?? ""] ?? letter ?? "")
      : String.fromCharCode(parseInt(hex, 16)),
  );
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

/**
 * Hides the secrets of the apps that are known here, wherever they stand and however letters of theirs are escaped: a
 * slip in a parameter's name, an encoded `?` or a body of another kind leaves no name to know a secret by.
 *
 * @returns what masks a text; a secret under 8 characters is no real one and would mask half the log, so it stays
 */
export function createSecretMask(secrets: readonly string[]): (text: string) => string {
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

/** As in JSON. JSON within JSON has more backslashes; before the first letter one will do. */
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
