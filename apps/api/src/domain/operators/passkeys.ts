import { createHash } from "node:crypto";
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from "@simplewebauthn/server";
import type { Settings } from "../../env.js";
import type { Factor } from "./factors.js";

// WebAuthn as this system uses it: the browser's origin and the host of PUBLIC_URL, always with user verification.

/** Loaded with the first passkey: it is a quarter of all files of a start, and most systems never ask for one. */
const webauthn = () => import("@simplewebauthn/server");

type Site = Pick<Settings, "publicUrl">;

/** The database keeps counters in 31 bits; one beyond is no counter that an authenticator counts up to. */
const maxCounter = 2 ** 31 - 1;

/** What a browser needs to make a passkey; with a challenge of 256 random bits. */
export async function passkeyCreation(
  { publicUrl }: Site,
  operator: { id: string; username: string },
  existing: readonly Pick<Factor, "id">[],
) {
  const { generateRegistrationOptions } = await webauthn();
  return generateRegistrationOptions({
    rpName: publicUrl.hostname,
    rpID: publicUrl.hostname,
    userName: operator.username,
    // An authenticator shows no user id, but may give it to others: it is not the one of the database.
    userID: Uint8Array.from(createHash("sha256").update(operator.id).digest()),
    attestationType: "none",
    excludeCredentials: existing.map(({ id }) => ({ id })),
    authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
  });
}

export async function passkeyRequest({ publicUrl }: Site, passkeys: readonly Pick<Factor, "id">[]) {
  const { generateAuthenticationOptions } = await webauthn();
  return generateAuthenticationOptions({
    rpID: publicUrl.hostname,
    allowCredentials: passkeys.map(({ id }) => ({ id })),
    userVerification: "required",
  });
}

const expected = ({ publicUrl }: Site, challenge: string) => ({
  expectedChallenge: challenge,
  expectedOrigin: publicUrl.origin,
  expectedRPID: publicUrl.hostname,
  requireUserVerification: true,
});

/** @returns undefined if the answer is for another challenge, origin or host, or the user was not verified. */
export async function checkCreated(
  site: Site,
  challenge: string,
  response: unknown,
): Promise<{ id: string; key: string; counter: number } | undefined> {
  const { verifyRegistrationResponse } = await webauthn();
  const answer = await verifyRegistrationResponse({
    response: response as RegistrationResponseJSON,
    ...expected(site, challenge),
  }).catch(refused);
  if (!answer?.verified) return undefined;
  const { id, publicKey, counter } = answer.registrationInfo.credential;
  if (counter > maxCounter) return undefined;
  return { id, key: Buffer.from(publicKey).toString("base64url"), counter };
}

/**
 * Checks a signature with the public key of one passkey, and that its counter did not go back: 0 again and again is normal for
 * passkeys that several devices share.
 *
 * @returns the counter, or undefined if the signature is not to be trusted.
 */
export async function checkSigned(
  site: Site,
  challenge: string,
  response: unknown,
  { id, key, counter }: Factor,
): Promise<number | undefined> {
  const { verifyAuthenticationResponse } = await webauthn();
  const answer = await verifyAuthenticationResponse({
    response: response as AuthenticationResponseJSON,
    ...expected(site, challenge),
    credential: { id, publicKey: Uint8Array.from(Buffer.from(key, "base64url")), counter },
  }).catch(refused);
  if (!answer?.verified || answer.authenticationInfo.newCounter > maxCounter) return undefined;
  return answer.authenticationInfo.newCounter;
}

/** The library throws for what does not match, and for what is no answer of an authenticator at all. */
const refused = () => undefined;
