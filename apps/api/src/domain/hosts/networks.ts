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
