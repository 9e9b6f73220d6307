/** Names that look the same are the same: width, case and surrounding spaces do not distinguish operators. */
export const foldUsername = (username: string): string => username.normalize("NFKC").trim().toLowerCase();

/** Why this name is refused, in words for the operator; undefined if it is accepted. */
export function usernameProblem(username: string): string | undefined {
  return /^[\p{L}\p{N}._@-]{2,64}$/u.test(foldUsername(username))
    ? undefined
    : "use 2 to 64 letters, digits and . _ @ -";
}
