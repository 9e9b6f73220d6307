import { createHash, createPublicKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { caExtensions, serverExtensions, writeCertificate } from "../src/tls/certificate.js";
import { integer, oid, time } from "../src/tls/der.js";
import { createServerIdentity } from "../src/tls/ephemeral-ca.js";

const NOW = Date.UTC(2026, 4, 17, 12, 0, 0);
const HOUR_MS = 3_600_000;
const ECDSA_WITH_SHA256 = "300a06082a8648ce3d040302";

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

  it("has its own subject, the CA's name as its issuer, and the hash of its key for a browser", () => {
    const ca = "CN=wechat-simulator, ephemeral CA";
    const names = (one: X509Certificate) =>
      [one.subject, one.issuer].map((name) => name.replace(/\\,|"/g, (c) => (c === '"' ? "" : ",")));
    expect(names(issuer)).toEqual([ca, ca]);
    expect(names(certificate)).toEqual(["CN=wechat-simulator", ca]);
    const key = certificate.publicKey.export({ type: "spki", format: "der" });
    expect(identity.publicKeyHash).toBe(createHash("sha256").update(key).digest("base64"));
    expect(createPublicKey(identity.privateKey).equals(certificate.publicKey)).toBe(true);
  });

  it("has no field but those of its kind, byte for byte", () => {
    /** The bytes between the serial number and the signature, with names for keys and their identifiers. */
    const fieldsOf = ({ raw, serialNumber }: X509Certificate) => {
      const hex = raw.toString("hex");
      const rest = hex.slice(hex.indexOf(serialNumber.toLowerCase()) + serialNumber.length);
      const named = [issuer, certificate].reduce((text, { publicKey }, index) => {
        const spki = publicKey.export({ type: "spki", format: "der" });
        const id = createHash("sha1").update(spki).digest("hex");
        return text.replaceAll(spki.toString("hex"), ` key-${index} `).replaceAll(id, ` id-${index} `);
      }, rest);
      return named.slice(0, named.lastIndexOf(ECDSA_WITH_SHA256) + ECDSA_WITH_SHA256.length);
    };
    expect(fieldsOf(issuer)).toMatchInlineSnapshot(
      `"300a06082a8648ce3d04030230293127302506035504030c1e7765636861742d73696d756c61746f722c20657068656d6572616c204341301e170d3236303531373131303030305a170d3236303531383132303030305a30293127302506035504030c1e7765636861742d73696d756c61746f722c20657068656d6572616c204341 key-0 a381bb3081b830120603551d130101ff040830060101ff020100300e0603551d0f0101ff04040302020430520603551d1e0101ff04483046a044301382116170692e77656978696e2e71712e636f6d301482126f70656e2e77656978696e2e71712e636f6d300b82096c6f63616c686f7374300a87087f000001ffffffff301d0603551d0e04160414 id-0 301f0603551d23041830168014 id-0 300a06082a8648ce3d040302"`,
    );
    expect(fieldsOf(certificate)).toMatchInlineSnapshot(
      `"300a06082a8648ce3d04030230293127302506035504030c1e7765636861742d73696d756c61746f722c20657068656d6572616c204341301e170d3236303531373131303030305a170d3236303531383132303030305a301b3119301706035504030c107765636861742d73696d756c61746f72 key-1 a381b93081b6300c0603551d130101ff04023000300e0603551d0f0101ff04040302078030130603551d25040c300a06082b0601050507030130410603551d11043a303882116170692e77656978696e2e71712e636f6d82126f70656e2e77656978696e2e71712e636f6d82096c6f63616c686f737487047f000001301d0603551d0e04160414 id-1 301f0603551d23041830168014 id-0 300a06082a8648ce3d040302"`,
    );
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
