import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { TOTP } from "otpauth";

/** The code that an authenticator app with this key shows at this moment. */
export const codeAt = (key: string, now: Date): string =>
  new TOTP({ secret: key }).generate({ timestamp: now.getTime() });

export interface CreationOptions {
  challenge: string;
}

const sha256 = (data: string | Buffer) => createHash("sha256").update(data).digest();
const base64url = (data: Buffer) => data.toString("base64url");

/** What CBOR is needed for an attestation of the format `none` and a key on P-256. */
const bytes = (data: Buffer) =>
  Buffer.concat([
    data.length < 24
      ? Buffer.from([0x40 + data.length])
      : data.length < 256
        ? Buffer.from([0x58, data.length])
        : Buffer.from([0x59, data.length >> 8, data.length & 255]),
    data,
  ]);
const text = (data: string) => Buffer.concat([Buffer.from([0x60 + data.length]), Buffer.from(data)]);

interface Deviation {
  origin?: string;
  rpId?: string;
  isUserVerified?: boolean;
  challenge?: string;
  counter?: number;
}

/** An authenticator of WebAuthn in memory, with one key, which a test can let do what a browser would not. */
export class SoftwareAuthenticator {
  readonly id = base64url(randomBytes(32));
  readonly #keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  counter = 0;

  constructor(private readonly url: string) {}

  /** In COSE, as it is stored. */
  get publicKey(): string {
    return base64url(this.#cose());
  }

  #cose(): Buffer {
    const jwk = this.#keys.publicKey.export({ format: "jwk" });
    const [x, y] = [Buffer.from(jwk.x ?? "", "base64url"), Buffer.from(jwk.y ?? "", "base64url")];
    // {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y}
    return Buffer.concat([
      Buffer.from([0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21]),
      bytes(x),
      Buffer.from([0x22]),
      bytes(y),
    ]);
  }

  create({ challenge }: CreationOptions, deviation: Deviation = {}) {
    const cose = this.#cose();
    const rawId = Buffer.from(this.id, "base64url");
    const credential = Buffer.concat([Buffer.alloc(16), Buffer.from([0, rawId.length]), rawId, cose]);
    const authData = Buffer.concat([this.#authenticatorData(deviation, 0x40), credential]);
    const attestation = Buffer.concat([
      Buffer.from([0xa3]),
      ...[text("fmt"), text("none"), text("attStmt"), Buffer.from([0xa0]), text("authData"), bytes(authData)],
    ]);
    const clientDataJSON = base64url(this.#clientData("webauthn.create", challenge, deviation));
    return this.#answer({ clientDataJSON, attestationObject: base64url(attestation) });
  }

  get({ challenge }: CreationOptions, deviation: Deviation = {}) {
    const authData = this.#authenticatorData(deviation, 0);
    const clientData = this.#clientData("webauthn.get", challenge, deviation);
    const signature = sign("sha256", Buffer.concat([authData, sha256(clientData)]), this.#keys.privateKey);
    return this.#answer({
      clientDataJSON: base64url(clientData),
      authenticatorData: base64url(authData),
      signature: base64url(signature),
    });
  }

  #answer(response: Record<string, string>) {
    return { id: this.id, rawId: this.id, type: "public-key", clientExtensionResults: {}, response };
  }

  #clientData(type: string, challenge: string, deviation: Deviation): Buffer {
    const { origin = this.url } = deviation;
    return Buffer.from(JSON.stringify({ type, challenge: deviation.challenge ?? challenge, origin }));
  }

  #authenticatorData(deviation: Deviation, flags: number): Buffer {
    const { rpId = "localhost", isUserVerified = true, counter = this.counter } = deviation;
    const head = Buffer.alloc(5);
    head[0] = flags | 1 | (isUserVerified ? 4 : 0);
    head.writeUInt32BE(counter, 1);
    return Buffer.concat([sha256(rpId), head]);
  }
}
