/** Whether a text is a code as authenticator apps show it, also with a space in the middle. */
export const isTotpCode = (text: string): boolean => /^\d{6}$/.test(text.replace(/\s/g, ""));
