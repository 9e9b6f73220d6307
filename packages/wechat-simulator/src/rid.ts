/** Eight lower-case hex digits, from a number below 2^32. */
function hex8(number: number): string {
  return number.toString(16).padStart(8, "0");
}

/**
 * The request id at the end of an errmsg: three groups of eight hex digits. The first is the request's time in unix
 * seconds; the other two are opaque.
 */
export function createRid(unixSeconds: number): string {
  const opaque = () => hex8(Math.floor(Math.random() * 0x1_0000_0000));
  return `${hex8(unixSeconds)}-${opaque()}-${opaque()}`;
}
