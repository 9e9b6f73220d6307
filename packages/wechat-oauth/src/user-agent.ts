/** What a User-Agent header claims. A hint for what to show, not a security check: a client can send any value. */
export interface UserAgent {
  /**
   * `wecom` is not WeChat, although its header also names MicroMessenger; `mini_program` is a mini program's web-view,
   * for which Official Account authorization is not meant; `browser` is everything else.
   */
  client: "wechat" | "wecom" | "wechat_devtools" | "mini_program" | "browser";
  platform: "ios" | "android" | "harmony" | "windows" | "mac" | "other";
  /** The client's version as it writes it: `8.0.49.2600`; on Windows hex, `0x63090a13`. Absent for a browser. */
  version?: string;
}

/** Reads a User-Agent header. The order of the checks matters: several clients include the names of others. */
export function readUserAgent(userAgent: string | undefined): UserAgent {
  const text = userAgent ?? "";
  const client = readClient(text);
  const platform = readPlatform(text);
  const version = readVersion(text, client, platform);
  return version === undefined ? { client, platform } : { client, platform, version };
}

function readClient(text: string): UserAgent["client"] {
  if (/wxwork\//i.test(text)) return "wecom"; // contains MicroMessenger as well
  if (!/MicroMessenger\//i.test(text)) return "browser";
  if (/wechatdevtools\//i.test(text)) return "wechat_devtools"; // contains miniprogram as well
  if (/miniProgram/i.test(text)) return "mini_program";
  return "wechat";
}

function readPlatform(text: string): UserAgent["platform"] {
  if (/MacWechat/i.test(text)) return "mac"; // older ones contain WindowsWechat as well
  if (/WindowsWechat/i.test(text)) return "windows";
  if (/iPhone|iPad/i.test(text)) return "ios";
  if (/Android/i.test(text)) return "android";
  if (/OpenHarmony/i.test(text)) return "harmony";
  // Browsers and WeCom on a desktop.
  if (/Windows NT/i.test(text)) return "windows";
  if (/Macintosh/i.test(text)) return "mac";
  return "other";
}

function readVersion(
  text: string,
  client: UserAgent["client"],
  platform: UserAgent["platform"],
): string | undefined {
  if (client === "browser") return undefined;
  if (client === "wecom") return /wxwork\/([\d.]+)/i.exec(text)?.[1];
  if (client === "wechat_devtools") return /wechatdevtools\/([\d.]+)/i.exec(text)?.[1];
  // On a desktop the number after MicroMessenger is frozen; the real version is elsewhere.
  if (platform === "mac") return /MacWechat\/(\d[\d.]*)/i.exec(text)?.[1];
  if (platform === "windows") return /WindowsWechat\((0x[\da-f]+)\)/i.exec(text)?.[1];
  return /MicroMessenger\/([\d.]+)/i.exec(text)?.[1];
}
