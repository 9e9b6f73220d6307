import { redact } from "./redact.js";

/** Somebody's recorded URL or body, with `***` for the values we know to be secret, and for those named so. */
export function maskSecrets(text: string, known: readonly string[]): string {
  return redact(text, known).replace(
    secretPairs(),
    (_, json?: string, _backslashes?: string, xml?: string, other?: string) => `${json ?? xml ?? other}***`,
  );
}

/**
 * Each pattern is a name, what stands between it and its value, and the value. They begin at a word, and what is
 * repeated within them holds none, so that a hostile text costs no more than its length.
 *
 * A function, so that a bundler can leave it out for those who never ask for it.
 */
function secretPairs(): RegExp {
  // Ends of the names under which WeChat takes or gives something secret: what stands before them belongs to the name.
  // `code` alone is told from `errcode` and `qrcode`, though not from the end of a `%3F` or `\u003f` before it.
  const code = String.raw`(?:(?<![a-z_])|(?<=[%50][\da-f]{2})|js_?|auth_?|authorization_?)code`;
  const name = `(?:secret|token|ticket|(?:session|encrypt|aes)_?key|${code})`;
  // `"name": "value"`, also in JSON inside JSON, where each quote has as many more backslashes as the first.
  const json = String.raw`(${name}(?:\\*")?\s*[:=]\s*(\\*)")(?:[^"\\]|\2\\\2[\\"]|\\+(?!["\\]))*`;
  // `<name>value<` and `<name><![CDATA[value]]><`
  const xml = String.raw`(<[\w.:-]*?${name}(?:\s[^<>]*)?>)(?:<!\[CDATA\[[\s\S]*?(?:\]\]>|$)|[^<])*`;
  // `name=value` of a query or form; and `%22name%22%3A%22value`, `\u0022name\u0022:\u0022value`, `\u003cname\u003evalue`,
  // `&quot;name&quot;:&quot;value`, `&lt;name&gt;value`
  const quote = String.raw`(?:(?:%(?:25)*5c)*%(?:25)*22|\\+u0022|&quot;)`;
  const between = String.raw`(?:=|${quote}\s*:|${quote}?%(?:25)*3[ade]|\\u003[de]|&gt;)`;
  const other = String.raw`(${name}${between}(?:\s*${quote}|&lt;!\[CDATA\[)?)[^&#\s]*`;
  return new RegExp(`${json}|${xml}|${other}`, "gi");
}
