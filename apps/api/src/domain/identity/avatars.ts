import type { Settings } from "../../env.js";

/** The origins of WeChat's avatars. */
const wechatOrigins: readonly string[] = ["https://thirdwx.qlogo.cn", "https://wx.qlogo.cn"];

/** From where avatars are shown; the CSP has the same list. A simulator serves those of its people itself. */
export const avatarOrigins = ({ simulatorUrl }: Pick<Settings, "simulatorUrl">): string[] => [
  ...wechatOrigins,
  ...(simulatorUrl === undefined ? [] : [simulatorUrl]),
];

/** An avatar's address, or null unless its origin is one of those from which avatars are shown. */
export function shownAvatar(settings: Pick<Settings, "simulatorUrl">, address: string | null): string | null {
  if (address === null || !URL.canParse(address)) return null;
  const { origin, username, password, href } = new URL(address);
  const isAllowed = username === "" && password === "" && avatarOrigins(settings).includes(origin);
  return isAllowed ? href : null;
}
