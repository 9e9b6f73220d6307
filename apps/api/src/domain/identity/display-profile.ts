/** Spaces, zero-width characters, Hangul fillers and Braille blanks: a nickname of these alone shows nothing. */
const invisible = /[\p{White_Space}\p{Control}\p{Format}\p{Mn}\u115F\u1160\u3164\uFFA0\u2800]/gu;

interface Profile {
  nickname: string | null;
  avatarUrl: string | null;
}

type BindingProfile = Profile & { lastSignInAt: Date };

/** A nickname as it is, or null if nothing of it would be seen. */
export const visibleNickname = (nickname: string | null): string | null =>
  nickname?.replace(invisible, "") ? nickname : null;

/**
 * The binding by whose nickname a person is shown everywhere: of those with a visible nickname, the one that was used last;
 * without any, the first one.
 */
export function displayBinding<Binding extends BindingProfile>(
  bindings: readonly Binding[],
): Binding | undefined {
  const [latest] = bindings
    .filter(({ nickname }) => visibleNickname(nickname) !== null)
    .sort((a, b) => b.lastSignInAt.getTime() - a.lastSignInAt.getTime());
  return latest ?? bindings[0];
}

/** The nickname and picture that stand for a person, on their own page and in the console. */
export function displayProfile(bindings: readonly BindingProfile[]): Profile {
  const { nickname, avatarUrl } = displayBinding(bindings) ?? { nickname: null, avatarUrl: null };
  return { nickname, avatarUrl };
}
