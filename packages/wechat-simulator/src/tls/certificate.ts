import { createHash, type KeyObject, randomBytes, sign } from "node:crypto";
import { bits, explicit, implicit, integer, octets, oid, sequence, set, TRUE, time, utf8 } from "./der.js";

/** The variable fields of a certificate (RFC 5280). */
export interface CertificateOptions {
  subject: string;
  publicKey: KeyObject;
  issuer: string;
  /** An EC key; it signs with SHA-256. */
  issuerKey: KeyObject;
  issuerPublicKey: KeyObject;
  /** Unix milliseconds. */
  notBefore: number;
  /** Unix milliseconds. */
  notAfter: number;
  extensions: readonly Buffer[];
}

/** General names (RFC 5280) in a certificate or a name constraint. */
export interface Names {
  dns: readonly string[];
  /** IPv4 in dotted form. */
  addresses: readonly string[];
}

/** Writes and signs an X.509 v3 certificate. @returns PEM */
export function writeCertificate(options: CertificateOptions): string {
  const algorithm = sequence(oid("1.2.840.10045.4.3.2")); // ecdsa-with-SHA256
  const content = sequence(
    explicit(0, integer(Buffer.from([2]))), // v3
    integer(randomBytes(16)),
    algorithm,
    commonName(options.issuer),
    sequence(time(options.notBefore), time(options.notAfter)),
    commonName(options.subject),
    spki(options.publicKey),
    explicit(
      3,
      sequence(
        ...options.extensions,
        extension("2.5.29.14", octets(keyId(options.publicKey))),
        extension("2.5.29.35", sequence(implicit(0, keyId(options.issuerPublicKey)))),
      ),
    ),
  );
  const der = sequence(content, algorithm, bits(sign("sha256", content, options.issuerKey)));
  const base64 = der.toString("base64").replace(/.{64}(?!$)/g, "$&\n");
  return `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
}

/** A CA that may sign server certificates only. */
export function caExtensions(permitted: Names): Buffer[] {
  const addresses = permitted.addresses.map((address) =>
    Buffer.concat([ipv4(address), ipv4("255.255.255.255")]),
  );
  const subtrees = generalNames(permitted.dns, addresses).map((name) => sequence(name));
  return [
    extension("2.5.29.19", sequence(TRUE, integer(Buffer.from([0]))), "critical"), // no subordinate CA
    extension("2.5.29.15", bits(Buffer.from([0x04]), 2), "critical"), // keyCertSign
    extension("2.5.29.30", sequence(implicit(0, Buffer.concat(subtrees), true)), "critical"), // only for these names
  ];
}

/** A server with these names. */
export function serverExtensions({ dns, addresses }: Names): Buffer[] {
  return [
    extension("2.5.29.19", sequence(), "critical"),
    extension("2.5.29.15", bits(Buffer.from([0x80]), 7), "critical"), // digitalSignature
    extension("2.5.29.37", sequence(oid("1.3.6.1.5.5.7.3.1"))), // serverAuth
    extension("2.5.29.17", sequence(...generalNames(dns, addresses.map(ipv4)))),
  ];
}

function extension(id: string, value: Buffer, critical?: "critical"): Buffer {
  return sequence(oid(id), ...(critical ? [TRUE] : []), octets(value));
}

function generalNames(dns: readonly string[], addresses: readonly Buffer[]): Buffer[] {
  return [
    ...dns.map((name) => implicit(2, Buffer.from(name))),
    ...addresses.map((address) => implicit(7, address)),
  ];
}

const ipv4 = (dotted: string): Buffer => Buffer.from(dotted.split(".").map(Number));
const commonName = (name: string): Buffer => sequence(set(sequence(oid("2.5.4.3"), utf8(name))));
const spki = (key: KeyObject): Buffer => key.export({ type: "spki", format: "der" });
/** Any identifier works if both certificates use the same. */
const keyId = (key: KeyObject): Buffer => createHash("sha1").update(spki(key)).digest();
