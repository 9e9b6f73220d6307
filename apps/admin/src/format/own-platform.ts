const platforms = [
  ["harmony", /harmony/i],
  ["ios", /iphone|ipad/i],
  ["android", /android/i],
  ["windows", /windows/i],
  ["mac", /mac os/i],
] as const;

/** The system that a browser says it runs on, if it is one that operators tell their devices apart by. */
export function ownPlatform(userAgent: string): (typeof platforms)[number][0] | undefined {
  return platforms.find(([, pattern]) => pattern.test(userAgent))?.[0];
}
