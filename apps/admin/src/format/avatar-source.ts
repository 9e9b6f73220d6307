const avatarHosts = new Set(["thirdwx.qlogo.cn", "wx.qlogo.cn"]);

/** The address when it is one of WeChat's own picture hosts over https, or null. The page's policy says the same. */
export function avatarSource(avatarUrl: string | null): string | null {
  if (avatarUrl === null || !URL.canParse(avatarUrl)) return null;
  const url = new URL(avatarUrl);
  return url.protocol === "https:" && avatarHosts.has(url.host) ? url.href : null;
}
