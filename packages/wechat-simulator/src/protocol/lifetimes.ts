// How long codes, tokens and tickets are valid. How long a replaced global token still works is
// `changeOverSeconds` in limits.ts.

/** 5 minutes for an Official Account's code and a mini program's js_code, 10 for the QR page's. */
export const CODE_SECONDS: Readonly<Record<"official_account" | "website" | "mini_program", number>> = {
  official_account: 300,
  website: 600,
  mini_program: 300,
};

/** `expires_in` of every web access token. */
export const ACCESS_TOKEN_SECONDS = 7200;

/** 30 days from the authorization; a refresh does not move it unless the switch `refreshSlides` is on. */
export const REFRESH_TOKEN_SECONDS: number = 30 * 24 * 3600;

/** `expires_in` of an account's own token, from either endpoint. */
export const GLOBAL_TOKEN_SECONDS = 7200;

/** `expires_in` of a ticket. */
export const TICKET_SECONDS = 7200;

/** A rid can be looked up for a week. */
export const RID_SECONDS: number = 7 * 24 * 3600;
