import { vi } from "vitest";

const bytes = (text: string) => new TextEncoder().encode(text).buffer;

/** What the console sends of a passkey that was made. */
export const madePasskey = {
  id: "a2V5LTE",
  rawId: "a2V5LTE",
  type: "public-key",
  clientExtensionResults: {},
  response: { attestationObject: "bWFkZQ", clientDataJSON: "Y2xpZW50" },
};

/** What the console sends of a passkey that signed. */
export const signedPasskey = {
  id: "a2V5LTE",
  rawId: "a2V5LTE",
  type: "public-key",
  clientExtensionResults: {},
  response: { authenticatorData: "ZGF0YQ", clientDataJSON: "Y2xpZW50", signature: "c2lnbmVk" },
};

const credential = (response: Record<string, unknown>) => ({
  ...{ id: "a2V5LTE", rawId: bytes("key-1"), type: "public-key", getClientExtensionResults: () => ({}) },
  response: { clientDataJSON: bytes("client"), ...response },
});

/** Gives the browser passkeys, which happy-dom lacks, until the test is over. */
export function browserPasskeys() {
  const create = vi.fn(async (_options: CredentialCreationOptions) =>
    credential({ attestationObject: bytes("made") }),
  );
  const get = vi.fn(async (_options: CredentialRequestOptions) =>
    credential({ authenticatorData: bytes("data"), signature: bytes("signed") }),
  );
  vi.stubGlobal("PublicKeyCredential", class {});
  Object.defineProperty(navigator, "credentials", { configurable: true, value: { create, get } });
  return { create, get };
}

/** The challenge that the browser was given in each call, as the server sent it. */
export const challengesOf = (calls: { publicKey?: { challenge: BufferSource } | undefined }[][]) =>
  calls.map(([options]) => Buffer.from(options?.publicKey?.challenge as ArrayBuffer).toString("base64url"));
