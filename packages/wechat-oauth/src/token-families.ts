declare const tokenFamily: unique symbol;

/**
 * A person's token: one user, one app, one scope. Good for `/sns/*` only.
 *
 * Text at run time; the mark exists for the compiler alone, because WeChat calls both families `access_token`
 * and answers a mix-up with 40001 or 40014, long after the mistake.
 */
export type WebAccessToken = string & { readonly [tokenFamily]: "web" };

/** The account's one token, from `cgi-bin/stable_token` or `cgi-bin/token`. Good for `/cgi-bin/*` only. */
export type GlobalAccessToken = string & { readonly [tokenFamily]: "global" };

/**
 * Says of text that you stored yourself that it is a person's token. Nothing is checked: search for this name to
 * find every place where the compiler takes somebody's word.
 */
export function asWebAccessToken(stored: string): WebAccessToken {
  return stored as WebAccessToken;
}

/** As {@link asWebAccessToken}, for the account's global token. */
export function asGlobalAccessToken(stored: string): GlobalAccessToken {
  return stored as GlobalAccessToken;
}
