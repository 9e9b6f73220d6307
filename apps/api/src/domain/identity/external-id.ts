/** Longer than the keys of hosts' databases are. */
export const maxExternalIdLength = 128;

/**
 * Whether a host may call a user this: without control characters, and without half of a surrogate pair, which JSON can spell. Both
 * databases store the half as U+FFFD: two ids would become one.
 */
export const isExternalId = (text: string): boolean =>
  text.length > 0 && text.length <= maxExternalIdLength && !/[\p{Cc}\p{Cs}]/u.test(text);
