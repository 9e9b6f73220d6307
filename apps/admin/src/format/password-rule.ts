export const MIN_PASSWORD_CHARACTERS = 8;

/** Checks the length only, in code points. The api makes the final decision. */
export function isLongEnough(password: string): boolean {
  return [...password].length >= MIN_PASSWORD_CHARACTERS;
}
