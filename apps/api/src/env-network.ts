import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

// The networks around this server: TRUST_PROXY in front of it, HTTPS_PROXY and NO_PROXY on the way to WeChat, and
// WEBHOOK_PRIVATE_CIDRS on the way to host applications.

/**
 * The proxy through which WeChat is called, by the two settings as curl reads them.
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

/** Which proxies in front of the server are trusted; problems are added to `problems`. */
export function readTrustProxy(text: string | undefined, problems: string[]): false | number | string[] {
  if (text === undefined || text === "0") return false;
  if (/^[1-9]$/.test(text)) return Number(text);
  const addresses = text.split(",").map((address) => address.trim());
  if (!addresses.every(isProxyAddress)) {
    problems.push(
      "TRUST_PROXY is a number of proxies from 1 to 9, or a list of addresses such as 10.0.0.0/8 or loopback; not set, or 0, without a proxy",
    );
  }
  return addresses;
}

/** An address, a range that is not the whole internet, or one of the names that Fastify knows. */
function isProxyAddress(text: string): boolean {
  if (/^(loopback|linklocal|uniquelocal)$/.test(text)) return true;
  const [address = "", prefix, ...rest] = text.split("/");
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return (
    prefix === undefined ||
    (/^[1-9]\d{0,2}$/.test(prefix) &&
      // A wider range would trust nearly every client.
      Number(prefix) >= (version === 4 ? 8 : 16) &&
      Number(prefix) <= (version === 4 ? 32 : 128))
  );
}

/** The networks that are not public and that webhooks may reach all the same; problems are added to `problems`. */
export function readPrivateCidrs(networks: readonly string[], problems: string[]): readonly string[] {
  if (networks.every((network) => network.includes("/") && ipaddr.isValidCIDR(network))) return networks;
  problems.push(
    "WEBHOOK_PRIVATE_CIDRS is a comma-separated list of networks such as 10.1.0.0/16 or fd00::/8",
  );
  return [];
}
