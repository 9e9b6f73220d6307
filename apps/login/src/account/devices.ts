import type { Session } from "./client.js";
import type { AccountTexts } from "./texts.js";

type Device = Session["device"];
type Platform = Device["platform"];

// The makers' own spelling, the same in both languages.
const platformNames: { readonly [platform in Platform]: string | null } = {
  ios: "iOS",
  android: "Android",
  harmony: "HarmonyOS",
  windows: "Windows",
  mac: "Mac",
  other: null,
};

/** `{ client: "wechat", platform: "ios" }` becomes "微信 · iOS". */
export function deviceName({ client, platform }: Device, texts: AccountTexts): string {
  const platformName = platformNames[platform];
  return platformName === null ? texts.clients[client] : `${texts.clients[client]} · ${platformName}`;
}

export function isPhone(platform: Platform): boolean {
  return platform === "ios" || platform === "android" || platform === "harmony";
}
