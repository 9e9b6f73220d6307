import type { LoggedRequest } from "../stores/request-log.js";

/** A user agent that the authorize page takes for WeChat's, because it contains `MicroMessenger/`. */
const WECHAT_AGENT = "MicroMessenger/8.0.49";

/** The request as a shell command. The secret stays masked; the developer inserts their own. */
export function curlOf({ method, endpoint, path, query, body }: LoggedRequest, origin: string): string {
  const url = `${origin}${path}${query === "" ? "" : `?${query}`}`;
  return [
    "curl -si",
    ...(method === "GET" ? [] : [`-X ${method}`]),
    ...(endpoint === "authorize" ? [`-A ${quote(WECHAT_AGENT)}`] : []),
    quote(url),
    ...(body === undefined ? [] : [`--data-raw ${quote(body)}`]),
  ].join(" ");
}

/** A first request to try: this person allows the app at once. */
export function firstCurl(origin: string, appId: string, callbackHost: string, personId: string): string {
  const callback = encodeURIComponent(`http://${callbackHost}/callback`);
  const query = `appid=${appId}&redirect_uri=${callback}&response_type=code&scope=snsapi_userinfo&state=abc123`;
  const url = `${origin}/connect/oauth2/authorize?${query}`;
  return `curl -si -A ${quote(WECHAT_AGENT)} -H ${quote(`x-simulator-person: ${personId}`)} ${quote(url)}`;
}

/** In single quotes a shell takes everything literally except a single quote. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
