import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/**
 * Whether an address is in one of the networks.
 *
 * @param address as `Visitor.ip` has it: empty if it is not known, which is in no network.
 * @param cidrs such as `203.0.113.0/24`
 */
export function isInNetworks(address: string, cidrs: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return cidrs.some((cidr) => {
    const [network, bits] = ipaddr.parseCIDR(cidr);
    // match() throws for an address of the other family.
    return network.kind() === parsed.kind() && parsed.match(network, bits);
  });
}

/**
 * A network as it is stored; an address alone is a network of one.
 *
 * @returns undefined if it is none, or it is an IPv4 network written as IPv6, in which no visitor is.
 */
export function readCidr(text: string): string | undefined {
  const [address = "", bits, ...rest] = text.split("/");
  const version = isIP(address);
  const most = version === 4 ? 32 : 128;
  if (version === 0 || rest.length > 0 || address.includes("%")) return undefined;
  if (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= most)) return undefined;
  const parsed = ipaddr.parse(address);
  if (parsed.kind() === "ipv6" && (parsed as ipaddr.IPv6).isIPv4MappedAddress()) return undefined;
  return `${parsed}/${Number(bits ?? most)}`;
}
