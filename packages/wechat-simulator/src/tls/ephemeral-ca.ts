import { createHash, generateKeyPairSync } from "node:crypto";
import { caExtensions, type Names, serverExtensions, writeCertificate } from "./certificate.js";
import { LOCAL_ADDRESS, LOCAL_HOST, WECHAT_HOSTS } from "./hosts.js";

/** A certificate for WeChat's names on this machine, valid for a day. */
export interface ServerIdentity {
  /** PEM of the CA that clients must trust; its key was discarded. */
  caCertificate: string;
  /** PEM. */
  certificate: string;
  /** PEM; stays in memory. */
  privateKey: string;
  /** SHA-256 of the server's public key (SPKI), base64: a browser accepts the certificate by it. */
  publicKeyHash: string;
}

const DAY_MS = 86_400_000;
/** Accepts clients whose clock is behind. */
const CLOCK_SLACK_MS = 3_600_000;

const names: Names = { dns: [...WECHAT_HOSTS, LOCAL_HOST], addresses: [LOCAL_ADDRESS] };

/**
 * Creates a CA, signs one certificate with it and discards the CA's key, so that no other certificate can be signed. The
 * CA is limited to a day and to these names, so trusting it risks little.
 *
 * @param now unix milliseconds
 */
export function createServerIdentity(now: number): ServerIdentity {
  const ca = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const server = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const issued = {
    issuer: "wechat-simulator, ephemeral CA",
    issuerKey: ca.privateKey,
    issuerPublicKey: ca.publicKey,
    notBefore: now - CLOCK_SLACK_MS,
    notAfter: now + DAY_MS,
  };
  return {
    caCertificate: writeCertificate({
      ...issued,
      subject: issued.issuer,
      publicKey: ca.publicKey,
      extensions: caExtensions(names),
    }),
    certificate: writeCertificate({
      ...issued,
      subject: "wechat-simulator",
      publicKey: server.publicKey,
      extensions: serverExtensions(names),
    }),
    privateKey: String(server.privateKey.export({ type: "pkcs8", format: "pem" })),
    publicKeyHash: createHash("sha256")
      .update(server.publicKey.export({ type: "spki", format: "der" }))
      .digest("base64"),
  };
}
