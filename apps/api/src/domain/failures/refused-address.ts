/**
 * Our address as WeChat saw it, out of the errmsg of a 40164: "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in
 * whitelist". WeChat's allow-list takes the first form.
 */
export const refusedAddress = (errmsg: string): string | null =>
  /\binvalid ip ([\d.]+|[\da-f:]+)/i.exec(errmsg)?.[1] ?? null;
