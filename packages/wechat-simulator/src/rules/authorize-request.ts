import { decode, findRaw, parseRawQuery, type RawParameter } from "../input/raw-query.js";
import { type PageError, pageError, pageText } from "../protocol/page-errors.js";
import type { AuthorizeRequest } from "../stores/authorize-request.js";
import type { Settings } from "../stores/settings.js";
import type { Store } from "../stores/store.js";
import { isCallbackAllowed } from "./callback-domain.js";
import { parseRedirectUri } from "./callback-url.js";

export type Validation = { kind: "valid"; request: AuthorizeRequest } | { kind: "invalid"; error: PageError };

/** The documented order. WeChat matches the raw query against a pattern and ignores unknown parameters. */
const ORDER = ["appid", "redirect_uri", "response_type", "scope", "state"];
/** An order that was reported to work for snsapi_base. */
const SCOPE_FIRST = ["appid", "redirect_uri", "scope", "response_type", "state"];
/** These come after `state`, in any order. */
const EXTRAS = ["forcePopup", "forceSnapShot", "connect_redirect", "component_appid"];

/**
 * Validates /connect/oauth2/authorize as the Official Account's page does.
 *
 * Which of several errors WeChat reports first is not known. The simulator reports parameter order, then missing
 * parameters, then the account, its scopes and the domain. Whether the person follows is checked in grant.ts.
 *
 * @param isDesktop whether the browser is desktop WeChat's
 */
export function validateAuthorizeRequest(store: Store, url: string, isDesktop: boolean): Validation {
  const parameters = parseRawQuery(url);
  const isLenient = store.settings.parameterOrder === "lenient_for_base" && !isDesktop;
  const maySendScopeFirst = isLenient && findRaw(parameters, "scope") === "snsapi_base";
  const orderError = findOrderError(parameters, maySendScopeFirst ? [ORDER, SCOPE_FIRST] : [ORDER]);
  if (orderError) return invalid(orderError);

  const rawAppId = findRaw(parameters, "appid");
  const rawRedirectUri = findRaw(parameters, "redirect_uri");
  const rawScope = findRaw(parameters, "scope");
  const rawState = findRaw(parameters, "state");
  if (!rawAppId) return invalid(pageError(10012));
  if (!rawRedirectUri) return invalid(pageError(10011));
  if (!rawScope) return invalid(pageError(10010));
  if (!rawState && store.settings.emptyState === "refused") return invalid(pageError(10013));
  const stateError = findStateError(rawState ?? "", store.settings.stateAlphabet);
  if (stateError) return invalid(stateError);

  const app = store.apps.find(decode(rawAppId) ?? "");
  if (!app) return invalid(pageText("AppID 参数错误", "no app has this appid", "没有这个 appid 的应用"));
  if (app.kind !== "official_account") return invalid(pageError(10016));
  const componentAppId = findRaw(parameters, "component_appid");
  if (componentAppId && !app.componentAppIds.includes(componentAppId)) return invalid(pageError(10015));
  if (app.banned) return invalid(pageError(10004));

  const scope = decode(rawScope) ?? "";
  if (scope !== "snsapi_base" && scope !== "snsapi_userinfo") return invalid(wrongScope());
  if (!app.scopes.includes(scope)) return invalid(pageError(10005));

  const redirectUri = decode(rawRedirectUri) ?? "";
  const parsed = parseRedirectUri(redirectUri);
  if (!parsed) {
    return invalid(
      pageText(
        "redirect_uri 参数错误",
        "redirect_uri is not an absolute http(s) URL",
        "redirect_uri 不是绝对的 http(s) 地址",
      ),
    );
  }
  if (!isCallbackAllowed(app, parsed)) return invalid(pageError(10003));
  return {
    kind: "valid",
    request: {
      app,
      redirectUri,
      scope,
      rawState,
      forcePopup: findRaw(parameters, "forcePopup") === "true",
      forceSnapShot: findRaw(parameters, "forceSnapShot") === "true",
      connectRedirect: findRaw(parameters, "connect_redirect") === "1",
    },
  };
}

/** Documented: letters and digits, at most 128 bytes. WeChat's page for other values is not known. */
function findStateError(rawState: string, alphabet: Settings["stateAlphabet"]): PageError | undefined {
  if (alphabet === "any") return undefined;
  const message = "state 参数错误";
  if (rawState.length > 128) {
    return pageText(message, "state is longer than 128 bytes", "state 超过 128 字节");
  }
  if (alphabet === "with_hyphen_and_underscore") {
    if (/^[a-zA-Z0-9_-]*$/.test(rawState)) return undefined;
    return pageText(
      message,
      "state must contain only letters, digits, hyphens and underscores",
      "state 须为字母、数字、连字符或下划线",
    );
  }
  if (/^[a-zA-Z0-9]*$/.test(rawState)) return undefined;
  return pageText(message, "state must contain only letters and digits", "state 只能包含字母和数字");
}

/** Ignores missing parameters, which have page errors of their own. */
function findOrderError(
  parameters: readonly RawParameter[],
  orders: readonly (readonly string[])[],
): PageError | undefined {
  const names = [...new Set(parameters.map(({ name }) => name))];
  const pairs = orders.map((order) => findPairOutOfOrder(names, order));
  const [pair] = pairs;
  if (pair && !pairs.includes(undefined)) {
    // If scope is too early, the real page complains about the scope; the text for other orders is not known.
    const isScopeEarly = names.indexOf("scope") < names.indexOf("response_type");
    const [name, later] = pair;
    return pageText(
      isScopeEarly ? SCOPE_MESSAGE : UNREACHABLE,
      `the parameters are out of order: ${name} came before ${later}; WeChat requires appid, redirect_uri, response_type, scope, state, then the others`,
      `参数顺序错误：${name} 出现在 ${later} 之前；须为 appid、redirect_uri、response_type、scope、state，其余在后`,
    );
  }
  if (findRaw(parameters, "response_type") !== "code") {
    return pageText(UNREACHABLE, "response_type must be code", "response_type 须为 code");
  }
  return undefined;
}

/** The first of these names that came before one which it has to follow, and that one. */
function findPairOutOfOrder(
  names: readonly string[],
  order: readonly string[],
): [name: string, later: string] | undefined {
  const rankOf = (name: string) => (EXTRAS.includes(name) ? order.length : order.indexOf(name));
  const known = names.filter((name) => rankOf(name) !== -1);
  for (const [index, name] of known.entries()) {
    const later = known.slice(index + 1).find((candidate) => rankOf(candidate) < rankOf(name));
    if (later !== undefined) return [name, later];
  }
  return undefined;
}

/**
 * Validates /connect/qrconnect as the QR page does. The order of parameters does not matter, and `state` is optional.
 * Libraries that work with WeChat send hyphens and underscores in it.
 */
export function validateQrConnectRequest(store: Store, url: string): Validation {
  const parameters = parseRawQuery(url);
  const unreachable = (en: string, zh: string) => invalid(pageText(UNREACHABLE, en, zh));

  const app = store.apps.find(decode(findRaw(parameters, "appid") ?? "") ?? "");
  if (!app) return unreachable("no app has this appid", "没有这个 appid 的应用");
  if (app.kind !== "website") {
    return unreachable(
      "this appid does not belong to a website app, which the QR page requires",
      "这不是网站应用的 appid；扫码登录须用网站应用的 appid",
    );
  }
  if (findRaw(parameters, "response_type") !== "code") {
    return unreachable("response_type must be code", "response_type 须为 code");
  }
  const scopes = (decode(findRaw(parameters, "scope") ?? "") ?? "").split(",");
  if (!scopes.every((scope) => scope === "snsapi_login" && app.scopes.includes(scope))) {
    return unreachable(
      "a website app has only the scope snsapi_login",
      "网站应用只有 snsapi_login 这个 scope",
    );
  }
  const redirectUri = decode(findRaw(parameters, "redirect_uri") ?? "") ?? "";
  const parsed = parseRedirectUri(redirectUri);
  if (!parsed)
    return unreachable("redirect_uri is not an absolute http(s) URL", "redirect_uri 不是绝对的 http(s) 地址");
  if (!isCallbackAllowed(app, parsed)) {
    return unreachable(
      "the host of redirect_uri is not the one configured for this app",
      "redirect_uri 的域名不是该应用配置的授权回调域",
    );
  }
  const rawState = findRaw(parameters, "state");
  const { stateAlphabet } = store.settings;
  const stateError = findStateError(
    rawState ?? "",
    stateAlphabet === "any" ? "any" : "with_hyphen_and_underscore",
  );
  if (stateError) return invalid(stateError);
  return {
    kind: "valid",
    request: {
      app,
      redirectUri,
      scope: "snsapi_login",
      rawState,
      forcePopup: false,
      forceSnapShot: false,
      connectRedirect: false,
    },
  };
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

function invalid(error: PageError): Validation {
  return { kind: "invalid", error };
}
