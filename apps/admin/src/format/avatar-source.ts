const avatarHosts = new Set(["thirdwx.qlogo.cn", "wx.qlogo.cn"]);

/** The URL if it is https on one of WeChat's picture hosts, else null. The page's CSP allows the same hosts. */
export function avatarSource(avatarUrl: string | null): string | null {
  if (avatarUrl === null || !URL.canParse(avatarUrl)) return null;
  const url = new URL(avatarUrl);
  return url.protocol === "https:" && avatarHosts.has(url.host) ? url.href : null;
}
