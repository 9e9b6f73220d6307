// HTTPS_PROXY and NO_PROXY, as curl reads them, for the one address that this server calls: WeChat's API.

/**
 * The proxy through which WeChat is called.
 *
 * @param noProxy host names without a proxy, each with those below it, or `*`.
 * @param apiUrl an origin. Only https goes through the proxy, as the name says.
 * @returns undefined without a proxy; problems are added to `problems`.
 */
export function readProxy(
  proxy: string | undefined,
  noProxy: readonly string[],
  apiUrl: string,
  problems: string[],
): URL | undefined {
  const { protocol, hostname, port } = new URL(apiUrl);
  const isDirect = noProxy.some((entry) => covers(entry.toLowerCase(), hostname, port || "443"));
  if (proxy === undefined || protocol !== "https:" || isDirect) return undefined;
  const url = URL.canParse(proxy) ? new URL(proxy) : undefined;
  if (url?.protocol === "http:" && url.pathname === "/" && !url.search && !url.hash && isDecodable(url)) {
    return url;
  }
  problems.push(
    "HTTPS_PROXY is the address of an http proxy such as http://proxy.example.com:3128, before the host user:password@ if it needs them, percent-encoded",
  );
  return undefined;
}

function covers(entry: string, hostname: string, port: string): boolean {
  const [name = "", onlyPort] = entry.replace(/^\*?\./, "").split(":");
  if (entry === "*") return true;
  return (hostname === name || hostname.endsWith(`.${name}`)) && (onlyPort ?? port) === port;
}

function isDecodable({ username, password }: URL): boolean {
  try {
    decodeURIComponent(username + password);
    return true;
  } catch {
    return false;
  }
}
