import { isCallbackAllowed, type SimulatedApp } from "./apps.js";
import { parseRedirectUri } from "./callback-url.js";
import { type PageError, pageError, pageText } from "./page-errors.js";
import { decode, findRaw, parseRawQuery, type RawParameter } from "./raw-query.js";
import type { World } from "./world.js";

/** A request of an app that may be put before a person. */
export interface AuthorizeRequest {
  app: SimulatedApp;
  redirectUri: string;
  scope: string;
  /** Undecoded; undefined when none was sent, which only the QR page allows. */
  rawState: string | undefined;
}

export type Judgement = { kind: "fine"; request: AuthorizeRequest } | { kind: "error"; error: PageError };

/** The documented order. WeChat matches the raw query against a pattern; what it does not know, it ignores. */
const ORDER = ["appid", "redirect_uri", "response_type", "scope", "state"];
/** These come after state; among themselves they have no documented order. */
const EXTRAS = ["forcePopup", "forceSnapShot", "connect_redirect", "component_appid"];

/**
 * Judges /connect/oauth2/authorize as the Official Account's page does.
 *
 * WeChat's precedence of several errors is not known; this is the one that the simulator settled on: order, then
 * what is missing, then the account, then its rights, then the domain. Who follows is asked when a person is there.
 */
export function judgeAuthorize(world: World, url: string): Judgement {
  const parameters = parseRawQuery(url);
  const orderError = findOrderError(parameters);
  if (orderError) return no(orderError);

  const rawAppId = findRaw(parameters, "appid");
  const rawRedirectUri = findRaw(parameters, "redirect_uri");
  const rawScope = findRaw(parameters, "scope");
  const rawState = findRaw(parameters, "state");
  if (!rawAppId) return no(pageError(10012));
  if (!rawRedirectUri) return no(pageError(10011));
  if (!rawScope) return no(pageError(10010));
  if (!rawState) return no(pageError(10013));
  // Documented: letters and digits, at most 128 bytes. Others are said to pass; an app must not count on it.
  if (!/^[a-zA-Z0-9]{1,128}$/.test(rawState)) {
    return no(
      pageText(
        "state 参数错误",
        "state must be 1 to 128 letters and digits",
        "state 须为 1 至 128 个字母或数字",
      ),
    );
  }

  const app = world.apps.find(decode(rawAppId) ?? "");
  if (!app) return no(pageText("AppID 参数错误", "no app has this appid", "没有这个 appid 的应用"));
  if (app.kind !== "official_account") return no(pageError(10016));
  const componentAppId = findRaw(parameters, "component_appid");
  if (componentAppId && !app.componentAppIds.includes(componentAppId)) return no(pageError(10015));
  if (app.banned) return no(pageError(10004));

  const scope = decode(rawScope) ?? "";
  if (scope !== "snsapi_base" && scope !== "snsapi_userinfo") return no(wrongScope());
  if (!app.scopes.includes(scope)) return no(pageError(10005));

  const redirectUri = decode(rawRedirectUri) ?? "";
  const parsed = parseRedirectUri(redirectUri);
  if (!parsed) {
    return no(
      pageText(
        "redirect_uri 参数错误",
        "redirect_uri is no absolute http(s) URL",
        "redirect_uri 不是绝对的 http(s) 地址",
      ),
    );
  }
  if (!isCallbackAllowed(app, parsed)) return no(pageError(10003));
  return { kind: "fine", request: { app, redirectUri, scope, rawState } };
}

/** A parameter that is missing is not out of order: it has a page error of its own. */
function findOrderError(parameters: readonly RawParameter[]): PageError | undefined {
  const positionOf = (name: string) => parameters.findIndex((parameter) => parameter.name === name);
  const positions = ORDER.map(positionOf).filter((position) => position !== -1);
  const isOrdered = positions.every(
    (position, index) => index === 0 || position > (positions[index - 1] ?? -1),
  );
  const last = positions.at(-1) ?? -1;
  const areExtrasLast = EXTRAS.map(positionOf).every((position) => position === -1 || position > last);
  if (!isOrdered || !areExtrasLast) {
    // With scope too early the real page complains about the scope; the text for other disorders is not known.
    const isScopeEarly = positionOf("scope") < positionOf("response_type");
    return pageText(
      isScopeEarly ? SCOPE_MESSAGE : UNREACHABLE,
      "the parameters are out of order: appid, redirect_uri, response_type, scope, state, then the rest",
      "参数顺序错误：应为 appid、redirect_uri、response_type、scope、state，其余在后",
    );
  }
  if (findRaw(parameters, "response_type") !== "code") {
    return pageText(UNREACHABLE, "response_type must be code", "response_type 须为 code");
  }
  return undefined;
}

/**
 * Judges /connect/qrconnect as a website app's QR page does. The order of parameters does not matter here, and
 * `state` may be missing.
 */
export function judgeQrConnect(world: World, url: string): Judgement {
  const parameters = parseRawQuery(url);
  const unreachable = (en: string, zh: string) => no(pageText(UNREACHABLE, en, zh));

  const app = world.apps.find(decode(findRaw(parameters, "appid") ?? "") ?? "");
  if (!app) return unreachable("no app has this appid", "没有这个 appid 的应用");
  if (app.kind !== "website") {
    return unreachable(
      "this appid is an Official Account's; the QR page needs a website app's",
      "这是公众号的 appid；扫码登录须用网站应用的 appid",
    );
  }
  if (findRaw(parameters, "response_type") !== "code") {
    return unreachable("response_type must be code", "response_type 须为 code");
  }
  const scopes = (decode(findRaw(parameters, "scope") ?? "") ?? "").split(",");
  if (!scopes.every((scope) => scope === "snsapi_login" && app.scopes.includes(scope))) {
    return unreachable(
      "a website app has the scope snsapi_login alone",
      "网站应用只有 snsapi_login 这个 scope",
    );
  }
  const redirectUri = decode(findRaw(parameters, "redirect_uri") ?? "") ?? "";
  const parsed = parseRedirectUri(redirectUri);
  if (!parsed)
    return unreachable("redirect_uri is no absolute http(s) URL", "redirect_uri 不是绝对的 http(s) 地址");
  if (!isCallbackAllowed(app, parsed)) {
    return unreachable(
      "the host of redirect_uri is not the one configured for this app",
      "redirect_uri 的域名不是该应用配置的授权回调域",
    );
  }
  const rawState = findRaw(parameters, "state");
  return { kind: "fine", request: { app, redirectUri, scope: "snsapi_login", rawState } };
}

const UNREACHABLE = "该链接无法访问";
const SCOPE_MESSAGE = "Scope 参数错误或没有 Scope 权限";

function wrongScope(): PageError {
  return pageText(
    SCOPE_MESSAGE,
    "scope must be snsapi_base or snsapi_userinfo",
    "scope 须为 snsapi_base 或 snsapi_userinfo",
  );
}

function no(error: PageError): Judgement {
  return { kind: "error", error };
}
