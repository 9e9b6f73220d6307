import { readUserAgent } from "wechat-oauth";

/** One WeChat app from the settings. */
export interface WeChatApp {
  /** Our own short name for it, used in `?app=`. */
  key: string;
  kind: "official_account" | "website";
  appId: string;
  appSecret: string;
  /** The Open Platform account it is bound to, by any name: apps of one group share a person's unionid. */
  group?: string | undefined;
  /** What a new person is asked for: nothing, or nickname and avatar. */
  profile: "none" | "ask";
  /** Names of the MP_verify files that WeChat's console gave for this app. */
  verifyFiles: readonly string[];
}

export interface Apps {
  readonly all: readonly WeChatApp[];
  byKey(key: string): WeChatApp | undefined;
  byAppId(appId: string): WeChatApp | undefined;
}

export function createApps(all: readonly WeChatApp[]): Apps {
  const keys = new Map(all.map((app) => [app.key, app]));
  const appIds = new Map(all.map((app) => [app.appId, app]));
  return { all, byKey: (key) => keys.get(key), byAppId: (appId) => appIds.get(appId) };
}

/** The page for a browser in which no configured app can sign a person in. */
export type Detour = "open-in-wechat" | "open-on-desktop" | "wecom" | "mini-program";

/**
 * Picks the app that works in this browser: the Official Account inside WeChat, the website app's QR page
 * elsewhere. The user agent is a hint for the person's comfort and never a check.
 */
export function pickApp(apps: Apps, userAgent: string | undefined): WeChatApp | Detour {
  const { client, platform } = readUserAgent(userAgent);
  const officialAccount = apps.all.find((app) => app.kind === "official_account");
  const website = apps.all.find((app) => app.kind === "website");
  if (client === "wecom") return "wecom";
  if (client === "mini_program") return "mini-program";
  if (client === "wechat" || client === "wechat_devtools") return officialAccount ?? "open-on-desktop";
  const phone = platform === "ios" || platform === "android" || platform === "harmony";
  // A phone cannot scan the code that it shows.
  if (phone && officialAccount) return "open-in-wechat";
  return website ?? "open-in-wechat";
}
