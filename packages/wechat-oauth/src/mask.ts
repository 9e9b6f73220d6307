import { redact } from "./redact.js";

/** Replaces known secret values, and values whose name marks them as secret, by `***` in a recorded URL or body. */
export function maskSecrets(text: string, known: readonly string[]): string {
  return redact(text, known).replace(
    secretPattern(),
    (_, json?: string, _backslashes?: string, xml?: string, other?: string) => `${json ?? xml ?? other}***`,
  );
}

/**
 * Each pattern matches a name, a separator and a value. A pattern starts at a word, and its repeated parts contain
 * none, so that the time for a hostile text grows linearly with its length.
 *
 * A function, so that a bundler can drop it where it is not used.
 */
function secretPattern(): RegExp {
  // The ends of the names of WeChat's secret parameters and fields; any prefix belongs to the name. `code` must not
  // match `errcode` and `qrcode`, but must match after a `%3F` or `\u003f`, which end in a letter.
  const code = String.raw`(?:(?<![a-z_])|(?<=[%50][\da-f]{2})|js_?|auth_?|authorization_?)code`;
  const name = `(?:secret|token|ticket|(?:session|encrypt|aes)_?key|${code})`;
  // `"name": "value"`, also nested in JSON strings, where every quote has the same number of backslashes before it.
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
