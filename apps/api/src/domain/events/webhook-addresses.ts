import { promises as dns } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";

/** Azure's metadata service, which has an address among the public ones. */
const metadataAddress = "168.63.129.16";

/** The global addresses of IPv6; what is outside of them is local, or reaches an IPv4 address by another name. */
const globalIpv6 = ipaddr.IPv6.parseCIDR("2000::/3");

/**
 * Whether a webhook may be sent to this address: a public one, or one of the networks in WEBHOOK_PRIVATE_CIDRS. Not public are
 * private, loopback, link-local and shared (CGNAT) addresses, those of metadata services, and whatever is reserved.
 */
export function isAllowedAddress(text: string, privateCidrs: readonly string[]): boolean {
  if (isIP(text) === 0) return false;
  const address = ipaddr.process(text); // an IPv4 address that is written as an IPv6 one counts as itself
  const isListed = privateCidrs.some((cidr) => {
    const [network, bits] = ipaddr.parseCIDR(cidr);
    return network.kind() === address.kind() && address.match(network, bits);
  });
  if (isListed) return true;
  if (address.range() !== "unicast" || address.toString() === metadataAddress) return false;
  return address.kind() === "ipv4" || address.match(globalIpv6);
}

/** Whether a URL has an address in place of a name, which no lookup is asked for, and webhooks may not be sent to it. */
export function isRefusedIp({ hostname }: URL, privateCidrs: readonly string[]): boolean {
  const address = hostname.replace(/[[\]]/g, ""); // around an IPv6 address
  return isIP(address) !== 0 && !isAllowedAddress(address, privateCidrs);
}

/** The address of a receiver is none that webhooks may be sent to. */
export class AddressRefusedError extends Error {
  override readonly name = "AddressRefusedError" as const;
  constructor() {
    super("the address of a webhook is not allowed");
  }
}

/** The addresses of a host name. */
export type Resolve = (hostname: string) => Promise<readonly { address: string; family: number }[]>;

/**
 * Resolves for a connection, and refuses a name with any address that is not allowed. The connection is made to what was checked
 * here: a name that answers otherwise the next time changes nothing.
 */
export const checkedLookup =
  (resolve: Resolve, isAllowed: (address: string) => boolean): LookupFunction =>
  (hostname, options, callback) => {
    resolve(hostname).then(
      (addresses) => {
        const [first] = addresses;
        if (!first || !addresses.every(({ address }) => isAllowed(address))) {
          callback(new AddressRefusedError(), "", 0);
        } else if (options.all) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, "", 0),
    );
  };

/** What Node says of a name that no name server knows, or where there is no name server. */
const unknownToServers = new Set<string | undefined>(["ENOTFOUND", "ENODATA", "ECONNREFUSED"]);

/**
 * Asks the name servers themselves: `dns.lookup` would occupy a thread of the pool in which passwords are hashed, for as long as
 * a hostile name server likes. Names that only the hosts file knows need it, and are asked for only where private networks are
 * allowed.
 */
export function systemResolve(
  privateCidrs: readonly string[],
  { Resolver, lookup }: Pick<typeof dns, "Resolver" | "lookup"> = dns,
): Resolve {
  return async (hostname) => {
    const resolver = new Resolver({ timeout: 3_000, tries: 2 });
    const [four, six] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    const addresses = [
      ...(four.status === "fulfilled" ? four.value.map((address) => ({ address, family: 4 })) : []),
      ...(six.status === "fulfilled" ? six.value.map((address) => ({ address, family: 6 })) : []),
    ];
    if (addresses.length > 0) return addresses;
    const reason: NodeJS.ErrnoException =
      four.status === "rejected" ? four.reason : new Error("the name has no address");
    if (privateCidrs.length > 0 && unknownToServers.has(reason.code)) return lookup(hostname, { all: true });
    throw reason;
  };
}
