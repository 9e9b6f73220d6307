/** Real ones stay under 200; the bound also keeps the patterns below cheap. */
const maxErrmsgLength = 500;

/** The tail of an errmsg: `, rid: 637ec754-5b28c0ef-058e9cba` today, `, hints: [ req_id: jCbe… ]` before 2021, or both. */
const ridTail = /[,\s]*rid:\s*([0-9a-f]{8}(?:-[0-9a-f]{8}){2})\s*$/;
const hintTail = /[,\s]*hints?:\s*\[\s*(?:req_id:\s*)?([^\]]*?)\s*\]\s*$/;

/**
 * What looks like a token, code, secret or openid: 20 characters and more with a digit among them. WeChat has quoted some that
 * the request did not hold. Names of fields and interfaces have no digit, addresses a dot or colon.
 */
const credentialLike = /(?<![\w-])(?=[\w-]*\d)[\w-]{20,}/g;

/** Separates the request id from WeChat's errmsg, and redacts the rest. */
export function readErrmsg(raw: unknown, sent: readonly string[]): { errmsg: string; rid?: string } {
  if (typeof raw !== "string") return { errmsg: "" };
  // The rid first, because a very short code might occur in it. Only in the tail, so as not to search a long text.
  const [tail = "", theirRid] = ridTail.exec(raw.slice(-maxErrmsgLength)) ?? [];
  const withoutRid = redact(raw.slice(0, raw.length - tail.length), sent).slice(0, maxErrmsgLength); // redacted before the cut, which could split a secret
  const errmsg = withoutRid.replace(hintTail, "").replace(credentialLike, "***");
  const rid = theirRid ?? hintTail.exec(withoutRid)?.[1];
  return rid ? { errmsg, rid } : { errmsg };
}

/** Removes what was sent, and what looks like a token, code, secret or openid, from a text that came from outside. */
export const redactCredentials = (text: string, sent: readonly string[]): string =>
  redact(text, sent).replace(credentialLike, "***");

/** Invisible characters: controls, formats such as a zero-width space, and remains of broken characters. */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\ufffd]/gu;

/** Removes invisible characters and any of the sent values, in any encoding, from a text that came from outside. */
export function redact(text: string, sent: readonly string[]): string {
  const values = sent.filter((value) => normalize(value) !== ""); // an empty value would match everywhere
  let safe = text.replace(invisible, ""); // first, because one inside a secret would hide it
  for (const value of values) safe = safe.replace(spellings(value), "***");
  return containsAny(safe, values) ? "***" : safe; // an encoding that no pattern covers: drop the whole text
}

/**
 * Characters that may encode others or be invisible; `\/` for a slash does not count. For speed, everything except
 * ASCII, East Asian scripts and emoji counts.
 */
const possibleEncoding = /\\[^/]|%|[^ -~\u3000-\ud803\ud83c-\udb3f\udc00-\ufefe\uff00-\ufff8]/;

/** Characters that JSON and queries may encode in ordinary use. */
const needsEncoding = /[^!#-.0-[\]-~]/;

/**
 * Whether unparsed JSON contains one of these values, in any encoding, in a string or a name, at any depth. Searches
 * the text rather than the parsed value, so that the time depends on its length alone.
 */
export function containsAny(json: string, values: readonly string[]): boolean {
  const plain = json.toLowerCase();
  let mayBeEncoded = possibleEncoding.test(plain);
  for (const value of values) {
    if (plain.includes(value.toLowerCase())) return true;
    mayBeEncoded ||= needsEncoding.test(value);
  }
  return mayBeEncoded && containsEncoded(json, values);
}

/** Decodes twice, because two encodings may be nested: a query inside JSON, or JSON inside a query. */
function containsEncoded(json: string, values: readonly string[]): boolean {
  const once = decode(json);
  const seen = [once, decode(once)].map(normalize);
  return values.some((value) => seen.some((text) => text.includes(normalize(value))));
}

function decode(text: string): string {
  const seen = text.replace(invisible, ""); // first, because one inside an escape would hide it
  return seen
    .replace(jsonEscape, unescapeJson)
    .replace(percentAgain, "%")
    .replace(percentEncoded, decodePercent);
}

/** A text's visible characters in lower case, without backslashes, whose number grows with each layer of JSON. */
export function normalize(text: string): string {
  return text.replace(invisible, "").replaceAll("\\", "").toLowerCase();
}

/** With any number of backslashes, because nested JSON multiplies them. */
const jsonEscape = /(?<!\\)\\+(?:u([\da-f]{4})|([^\\]))/gi;

function unescapeJson(_: string, hex: string | undefined, character: string): string {
  if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
  return "bfnrt".includes(character) ? "" : character; // the five control characters are invisible
}

/** A percent sign that was encoded once or several times. */
const percentAgain = /%(?:25)+/g;
const percentEncoded = /(?:%[\da-f]{2})+/gi;
const fromUtf8 = new TextDecoder();

function decodePercent(encoded: string): string {
  const [, ...bytes] = encoded.split("%");
  return fromUtf8.decode(Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 16)));
}

const utf8 = new TextEncoder();

/** Matches a value whose characters may each be literal, %-encoded (also repeatedly) or \u-escaped. */
function spellings(value: string): RegExp {
  const pattern = Array.from(value, (character) => {
    // A lone surrogate has no UTF-8 form: the encoder writes U+FFFD for it, as a query string does.
    const percent = Array.from(utf8.encode(character), (byte) => `%(?:25)*${hex(byte, 2)}`).join("");
    const escaped = Array.from(
      { length: character.length },
      (_, unit) => `\\\\u${hex(character.charCodeAt(unit), 4)}`,
    );
    const itself = `\\u{${hex(Number(character.codePointAt(0)), 1)}}`;
    return `(?:${itself}|${percent}|${escaped.join("")})${normalize(character) === "" ? "?" : ""}`;
  });
  return new RegExp(pattern.join(""), "giu");
}

const hex = (number: number, digits: number) => number.toString(16).padStart(digits, "0");

/**
 * A copy of another library's error that is safe to keep as a cause.
 *
 * A fetch implementation may put the request into its errors: Node's writes the whole URL, app secret included, into
 * "Failed to parse URL from …"; others attach the request as a property. So only name, message and code are copied,
 * without addresses and sent values.
 */
export function safeCause(error: unknown, sent: readonly string[], depth = 0): Error {
  if (!(error instanceof Error)) return new Error("something other than an Error was thrown");
  const { message, name, code }: { message?: unknown; name?: unknown; code?: unknown } = error;
  const copy = new Error(describe(String(message), sent));
  copy.name = describe(String(name), sent);
  if (typeof code === "string") Object.assign(copy, { code: describe(code, sent) });
  // Node's message is "fetch failed", and the reason (ECONNREFUSED …) is one or two causes below; chains can be cyclic.
  if (error.cause !== undefined && depth < 3) copy.cause = safeCause(error.cause, sent, depth + 1);
  return copy;
}

function describe(text: string, sent: readonly string[]): string {
  const safe = redact(text, sent).slice(0, 2000);
  return safe.replace(/[^\s?]*(?::\/\/|\?)\S*/g, "(address)").slice(0, 200);
}
