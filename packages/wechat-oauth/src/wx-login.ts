import { checkLink } from "./authorize-url.js";

/** What {@link wxLoginOptions} needs. */
export interface WxLoginInput {
  /** The `id` of the page's element for the QR code. */
  id: string;
  /** The website app's appid, from the Open Platform; not an Official Account's. */
  appId: string;
  /** Absolute http(s) URL on the app's one configured domain without a `code` or `state` parameter or a `#`. */
  redirectUri: string;
  /** 1 to 128 letters and digits; see {@link createState}. */
  state: string;
  /** Whether the callback opens inside the QR code's frame instead of the whole window. Default false. */
  selfRedirect?: boolean | undefined;
  /** Color of the texts: `black` (WeChat's default) for a light page, `white` for a dark one. */
  style?: "black" | "white" | undefined;
  /** Custom CSS: an https URL, or `data:text/css;base64,…`. WeChat ignores it with `styleLite`. */
  href?: string | undefined;
  /** The newer, compact design, which needs at least 220 × 220 px. */
  styleLite?: boolean | undefined;
  /** Whether a WeChat client on the same computer may sign in without a scan; WeChat's default is yes. */
  fastLogin?: boolean | undefined;
}

/** The options of `new WxLogin(…)`, spelled as WeChat's script reads them. All are plain values: send them as JSON. */
export interface WxLoginOptions {
  self_redirect: boolean;
  id: string;
  appid: string;
  scope: "snsapi_login";
  /** Percent-encoded already: the script puts it into a URL as it is. */
  redirect_uri: string;
  state: string;
  style?: "black" | "white";
  href?: string;
  stylelite?: 1;
  fast_login?: 0;
}

/**
 * The options for a QR code inside your own page, instead of the page of {@link websiteAuthorizeUrl}. The callback
 * is the same.
 *
 * The page loads https://res.wx.qq.com/connect/zh_CN/htmledition/js/wxLogin.js and calls
 * `new WxLogin(options)`; add your own `onReady` there. Its Content-Security-Policy needs
 * `script-src https://res.wx.qq.com; frame-src https://open.weixin.qq.com`.
 *
 * @throws {TypeError} a redirectUri, state or href that WeChat would refuse or garble
 * @see https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/Wechat_Login.html
 */
export function wxLoginOptions(input: WxLoginInput): WxLoginOptions {
  const { id, appId, redirectUri, state, selfRedirect = false, style, href, styleLite, fastLogin } = input;
  if (id === "") throw new TypeError("id is empty");
  checkLink(appId, redirectUri, state);
  // WeChat's quick login puts code and state in the wrong place of such a URL.
  if (redirectUri.includes("#")) throw new TypeError("redirectUri must not contain a #");
  if (href !== undefined && !/^(https:\/\/|data:text\/css;base64,)/i.test(href)) {
    throw new TypeError("href must be an https URL or data:text/css;base64,…");
  }
  const options: WxLoginOptions = {
    self_redirect: selfRedirect,
    id,
    appid: appId,
    scope: "snsapi_login", // the only scope a website app has
    redirect_uri: encodeURIComponent(redirectUri),
    state,
  };
  if (style !== undefined) options.style = style;
  if (href !== undefined) options.href = href;
  if (styleLite) options.stylelite = 1;
  if (fastLogin === false) options.fast_login = 0;
  return options;
}
