/** The longest errmsg kept. Real ones stay under 200; the bound also keeps the patterns below cheap. */
const longestErrmsg = 500;

/** Tails of errmsg: `, rid: 637ec754-5b28c0ef-058e9cba` now, `, hints: [ req_id: jCbe… ]` before 2021, or both. */
const ridTail = /[,\s]*rid:\s*([0-9a-f]{8}(?:-[0-9a-f]{8}){2})\s*$/;
const hintTail = /[,\s]*hints?:\s*\[\s*(?:req_id:\s*)?([^\]]*?)\s*\]\s*$/;

/** Takes what is safe to show out of WeChat's errmsg, and the request id off its end. */
export function readErrmsg(raw: unknown, sent: readonly string[]): { errmsg: string; rid?: string } {
  if (typeof raw !== "string") return { errmsg: "" };
  // The rid first: a very short code would be found in it. The tail alone: the pattern must not search a long text.
  const [tail = "", theirRid] = ridTail.exec(raw.slice(-longestErrmsg)) ?? [];
  const withoutRid = redact(raw.slice(0, raw.length - tail.length), sent).slice(0, longestErrmsg); // uncut: none is halved
  const errmsg = withoutRid.replace(hintTail, "");
  const rid = theirRid ?? hintTail.exec(withoutRid)?.[1];
  return rid ? { errmsg, rid } : { errmsg };
}

/** What nobody sees: controls, formats such as a zero-width space, and what is left of broken characters. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\ufffd]/gu;

/** Text from outside, without what nobody sees in it and without any of the values we sent, however spelled. */
export function redact(text: string, sent: readonly string[]): string {
  const values = sent.filter((value) => bare(value) !== ""); // nothing would be found everywhere
  let safe = text.replace(unseen, ""); // first, or one in the middle of a secret would hide it
  for (const value of values) safe = safe.replace(spellings(value), "***");
  return holds(safe, values) ? "***" : safe; // spelled as no pattern foresees: then nothing of it
}

/**
 * Whatever may spell a character otherwise than by itself, or be unseen; all but `\/` for a slash. To be quick it takes
 * everything but ASCII, the scripts of East Asia and emoji for that.
 */
const disguise = /\\[^/]|%|[^ -~\u3000-\ud803\ud83c-\udb3f\udc00-\ufefe\uff00-\ufff8]/;

/** What JSON and queries may spell in another way although nobody hides anything. */
const awkward = /[^!#-.0-[\]-~]/;

/**
 * Whether JSON, as it came, holds one of these values, however spelled: in a text or a name, at any depth. The text
 * is searched instead of what it means, so that no depth and no number of fields costs more than its length.
 */
export function holds(json: string, values: readonly string[]): boolean {
  const plain = json.toLowerCase();
  let isDisguised = disguise.test(plain);
  for (const value of values) {
    if (plain.includes(value.toLowerCase())) return true;
    isDisguised ||= awkward.test(value);
  }
  return isDisguised && holdsDisguised(json, values);
}

/** Two sorts of disguise may be put on one another: a query inside JSON, JSON inside a query. */
function holdsDisguised(json: string, values: readonly string[]): boolean {
  const once = undisguise(json);
  const seen = [once, undisguise(once)].map(bare);
  return values.some((value) => seen.some((text) => text.includes(bare(value))));
}

function undisguise(text: string): string {
  const seen = text.replace(unseen, ""); // first, or one within an escape would hide it
  return seen
    .replace(jsonEscape, unescapeJson)
    .replace(percentAgain, "%")
    .replace(percentEncoded, decodePercent);
}

/** What is left to be seen of a text, in lower case, and without what JSON multiplies with each layer. */
export function bare(text: string): string {
  return text.replace(unseen, "").replaceAll("\\", "").toLowerCase();
}

/** However many backslashes: JSON inside JSON inside JSON has more of them. */
const jsonEscape = /(?<!\\)\\+(?:u([\da-f]{4})|([^\\]))/gi;

function unescapeJson(_: string, hex: string | undefined, character: string): string {
  if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
  return "bfnrt".includes(character) ? "" : character; // the five controls, which are not seen
}

/** A percent sign that was encoded, once or many times. */
const percentAgain = /%(?:25)+/g;
const percentEncoded = /(?:%[\da-f]{2})+/gi;
const fromUtf8 = new TextDecoder();

function decodePercent(encoded: string): string {
  const [, ...bytes] = encoded.split("%");
  return fromUtf8.decode(Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 16)));
}

const utf8 = new TextEncoder();

/** A pattern for a value whose every character may be written as itself, %-encoded (also twice) or \u-escaped. */
function spellings(value: string): RegExp {
  const pattern = Array.from(value, (character) => {
    // Half a surrogate pair has no bytes: the encoder writes U+FFFD for it, as a query string does.
    const percent = Array.from(utf8.encode(character), (byte) => `%(?:25)*${hex(byte, 2)}`).join("");
    const escaped = Array.from(
      { length: character.length },
      (_, unit) => `\\\\u${hex(character.charCodeAt(unit), 4)}`,
    );
    const itself = `\\u{${hex(Number(character.codePointAt(0)), 1)}}`;
    return `(?:${itself}|${percent}|${escaped.join("")})${bare(character) === "" ? "?" : ""}`;
  });
  return new RegExp(pattern.join(""), "giu");
}

const hex = (number: number, digits: number) => number.toString(16).padStart(digits, "0");

/**
 * A copy of a foreign error that is safe to keep as a cause.
 *
 * A fetch implementation may put the request into its errors: Node's writes the whole URL, app secret
 * included, into "Failed to parse URL from …"; others attach the request as a property. So only name, message
 * and code are copied, with addresses and sent values taken out.
 */
export function safeCause(error: unknown, sent: readonly string[], depth = 0): Error {
  if (!(error instanceof Error)) return new Error("something other than an Error was thrown");
  const { message, name, code }: { message?: unknown; name?: unknown; code?: unknown } = error;
  const copy = new Error(describe(String(message), sent));
  copy.name = describe(String(name), sent);
  if (typeof code === "string") Object.assign(copy, { code: describe(code, sent) });
  // Node says "fetch failed" and keeps the reason (ECONNREFUSED …) one or two causes below; chains can be cycles.
  if (error.cause !== undefined && depth < 3) copy.cause = safeCause(error.cause, sent, depth + 1);
  return copy;
}

function describe(text: string, sent: readonly string[]): string {
  const safe = redact(text, sent).slice(0, 2000);
  return safe.replace(/[^\s?]*(?::\/\/|\?)\S*/g, "(address)").slice(0, 200);
}
