import type { FastifyRequest } from "fastify";
import type { IPv6 } from "ipaddr.js";
import type { Visitor } from "../domain/deps.js";
import { type IpAddress, parseIpAddress } from "../domain/ip-address.js";

/** Who sends the request. A forwarded value counts only if it is an address: the client may have written the header. */
export function visitorOf(request: FastifyRequest): Visitor {
  const address = addressIn(request.ip) ?? addressIn(request.socket.remoteAddress ?? "");
  return {
    ip: address?.toString() ?? "",
    source: address ? networkOf(address) : "",
    userAgent: request.headers["user-agent"],
  };
}

/** Some proxies append the port: `203.0.113.7:50001`, `[2001:db8::1]:50001`. */
function addressIn(text: string): IpAddress | undefined {
  const bare = /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  return parseIpAddress(bare);
}

/** What one subscriber has: an IPv4 address, or an IPv6 /64, whose addresses are too many to limit one by one. */
function networkOf(address: IpAddress): string {
  if (address.kind() === "ipv4") return address.toString();
  const network = (address as IPv6).parts.slice(0, 4).map((part) => part.toString(16));
  return `${network.join(":")}::/64`;
}
