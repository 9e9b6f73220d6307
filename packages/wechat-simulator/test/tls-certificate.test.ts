import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { caExtensions, serverExtensions, writeCertificate } from "../src/tls/certificate.js";
import { integer, oid, time } from "../src/tls/der.js";
import { createServerIdentity } from "../src/tls/ephemeral-ca.js";

const NOW = Date.UTC(2026, 4, 17, 12, 0, 0);
const HOUR_MS = 3_600_000;

describe("the server certificate", () => {
  const identity = createServerIdentity(NOW);
  const issuer = new X509Certificate(identity.caCertificate);
  const certificate = new X509Certificate(identity.certificate);

  it("is valid only for WeChat's two names, localhost and 127.0.0.1", () => {
    for (const host of ["api.weixin.qq.com", "open.weixin.qq.com", "localhost"]) {
      expect(certificate.checkHost(host), host).toBe(host);
    }
    expect(certificate.checkIP("127.0.0.1")).toBe("127.0.0.1");
    for (const host of ["mp.weixin.qq.com", "weixin.qq.com", "x.api.weixin.qq.com"]) {
      expect(certificate.checkHost(host), host).toBeUndefined();
    }
  });

  it("is signed by the CA, and both are valid for a day", () => {
    expect(certificate.checkIssued(issuer)).toBe(true);
    expect(certificate.verify(issuer.publicKey)).toBe(true);
    expect([issuer.ca, certificate.ca]).toEqual([true, false]);
    for (const { validFrom, validTo } of [issuer, certificate]) {
      expect(Date.parse(validFrom)).toBe(NOW - HOUR_MS);
      expect(Date.parse(validTo)).toBe(NOW + 24 * HOUR_MS);
    }
  });

  it("is different each time, as is the CA", () => {
    const other = createServerIdentity(NOW);
    expect(new X509Certificate(other.certificate).verify(issuer.publicKey)).toBe(false);
    expect(new X509Certificate(other.caCertificate).serialNumber).not.toBe(issuer.serialNumber);
  });
});

describe("the CA's name constraint", () => {
  const closing: (() => void)[] = [];
  afterEach(() => {
    for (const close of closing.splice(0)) close();
  });

  /** The result of a client that connects to a server `name` whose certificate a CA limited to `permitted` has signed. */
  async function connectTo(name: string, permitted: string): Promise<string> {
    const issuer = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const server = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const now = Date.now();
    const issued = {
      issuer: "issuer",
      issuerKey: issuer.privateKey,
      issuerPublicKey: issuer.publicKey,
      notBefore: now - HOUR_MS,
      notAfter: now + HOUR_MS,
    };
    const ca = writeCertificate({
      ...issued,
      subject: "issuer",
      publicKey: issuer.publicKey,
      extensions: caExtensions({ dns: [permitted], addresses: [] }),
    });
    const cert = writeCertificate({
      ...issued,
      subject: "server",
      publicKey: server.publicKey,
      extensions: serverExtensions({ dns: [name], addresses: [] }),
    });
    const key = server.privateKey.export({ type: "pkcs8", format: "pem" });
    const listening = createServer({ key, cert }).listen(0, "127.0.0.1");
    listening.on("tlsClientError", () => undefined); // the client disconnects on purpose
    closing.push(() => listening.close());
    await once(listening, "listening");
    const { port } = listening.address() as AddressInfo;
    const socket = connect({ host: "127.0.0.1", port, servername: name, ca });
    closing.push(() => socket.destroy());
    return new Promise((resolve) => {
      socket.once("secureConnect", () => resolve("trusted"));
      socket.once("error", ({ message }) => resolve(message));
    });
  }

  it("prevents certificates for other names even with the CA's key", async () => {
    expect(await connectTo("api.weixin.qq.com", "api.weixin.qq.com")).toBe("trusted");
    expect(await connectTo("bank.example", "api.weixin.qq.com")).toBe("permitted subtree violation");
  });
});

describe("the DER encoding", () => {
  it("writes integers in their shortest form and not as negative numbers", () => {
    expect(integer(Buffer.from([0, 0, 2]))).toEqual(Buffer.from([2, 1, 2]));
    expect(integer(Buffer.from([0x80]))).toEqual(Buffer.from([2, 2, 0, 0x80]));
    expect(integer(Buffer.from([0]))).toEqual(Buffer.from([2, 1, 0]));
  });

  it("writes object identifiers with parts above 127", () => {
    expect(oid("1.2.840.10045.4.3.2").toString("hex")).toBe("06082a8648ce3d040302");
  });

  it("writes years with two digits up to 2049 and with four after that", () => {
    expect(time(Date.UTC(2049, 11, 31, 23, 59, 59)).toString("latin1")).toBe("\x17\x0d491231235959Z");
    expect(time(Date.UTC(2050, 0, 1)).toString("latin1")).toBe("\x18\x0f20500101000000Z");
  });
});
