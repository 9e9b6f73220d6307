import ipaddr from "ipaddr.js";

export type IpAddress = ipaddr.IPv4 | ipaddr.IPv6;

/**
 * An address in any spelling: IPv6 in capitals or uncompressed, IPv4 written as IPv6. Its `toString()` is how addresses are
 * stored and compared.
 */
export const parseIpAddress = (text: string): IpAddress | undefined =>
  ipaddr.isValid(text) ? ipaddr.process(text) : undefined;
