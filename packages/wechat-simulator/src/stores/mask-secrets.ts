// Masks app secrets in the request log. WeChat's API takes them in queries and bodies; everything else helps with
// debugging and stays as received. A parameter is a secret by its decoded name: `s%65cret` and `"s\u0065cret"` are the
// same name to the receiver. `appsecret`, which other WeChat calls take, counts too.

const MASK = "***";

/** The word, any of its letters escaped as in a URL or as in JSON, also within JSON. A cheap first test. */
const MAY_NAME_A_SECRET = new RegExp(
  [..."secret"]
    .map((letter, index) => {
      // JSON within JSON has more backslashes. Before the first letter one is enough: a run of them must not be
      // searched again from each position.
      const backslashes = index === 0 ? "\\\\" : "\\\\+";
      const codes = [letter, letter.toUpperCase()].map((each) => each.charCodeAt(0).toString(16)).join("|");
      return `(?:${letter}|%(?:${codes})|${backslashes}u00(?:${codes}))`;
    })
    .join(""),
  "i",
);

/** A JSON string, possibly truncated. */
const JSON_STRING = /"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?$)/gs;
const COLON = /\s*:/y;

/** The query of a request line. */
export function maskSecretInQuery(query: string): string {
  return MAY_NAME_A_SECRET.test(query) ? query.split("&").map(maskPair).join("&") : query;
}

/** A request or response body: parameters, a URL, JSON, or JSON within JSON as rid/get returns. */
export function maskSecretInText(text: string): string {
  if (!MAY_NAME_A_SECRET.test(text)) return text;
  if (/^https?:\/\//.test(text)) {
    const start = text.indexOf("?") + 1;
    return text.slice(0, start) + maskSecretInQuery(text.slice(start));
  }
  return /^[^\s"'<>{}[\]=&]+=/.test(text) ? maskSecretInQuery(text) : maskInJson(text);
}

/** One `name=value` pair. */
function maskPair(pair: string): string {
  const equals = pair.indexOf("=");
  const name = unescapeUrl(equals === -1 ? pair : pair.slice(0, equals));
  if (!isSecret(name)) return pair;
  if (equals !== -1) return `${pair.slice(0, equals)}=${MASK}`;
  // The `=` was encoded too: not a parameter, but it contains a secret.
  return name.includes("=") ? MASK : pair;
}

/**
 * Works without parsing: the text may be truncated or invalid, and its exact spelling helps a developer. Scans from
 * string to string and masks the whole value of a secret's name: string, number, list or object.
 */
function maskInJson(text: string): string {
  let masked = "";
  let end = 0;
  /** Bracket depth inside the value of a secret; undefined outside. */
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

/** A string that may contain a URL or JSON; returned unchanged if it has no secret. */
function maskInString(string: string): string {
  const content = unescapeJson(string);
  const masked = maskSecretInText(content);
  return masked === content ? string : JSON.stringify(masked);
}

/** Parameters anywhere in a text. A match can only start at the start of a name, which keeps long texts fast. */
function maskParameters(text: string): string {
  return text.replace(/(?<![^\s=&?"'<>])[^\s=&?"'<>]+=[^\s&"'<>]*/g, maskPair);
}

function isSecret(name: string): boolean {
  return name.toLowerCase().includes("secret");
}

/** Escape by escape, so that one invalid escape does not hide the others. */
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
 * Masks the configured apps' secrets wherever they appear, in any escaping. A misspelt parameter name, an encoded `?` or
 * a body of another format has no parameter name to recognize a secret by.
 *
 * @returns a masking function; secrets under 8 characters are not real ones and would mask half the log, so they stay
 */
export function createSecretMask(secrets: readonly string[]): (text: string) => string {
  const patterns = secrets.filter((secret) => secret.length >= 8).map(patternOf);
  if (patterns.length === 0) return (text) => text;
  // A secret in upper case is still recognizable.
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

/** As escaped in a URL, or in a URL within a URL. */
function inUrl(letter: string): string {
  return [...Buffer.from(letter)].map((byte) => `%(?:25)*${hex(byte, 2)}`).join("");
}

/** As escaped in JSON. JSON within JSON has more backslashes; before the first unit one is enough. */
function inJson(letter: string, index: number): string {
  return letter
    .split("")
    .map((unit, place) => `${index + place === 0 ? "\\\\" : "\\\\+"}u${hex(unit.charCodeAt(0), 4)}`)
    .join("");
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
