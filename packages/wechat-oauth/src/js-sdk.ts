import { createState } from "./authorize-url.js";

/** The values that a page passes to `wx.config` together with its appid. */
export interface JsSdkSignature {
  /** Unix seconds. */
  timestamp: number;
  nonceStr: string;
  /** SHA-1 in lower-case hex. */
  signature: string;
}

/** What {@link signJsSdk} signs. */
export interface SignJsSdkOptions {
  /** From `getJsapiTicket`. Keep it secret: anyone who has it can sign pages in the account's name. */
  ticket: string;
  /** The page's whole URL, as in the browser's address bar. Its fragment is ignored. */
  url: string;
  /** Unix seconds. Default: the current time. */
  timestamp?: number | undefined;
  /** Default: a new random value. */
  nonceStr?: string | undefined;
}

/**
 * Signs one page for WeChat's JS-SDK, without a network call.
 *
 * Sign only URLs of your own hosts: validate a URL that a browser sent before you pass it here.
 *
 * @see https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/JS-SDK.html appendix 1
 */
export async function signJsSdk(options: SignJsSdkOptions): Promise<JsSdkSignature> {
  const { ticket, url, timestamp = Math.floor(Date.now() / 1000), nonceStr = createState() } = options;
  const [urlWithoutFragment] = url.split("#", 1);
  // In this order, unencoded, and with a lower-case s in noncestr, although wx.config spells it nonceStr.
  const text = `jsapi_ticket=${ticket}&noncestr=${nonceStr}&timestamp=${timestamp}&url=${urlWithoutFragment}`;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-1", new TextEncoder().encode(text)));
  return { timestamp, nonceStr, signature: toHex(digest) };
}

function toHex(bytes: Uint8Array): string {
  let hex = "";
  for (const byte of bytes) hex += byte.toString(16).padStart(2, "0");
  return hex;
}
