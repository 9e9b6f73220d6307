import { redact } from "./redact.js";

/** Names under which WeChat takes or gives something secret. */
const names = String.raw`(?:\w*secret|\w*token|(?:js_)?code|\w*ticket|session_key)`;

/**
 * `name=` of a query or form, and `"name": "` of JSON, or of JSON inside JSON; each with the value after it. Both
 * begin at a character that none of their repetitions holds, so that a hostile text costs no more than its length.
 */
const pairs = new RegExp(
  String.raw`((?:^|[?&])${names}=)[^&#\s]*|("${names}\\*"\s*:\s*\\*")(?:[^"\\]|\\[^"])*`,
  "gi",
);

/** Somebody's recorded URL or body, with `***` for the values we know to be secret, and for those named so. */
export function maskSecrets(text: string, known: readonly string[]): string {
  return redact(text, known).replace(pairs, (_, query?: string, json?: string) => `${query ?? json}***`);
}
