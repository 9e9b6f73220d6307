import { createHash, generateKeyPairSync } from "node:crypto";
import { caExtensions, type Names, serverExtensions, writeCertificate } from "./certificate.js";
import { LOCAL_ADDRESS, LOCAL_HOST, WECHAT_HOSTS } from "./hosts.js";

/** What a server needs to pass for WeChat on this machine, today. */
export interface ServerIdentity {
  /** PEM of the authority that clients must trust; it has no key any more. */
  authority: string;
  /** PEM. */
  certificate: string;
  /** PEM; stays in memory. */
  privateKey: string;
  /** SHA-256 of the server's public key (SPKI), base64: by it a browser takes this very certificate. */
  publicKeyHash: string;
}

const DAY_MS = 86_400_000;
/** Clients whose clock is a little behind must not find it from the future. */
const CLOCK_SLACK_MS = 3_600_000;

const names: Names = { dns: [...WECHAT_HOSTS, LOCAL_HOST], addresses: [LOCAL_ADDRESS] };

/**
 * Makes an authority, lets it sign one certificate and forgets its key: nobody can sign another with it, and it holds
 * for a day and for these names alone, so trusting it risks little.
 *
 * @param now unix milliseconds
 */
export function createServerIdentity(now: number): ServerIdentity {
  const authority = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const server = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const issued = {
    issuer: "wechat-simulator, a throw-away authority",
    issuerKey: authority.privateKey,
    issuerPublicKey: authority.publicKey,
    notBefore: now - CLOCK_SLACK_MS,
    notAfter: now + DAY_MS,
  };
  return {
    authority: writeCertificate({
      ...issued,
      subject: issued.issuer,
      publicKey: authority.publicKey,
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
