import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hash,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from "node:crypto";

interface Key {
  id: string;
  encryption: Buffer;
  session: Buffer;
  ticket: Buffer;
  cursor: Buffer;
  pseudonym: Buffer;
  audit: Buffer;
}

/**
 * The server's secret keys, newest first. The newest one encrypts and signs, all of them decrypt and verify: a key can be
 * added in front, and an old one removed later, without signing anyone out.
 */
export class KeyRing {
  readonly #keys: readonly [Key, ...Key[]];

  constructor(secretKeys: readonly string[]) {
    const [newest, ...older] = secretKeys.map(deriveKey);
    if (!newest) throw new RangeError("A key ring needs at least one key.");
    this.#keys = [newest, ...older];
  }

  /** The ids of the keys, newest first: they say which key is meant, and nothing about it. */
  get ids(): [string, ...string[]] {
    const [newest, ...older] = this.#keys;
    return [newest.id, ...older.map(({ id }) => id)];
  }

  /** AES-256-GCM. `row` names the row and column of the text: in any other row it cannot be decrypted. */
  encrypt(text: string, row: string): string {
    const [key] = this.#keys;
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", key.encryption, nonce).setAAD(Buffer.from(row));
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return `${key.id}.${nonce.toString("base64url")}.${sealed.toString("base64url")}`;
  }

  /** @returns undefined if the text is damaged, from another row, or encrypted under a key that was removed. */
  decrypt(encrypted: string, row: string): string | undefined {
    const [id, nonce, body] = encrypted.split(".");
    const key = this.#keys.find((candidate) => candidate.id === id);
    if (!key || !nonce || !body) return undefined;
    const sealed = Buffer.from(body, "base64url");
    if (sealed.length < 16) return undefined;
    try {
      const opener = createDecipheriv("aes-256-gcm", key.encryption, Buffer.from(nonce, "base64url"))
        .setAAD(Buffer.from(row))
        .setAuthTag(sealed.subarray(-16));
      return Buffer.concat([opener.update(sealed.subarray(0, -16)), opener.final()]).toString("utf8");
    } catch {
      return undefined; // The tag did not match: a damaged token counts as absent.
    }
  }

  /**
   * The session secret that an authorization request of one browser ends in, newest key first. Derived instead of
   * random, so that a repeated callback can set the same cookie although the database holds only its hash.
   */
  sessionSecrets(stateHash: string, browserSecret: string): [string, ...string[]] {
    const derive = (key: Key) =>
      createHmac("sha256", key.session).update(`${stateHash}.${browserSecret}`).digest("base64url");
    const [newest, ...older] = this.#keys;
    return [derive(newest), ...older.map(derive)];
  }

  /**
   * The ticket with which a browser returns to a host application. Derived like the session secret, and for the same reason: a
   * repeated callback leads back with the same one.
   *
   * @param origin what the ticket is made for: the hash of a state, or the sign-in that goes on after a question.
   */
  ticket(origin: string, browserSecret: string): string {
    return createHmac("sha256", this.#keys[0].ticket)
      .update(`${origin}.${browserSecret}`)
      .digest("base64url");
  }

  /**
   * What stands for a personal text in rows that outlive the person: alike for the same text, and useless without the key.
   * Newest key first: a stored one may be of an older key.
   */
  pseudonyms(...parts: [kind: string, ...text: string[]]): [string, ...string[]] {
    const derive = (key: Key) => `erased-${keyedHash(key.pseudonym, parts).slice(0, 22)}`;
    const [newest, ...older] = this.#keys;
    return [derive(newest), ...older.map(derive)];
  }

  /** A seal over these values: `<key id>.<hash>`. The database alone is not enough to make one. */
  seal(...values: readonly unknown[]): string {
    const [key] = this.#keys;
    return `${key.id}.${keyedHash(key.audit, values)}`;
  }

  /** @returns `unknown key` if it was made with a key that is no longer in the ring. */
  checkSeal(seal: string, ...values: readonly unknown[]): "valid" | "wrong" | "unknown key" {
    const [id, mac = ""] = seal.split(".");
    const key = this.#keys.find((candidate) => candidate.id === id);
    if (!key) return "unknown key";
    const [given, expected] = [Buffer.from(mac), Buffer.from(keyedHash(key.audit, values))];
    return given.length === expected.length && timingSafeEqual(given, expected) ? "valid" : "wrong";
  }

  signCursor(payload: string): string {
    return cursorMac(this.#keys[0], payload).toString("base64url");
  }

  isCursorSignature(payload: string, signature: string): boolean {
    const given = Buffer.from(signature, "base64url");
    return this.#keys.some((key) => {
      const expected = cursorMac(key, payload);
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
  }
}

/** As a JSON list, so that no two lists of values read alike. */
const keyedHash = (key: Buffer, values: readonly unknown[]): string =>
  createHmac("sha256", key).update(JSON.stringify(values)).digest("base64url");

const cursorMac = (key: Key, payload: string) =>
  createHmac("sha256", key.cursor).update(payload).digest().subarray(0, 12);

function deriveKey(secretKey: string): Key {
  const derive = (purpose: string) => Buffer.from(hkdfSync("sha256", secretKey, "wechat-login", purpose, 32));
  return {
    id: derive("key id").toString("hex").slice(0, 8),
    encryption: derive("encryption at rest"),
    session: derive("session secret"),
    ticket: derive("return ticket"),
    cursor: derive("page cursor"),
    pseudonym: derive("pseudonyms of erased people"),
    audit: derive("audit seal"),
  };
}

/** 256 random bits in 43 URL-safe characters: browser secrets, operator sessions, one-time links. */
export const newSecret = (): string => randomBytes(32).toString("base64url");

export const isSecret = (text: string | undefined): text is string => /^[A-Za-z0-9_-]{43}$/.test(text ?? "");

/** What the database stores of a secret. Enough for 256 random bits; passwords are hashed by scrypt instead. */
export const hashSecret = (secret: string): string => hash("sha256", secret, "base64url");
