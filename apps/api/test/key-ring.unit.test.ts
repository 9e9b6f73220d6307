import { describe, expect, it } from "vitest";
import { hashSecret, isSecret, KeyRing, newSecret } from "../src/domain/key-ring.js";

const [oldKey, newKey] = ["k3y-for-tests-Zp7Qw2Lm9Xc4Vb6Nn8Rt1", "n3w-k3y-for-tests-Hq8Ty1Uz6Ox5Wc2Ra4"];
const [old, rotated, renewed] = [new KeyRing([oldKey]), new KeyRing([newKey, oldKey]), new KeyRing([newKey])];
const row = "user_tokens.access_token:01ARZ3NDEKTSV4RRFFQ69G5FAV";

/** Made by earlier versions: what is stored, and what browsers hold, has to stay valid in every later one. */
const made = {
  encrypted: "90bb0caa.-fPyw-jL9l-eUIPi.Qn3zmbkMf2qjvNMkGxgjuOB72CGP10g",
  sessionSecret: "qheG-sADfTRfkLdQDIWliGNCfqr6MS0FvKeJRF5wlS8",
  cursorSignature: "Ze-9PMUJ40rThUa2",
  hash: "mEylFiIAc0xZIUjxggtxBX8JhXPROGZrSGY-TjDNjTo",
  pseudonym: "erased-vj-63KfSl10gPfZZjk1NYD",
  seal: "90bb0caa.uskkPNeCKw_6hg-TGkNIyHOtdUdIBSJ_E37sI7oxUb8",
  ticket: "jWK0nzLf2NdYQOwpI5w0QLbY5hQ328fONNRnLgVFe6E",
};

describe("the key ring", () => {
  it("reads what earlier versions made with the same key", () => {
    expect({
      ...made,
      encrypted: old.decrypt(made.encrypted, row),
      sessionSecret: old.sessionSecrets("a-state-hash", "a-browser-secret"),
      cursorSignature: old.signCursor("a payload"),
      hash: hashSecret("a secret"),
      pseudonym: old.pseudonyms("openid", "wx1", "oAlice"),
      seal: old.seal(1, "a", null),
      ticket: old.ticket("an-origin", "a-browser-secret"),
    }).toEqual({
      ...{ ...made, encrypted: "a token", sessionSecret: [made.sessionSecret], pseudonym: [made.pseudonym] },
    });
  });

  it("uses the newest key for what it makes, and every key for what it reads [T67]", () => {
    expect(rotated.decrypt(made.encrypted, row)).toBe("a token");
    const encrypted = rotated.encrypt("a token", row);
    expect([renewed.decrypt(encrypted, row), old.decrypt(encrypted, row)]).toEqual(["a token", undefined]);

    const [ofNew] = renewed.sessionSecrets("a-state-hash", "a-browser-secret");
    expect(ofNew).not.toBe(made.sessionSecret);
    expect(rotated.sessionSecrets("a-state-hash", "a-browser-secret")).toEqual([ofNew, made.sessionSecret]);

    expect(rotated.signCursor("a payload")).toBe(renewed.signCursor("a payload"));
    for (const [ring, isAccepted] of [
      [old, true],
      [rotated, true],
      [renewed, false],
    ] as const) {
      expect(ring.isCursorSignature("a payload", made.cursorSignature)).toBe(isAccepted);
      expect(ring.isCursorSignature("another payload", made.cursorSignature)).toBe(false);
      expect(ring.isCursorSignature("a payload", made.cursorSignature.slice(0, -2))).toBe(false);
    }
  });

  it("derives another session secret for another state and for another browser", () => {
    const secrets = [
      ["state", "browser"],
      ["state2", "browser"],
      ["state", "browser2"],
      ["browser", "state"],
    ].map(([state = "", browser = ""]) => old.sessionSecrets(state, browser)[0]);
    expect(new Set(secrets).size).toBe(4);
    expect(secrets.every(isSecret)).toBe(true);
  });

  it("reads nothing of a text that is damaged, and an empty one as it is", () => {
    const text = "a token 林";
    const [id = "", nonce = "", body = ""] = old.encrypt(text, row).split(".");
    expect(old.decrypt([id, nonce, body].join("."), row)).toBe(text);
    const damaged = ["", id, `${id}.${nonce}`, `${id}..${body}`, `${id}.${nonce}.`, `0.${nonce}.${body}`];
    damaged.push(`${id}.${nonce}.${body.slice(0, -1)}`, `${id}.${body}.${nonce}`);
    expect(damaged.map((one) => old.decrypt(one, row))).toEqual(damaged.map(() => undefined));

    // AES-GCM takes a part of a tag, which is easier to guess than the whole.
    const empty = old.encrypt("", row);
    expect(old.decrypt(empty, row)).toBe("");
    const [, , tag = ""] = empty.split(".");
    for (const bytes of [4, 8, 12, 15]) {
      const part = Buffer.from(tag, "base64url").subarray(0, bytes).toString("base64url");
      expect(old.decrypt(empty.replace(tag, part), row), `${bytes} bytes`).toBeUndefined();
    }
  });

  it("names its keys, newest first", () => {
    expect(rotated.ids).toEqual([...renewed.ids, ...old.ids]);
    expect(old.ids).toEqual(["90bb0caa"]);
  });

  it("tells a wrong seal from one of a key that it has not", () => {
    const [id] = made.seal.split(".");
    expect([
      ...["", ".", "0badf00d.", `0badf00d.${made.seal.slice(9)}`].map((seal) =>
        old.checkSeal(seal, 1, "a", null),
      ),
      renewed.checkSeal(made.seal, 1, "a", null),
    ]).toEqual(Array(5).fill("unknown key"));
    expect(
      [`${id}`, `${id}.`, `${id}.x`, made.seal.slice(0, -1)].map((seal) => old.checkSeal(seal, 1, "a", null)),
    ).toEqual(Array(4).fill("wrong"));
    expect(old.checkSeal(made.seal, 1, "b", null)).toBe("wrong");
    expect(rotated.checkSeal(made.seal, 1, "a", null)).toBe("valid");
  });

  it("has at least one key", () => {
    expect(() => new KeyRing([])).toThrow(new RangeError("A key ring needs at least one key."));
  });
});

describe("a secret", () => {
  it("has 43 URL-safe characters, a new one each time [T22]", () => {
    const secrets = Array.from({ length: 100 }, newSecret);
    expect([new Set(secrets).size, secrets.every(isSecret)]).toEqual([100, true]);
    const [secret = ""] = secrets;
    for (const text of [undefined, "", secret.slice(1), `${secret}x`, `${secret.slice(1)}+`, `${secret}\n`]) {
      expect(isSecret(text), text).toBe(false);
    }
  });
});
