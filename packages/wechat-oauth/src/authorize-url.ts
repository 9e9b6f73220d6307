/** What {@link officialAccountAuthorizeUrl} puts into the link. */
export interface OfficialAccountAuthorizeOptions {
  /** The Official Account's appid; a website app's appid is refused on the page (10016). */
  appId: string;
  /** Absolute http(s) URL on the account's configured domain without a `code` or `state` parameter. */
  redirectUri: string;
  /** `snsapi_base`: no page, openid only. `snsapi_userinfo`: asks the person, gives the profile too. */
  scope: "snsapi_base" | "snsapi_userinfo";
  /** 1 to 128 letters and digits; see {@link createState}. */
  state: string;
  /** Show the consent page even where WeChat would grant silently. Without effect on `snsapi_base`. */
  forcePopup?: boolean | undefined;
  /** Request the snapshot page, for a test. Many devices ignore it. */
  forceSnapShot?: boolean | undefined;
  /**
   * Undocumented: without it WeChat on Android is reported to call back twice, with two codes and one state. Sent
   * unless false.
   */
  connectRedirect?: boolean | undefined;
  /** Base URL in place of https://open.weixin.qq.com, for a simulator. */
  openUrl?: string | undefined;
}

/** What {@link websiteAuthorizeUrl} puts into the link. */
export interface WebsiteAuthorizeOptions {
  /** The website app's appid, from the Open Platform; not an Official Account's. */
  appId: string;
  /** Absolute http(s) URL on the app's one configured domain without a `code` or `state` parameter. */
  redirectUri: string;
  /** 1 to 128 letters and digits; see {@link createState}. */
  state: string;
  /** Language of the QR page; WeChat's default is `cn`. */
  lang?: "cn" | "en" | undefined;
  /** Base URL in place of https://open.weixin.qq.com, for a simulator. */
  openUrl?: string | undefined;
}

/**
 * The page that asks a person inside WeChat to sign in to an Official Account's site.
 *
 * Redirect people there by 302 or 303 with `Cache-Control: no-store`: a cached 301 keeps an old state forever.
 *
 * @throws {TypeError} a redirectUri or state that WeChat would refuse or garble
 * @see https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html
 */
export function officialAccountAuthorizeUrl(options: OfficialAccountAuthorizeOptions): string {
  const { appId, redirectUri, scope, state, forcePopup, forceSnapShot, connectRedirect = true } = options;
  checkLink(appId, redirectUri, state);
  // WeChat matches this link against a pattern: keep this order, and keep the fragment. It is built by hand because
  // WeChat expects the encoding of encodeURIComponent, and a query serializer writes a blank as "+".
  return (
    `${baseUrl(options.openUrl)}/connect/oauth2/authorize` +
    `?appid=${encodeURIComponent(appId)}` + // OAuth says client_id
    `&redirect_uri=${encodeURIComponent(redirectUri)}` +
    `&response_type=code` +
    `&scope=${scope}` +
    `&state=${state}` +
    (forcePopup === undefined ? "" : `&forcePopup=${forcePopup}`) +
    (forceSnapShot === undefined ? "" : `&forceSnapShot=${forceSnapShot}`) +
    (connectRedirect ? `&connect_redirect=1` : "") +
    `#wechat_redirect`
  );
}

/**
 * The page that shows a QR code to a person at a desktop, for a website app of the Open Platform.
 *
 * @throws {TypeError} a redirectUri or state that WeChat would refuse or garble
 * @see https://developers.weixin.qq.com/doc/oplatform/Website_App/WeChat_Login/Wechat_Login.html
 */
export function websiteAuthorizeUrl(options: WebsiteAuthorizeOptions): string {
  const { appId, redirectUri, state, lang } = options;
  checkLink(appId, redirectUri, state);
  return (
    `${baseUrl(options.openUrl)}/connect/qrconnect` +
    `?appid=${encodeURIComponent(appId)}` + // OAuth says client_id
    `&redirect_uri=${encodeURIComponent(redirectUri)}` +
    `&response_type=code` +
    `&scope=snsapi_login` + // the only scope a website app has
    `&state=${state}` +
    (lang === undefined ? "" : `&lang=${lang}`) +
    `#wechat_redirect`
  );
}

/**
 * A fresh state: 128 random bits as 32 hex characters, because WeChat allows letters and digits only.
 *
 * Keep it (better: its hash) on the server, bound to this browser, for a few minutes and one use. It is this flow's
 * only protection against forged callbacks: WeChat has neither PKCE nor nonce.
 */
export function createState(): string {
  let state = "";
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) state += byte.toString(16).padStart(2, "0");
  return state;
}

/** Letters and digits, at most 128 bytes, as WeChat documents. */
export const statePattern: RegExp = /^[A-Za-z0-9]{1,128}$/;

/** @throws {TypeError} what WeChat would refuse or garble; the message never shows a value */
export function checkLink(appId: string, redirectUri: string, state: string): void {
  if (appId === "") throw new TypeError("appId is empty");
  if (!statePattern.test(state)) throw new TypeError("state must be 1 to 128 letters and digits");
  if (!/^https?:\/\//i.test(redirectUri) || !URL.canParse(redirectUri)) {
    throw new TypeError("redirectUri must be an absolute http or https URL");
  }
  // WeChat appends its own: the callback would then carry two, which readCallback refuses.
  const { searchParams } = new URL(redirectUri);
  if (searchParams.has("code") || searchParams.has("state")) {
    throw new TypeError("redirectUri must not contain a code or state parameter");
  }
}

function baseUrl(openUrl = "https://open.weixin.qq.com"): string {
  return openUrl.replace(/\/+$/, "");
}
