/** Names that look the same are the same: full width, case and outer blanks do not tell operators apart. */
export const foldUsername = (username: string): string => username.normalize("NFKC").trim().toLowerCase();

/** Why this cannot be an operator's name, in words for the person who typed it; undefined where it can. */
export function usernameProblem(username: string): string | undefined {
  return /^[\p{L}\p{N}._@-]{2,64}$/u.test(foldUsername(username))
    ? undefined
    : "use 2 to 64 letters, digits and . _ @ -";
}
