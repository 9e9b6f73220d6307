/** The longest errmsg kept. Real ones stay under 200; the bound also keeps the patterns below cheap. */
const longestErrmsg = 500;

/** Tails of errmsg: `, rid: 637ec754-5b28c0ef-058e9cba` now, `, hints: [ req_id: jCbe… ]` before 2021, or both. */
const ridTail = /[,\s]*rid:\s*([0-9a-f]{8}(?:-[0-9a-f]{8}){2})\s*$/;
const hintTail = /[,\s]*hints?:\s*\[\s*(?:req_id:\s*)?([^\]]*?)\s*\]\s*$/;

/** Takes what is safe to show out of WeChat's errmsg, and the request id off its end. */
export function readErrmsg(raw: unknown, sent: readonly string[]): { errmsg: string; rid?: string } {
  if (typeof raw !== "string") return { errmsg: "" };
  const safe = redact(raw, sent).slice(0, longestErrmsg); // in this order: a cut may not halve a secret
  const withoutRid = safe.replace(ridTail, "");
  const errmsg = withoutRid.replace(hintTail, "");
  const rid = ridTail.exec(safe)?.[1] ?? hintTail.exec(withoutRid)?.[1];
  return rid ? { errmsg, rid } : { errmsg };
}

/** Text from outside, without control characters and without any of the values we sent, plain or %-encoded. */
export function redact(text: string, sent: readonly string[]): string {
  let safe = text.replace(/\p{Cc}/gu, ""); // first, or one in the middle of a secret would hide it
  for (const value of sent) {
    if (value !== "") safe = safe.replace(new RegExp(spellings(value), "giu"), "***");
  }
  return safe;
}

const utf8 = new TextEncoder();

/** A pattern for a value whose every character may be written as itself or %-encoded. */
function spellings(value: string): string {
  let pattern = "";
  for (const character of value) {
    let percent = "";
    // Half a surrogate pair has no bytes: the encoder writes U+FFFD for it, as a query string does.
    for (const byte of utf8.encode(character)) percent += `%${byte.toString(16).padStart(2, "0")}`;
    pattern += `(?:\\u{${Number(character.codePointAt(0)).toString(16)}}|${percent})`;
  }
  return pattern;
}

/**
 * A copy of a foreign error that is safe to keep as a cause.
 *
 * A fetch implementation may put the request into its errors: Node's writes the whole URL, app secret
 * included, into "Failed to parse URL from …"; others attach the request as a property. So only name, message
 * and code are copied, with addresses and sent values taken out.
 */
export function safeCause(error: unknown, sent: readonly string[], depth = 0): Error {
  if (!(error instanceof Error)) return new Error("something other than an Error was thrown");
  const copy = new Error(describe(error.message, sent));
  copy.name = describe(error.name, sent);
  const code = (error as { code?: unknown }).code;
  if (typeof code === "string") Object.assign(copy, { code: describe(code, sent) });
  // Node says "fetch failed" and keeps the reason (ECONNREFUSED …) one or two causes below; chains can be cycles.
  if (error.cause !== undefined && depth < 3) copy.cause = safeCause(error.cause, sent, depth + 1);
  return copy;
}

function describe(text: string, sent: readonly string[]): string {
  const safe = redact(text, sent).slice(0, 2000);
  return safe.replace(/[^\s?]*(?::\/\/|\?)\S*/g, "(address)").slice(0, 200);
}
