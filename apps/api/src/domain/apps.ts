import { readUserAgent } from "@wechat-login/oauth";
import type { Settings } from "../env.js";

export type WeChatApp = Settings["apps"][number];

export interface Apps {
  readonly all: readonly WeChatApp[];
  byKey(key: string): WeChatApp | undefined;
  byAppId(appId: string): WeChatApp | undefined;
  /** The short name of an app; null if it is not configured any more. */
  keyOf(appId: string): string | null;
}

export function createApps(all: readonly WeChatApp[]): Apps {
  const keys = new Map(all.map((app) => [app.key, app]));
  const appIds = new Map(all.map((app) => [app.appId, app]));
  return {
    all,
    byKey: (key) => keys.get(key),
    byAppId: (appId) => appIds.get(appId),
    keyOf: (appId) => appIds.get(appId)?.key ?? null,
  };
}

/** The app that signs a person in with this client, or to which the page for an unsupported client leads. */
export function appFor(apps: Apps, userAgent: string | undefined): WeChatApp | undefined {
  const picked = pickApp(apps, userAgent);
  return typeof picked === "string" ? appBehindPage(apps) : picked;
}

/**
 * The apps whose WeChat a signed-in person can add in this browser: the Official Accounts inside WeChat, the website apps'
 * QR pages on a desktop. Like `pickApp`, it chooses what is convenient and is never a check.
 */
export function addableApps(apps: Apps, userAgent: string | undefined): WeChatApp[] {
  const picked = pickApp(apps, userAgent);
  return typeof picked === "string" ? [] : apps.all.filter(({ kind }) => kind === picked.kind);
}

/** The app to which the page for an unsupported client leads. */
export const appBehindPage = ({ all }: Apps): WeChatApp | undefined =>
  all.find((app) => app.kind === "official_account") ?? all[0];

/** The page for a client in which no configured app can sign a person in. */
export type UnsupportedClient =
  | "open-in-wechat"
  | "scan-with-phone"
  | "open-on-desktop"
  | "wecom"
  | "mini-program";

/** WeChat's own browser signs in one WeChat account only: the one that it runs as. */
export const isInWeChat = (userAgent: string | undefined): boolean =>
  readUserAgent(userAgent).client === "wechat";

/**
 * Picks the app that works in this browser: the Official Account inside WeChat, the website app's QR page in any other.
 * The user agent only chooses what is convenient; it is never a check.
 */
export function pickApp(apps: Apps, userAgent: string | undefined): WeChatApp | UnsupportedClient {
  const { client, platform } = readUserAgent(userAgent);
  const officialAccount = apps.all.find((app) => app.kind === "official_account");
  const website = apps.all.find((app) => app.kind === "website");
  if (client === "wecom") return "wecom";
  if (client === "mini_program") return "mini-program";
  if (client === "wechat" || client === "wechat_devtools") return officialAccount ?? "open-on-desktop";
  const phone = platform === "ios" || platform === "android" || platform === "harmony";
  // A phone cannot scan a QR code on its own screen.
  if (phone && officialAccount) return "open-in-wechat";
  return website ?? "scan-with-phone";
}
