import { onTestFinished, vi } from "vitest";

const bytes = (text: string) => new TextEncoder().encode(text).buffer;
const textOf = (buffer: BufferSource) => Buffer.from(buffer as ArrayBuffer).toString("base64url");

const passkey = { id: "a2V5LTE", rawId: "a2V5LTE", type: "public-key", clientExtensionResults: {} };

/** What the console sends of a passkey that was made. */
export const madePasskey = {
  ...passkey,
  response: { attestationObject: "bWFkZQ", clientDataJSON: "Y2xpZW50" },
};

/** What the console sends of a passkey that signed. */
export const signedPasskey = {
  ...passkey,
  response: { authenticatorData: "ZGF0YQ", clientDataJSON: "Y2xpZW50", signature: "c2lnbmVk" },
};

const credential = (response: Record<string, unknown>) => ({
  ...{ id: passkey.id, rawId: bytes("key-1"), type: passkey.type, getClientExtensionResults: () => ({}) },
  response: { clientDataJSON: bytes("client"), ...response },
});

/**
 * Gives the browser passkeys, which happy-dom lacks, until the test is over.
 *
 * @returns the two questions, and all that they were asked, as the server sent it
 */
export function browserPasskeys() {
  const asked: object[] = [];
  const create = vi.fn(async ({ publicKey }: CredentialCreationOptions) => {
    if (publicKey) {
      const { challenge, user, ...others } = publicKey;
      asked.push({ ...others, challenge: textOf(challenge), user: { ...user, id: textOf(user.id) } });
    }
    return credential({ attestationObject: bytes("made") });
  });
  const get = vi.fn(async ({ publicKey }: CredentialRequestOptions) => {
    if (publicKey) asked.push({ ...publicKey, challenge: textOf(publicKey.challenge) });
    return credential({ authenticatorData: bytes("data"), signature: bytes("signed") });
  });
  vi.stubGlobal("PublicKeyCredential", class {});
  Object.defineProperty(navigator, "credentials", { configurable: true, value: { create, get } });
  onTestFinished(() => void Reflect.deleteProperty(navigator, "credentials"));
  return { create, get, asked };
}
