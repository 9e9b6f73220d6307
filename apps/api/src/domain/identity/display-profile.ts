/** Spaces, zero-width characters, Hangul fillers and Braille blanks: a nickname of these alone shows nothing. */
const invisible = /[\p{White_Space}\p{Control}\p{Format}\p{Mn}\u115F\u1160\u3164\uFFA0\u2800]/gu;

interface Profile {
  nickname: string | null;
  avatarUrl: string | null;
}

/**
 * The nickname and picture that stand for a person, on their own page and in the console: of the bindings with a visible
 * nickname, the one that was used last.
 */
export function displayProfile(bindings: readonly (Profile & { lastSignInAt: Date })[]): Profile {
  const [latest] = bindings
    .filter(({ nickname }) => nickname?.replace(invisible, ""))
    .sort((a, b) => b.lastSignInAt.getTime() - a.lastSignInAt.getTime());
  const { nickname, avatarUrl } = latest ?? bindings[0] ?? { nickname: null, avatarUrl: null };
  return { nickname, avatarUrl };
}
