import type { LoggedRequest } from "../stores/request-log.js";

/** The user agent that the authorize page wants to see; any with this word will do. */
const WECHAT_AGENT = "MicroMessenger/8.0.49";

/** The request once more, for a shell. The secret stays masked: whoever runs it puts their own. */
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

/** A first request of somebody's own: this person allows the app at once. */
export function firstCurl(origin: string, appId: string, callbackHost: string, personId: string): string {
  const callback = encodeURIComponent(`http://${callbackHost}/callback`);
  const query = `appid=${appId}&redirect_uri=${callback}&response_type=code&scope=snsapi_userinfo&state=abc123`;
  const url = `${origin}/connect/oauth2/authorize?${query}`;
  return `curl -si -A ${quote(WECHAT_AGENT)} -H ${quote(`x-simulator-person: ${personId}`)} ${quote(url)}`;
}

/** Between single quotes a shell takes everything as it is, except a single quote. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
