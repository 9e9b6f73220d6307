import type { LoggedRequest } from "../request-log.js";

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

/** Between single quotes a shell takes everything as it is, except a single quote. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
