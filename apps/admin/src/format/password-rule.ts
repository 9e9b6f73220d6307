export const MIN_PASSWORD_CHARACTERS = 8;

/** Length is the only rule here, counted in characters as a person counts them. The api has the last word. */
export function isLongEnough(password: string): boolean {
  return [...password].length >= MIN_PASSWORD_CHARACTERS;
}
