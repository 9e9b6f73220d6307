// DER, the binary encoding of ASN.1 (ITU-T X.690), limited to what a certificate needs. Node can sign but not write
// certificates. @peculiar/x509 2.2 can, but takes several times as long to load as `tls` needs to start, and patches the
// global Reflect of the process that imports it.

/** Tag, length, content. */
export function element(tag: number, ...content: Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag]), lengthOf(body.length), body]);
}

export const sequence = (...items: Uint8Array[]): Buffer => element(0x30, ...items);
export const set = (...items: Uint8Array[]): Buffer => element(0x31, ...items);
export const octets = (bytes: Uint8Array): Buffer => element(0x04, bytes);
export const utf8 = (text: string): Buffer => element(0x0c, Buffer.from(text));
export const TRUE: Buffer = element(0x01, Buffer.from([0xff]));

/** A non-negative integer, big-endian, in the shortest form; a leading zero if the first bit is set. */
export function integer(bytes: Uint8Array): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  const shortest = start === -1 ? Buffer.from([0]) : Buffer.from(bytes.subarray(start));
  const looksNegative = ((shortest[0] ?? 0) & 0x80) !== 0;
  return element(0x02, ...(looksNegative ? [Buffer.from([0])] : []), shortest);
}

/** Bytes, or bits of which the last `unused` are ignored. */
export function bits(bytes: Uint8Array, unused = 0): Buffer {
  return element(0x03, Buffer.from([unused]), bytes);
}

/** `[number]` around whole elements. */
export const explicit = (number: number, content: Uint8Array): Buffer => element(0xa0 | number, content);

/** `[number]` replaces the element's tag; `constructed` if the content consists of elements. */
export function implicit(number: number, content: Uint8Array, constructed = false): Buffer {
  return element((constructed ? 0xa0 : 0x80) | number, content);
}

/** An object identifier such as `2.5.29.17`. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return element(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** UTCTime up to 2049 and GeneralizedTime from 2050 on, as RFC 5280 wants it; whole seconds. */
export function time(unixMs: number): Buffer {
  const date = new Date(unixMs);
  const text = `${date.toISOString().replace(/[-:T]/g, "").slice(0, 14)}Z`;
  return date.getUTCFullYear() < 2050
    ? element(0x17, Buffer.from(text.slice(2)))
    : element(0x18, Buffer.from(text));
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest >>= 8) bytes.unshift(rest & 0xff);
  return Buffer.from([0x80 | bytes.length, ...bytes]);
}

/** Seven bits a byte; all but the last have the highest bit set. */
function base128(number: number): number[] {
  const bytes = [number & 0x7f];
  for (let rest = number >> 7; rest > 0; rest >>= 7) bytes.unshift((rest & 0x7f) | 0x80);
  return bytes;
}
