/** The address if it is one of this server's pictures, else null: an operator's browser asks no one else. */
export function avatarSource(avatarUrl: string | null): string | null {
  return avatarUrl !== null && /^\/admin\/avatars\/\w+(?:\?v=[\da-f]+)?$/.test(avatarUrl) ? avatarUrl : null;
}
