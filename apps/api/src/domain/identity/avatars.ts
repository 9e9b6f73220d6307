/** The hosts of WeChat's avatars; the CSP has the same list. */
export const avatarHosts: readonly string[] = ["thirdwx.qlogo.cn", "wx.qlogo.cn"];

/** An avatar's address, or null unless it is https on one of WeChat's hosts. */
export function shownAvatar(address: string | null): string | null {
  if (address === null || !URL.canParse(address)) return null;
  const { protocol, hostname, port, username, href } = new URL(address);
  const isAllowed = protocol === "https:" && port === "" && username === "" && avatarHosts.includes(hostname);
  return isAllowed ? href : null;
}
