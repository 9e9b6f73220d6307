const avatarHosts = new Set(["thirdwx.qlogo.cn", "wx.qlogo.cn"]);

/**
 * The URL if it is https on one of WeChat's picture hosts, or of a simulator on this machine, else null. The page's CSP
 * names that simulator exactly, if there is one.
 */
export function avatarSource(avatarUrl: string | null): string | null {
  if (avatarUrl === null || !URL.canParse(avatarUrl)) return null;
  const url = new URL(avatarUrl);
  const isOfSimulator = url.protocol === "http:" && /^(?:127\.0\.0\.1|localhost|\[::1\])$/.test(url.hostname);
  return isOfSimulator || (url.protocol === "https:" && avatarHosts.has(url.host)) ? url.href : null;
}
