/** Where WeChat keeps avatars. The CSP names the same hosts. */
export const avatarHosts: readonly string[] = ["thirdwx.qlogo.cn", "wx.qlogo.cn"];

/** An avatar's address as it may be shown: https and one of WeChat's hosts, else none at all. */
export function shownAvatar(address: string | null): string | null {
  if (address === null || !URL.canParse(address)) return null;
  const { protocol, hostname, port, username, href } = new URL(address);
  const ours = protocol === "https:" && port === "" && username === "" && avatarHosts.includes(hostname);
  return ours ? href : null;
}
