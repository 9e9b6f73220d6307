declare const tokenFamily: unique symbol;

/**
 * A person's token: one user, one app, one scope. Valid for `/sns/*` only.
 *
 * A string at run time; the brand exists for the compiler only, because WeChat calls both families `access_token` and
 * answers a mix-up with 40001 or 40014, long after the mistake.
 */
export type WebAccessToken = string & { readonly [tokenFamily]: "web" };

/** The account's one token, from `cgi-bin/stable_token` or `cgi-bin/token`. Valid for `/cgi-bin/*` only. */
export type GlobalAccessToken = string & { readonly [tokenFamily]: "global" };

/**
 * Brands a string from your own storage as a person's token. Nothing is checked: search for this name to find every
 * unchecked conversion.
 */
export function asWebAccessToken(stored: string): WebAccessToken {
  return stored as WebAccessToken;
}

/** As {@link asWebAccessToken}, for the account's global token. */
export function asGlobalAccessToken(stored: string): GlobalAccessToken {
  return stored as GlobalAccessToken;
}
