import { Secret, TOTP } from "otpauth";
import { renderSVG } from "uqr";
import type { Settings } from "../../env.js";

// Codes of authenticator apps: RFC 6238 with what every app supports, which is SHA-1, 6 digits and 30 seconds.

const stepSeconds = 30;
const kind = { algorithm: "SHA1", digits: 6, period: stepSeconds } as const;

/** What an app needs: to be scanned, or typed where it cannot be. */
export interface TotpEnrolment {
  key: string;
  url: string;
  /** The QR code of `url`, as SVG. */
  qr: string;
}

/** A key of 160 random bits in base32, as RFC 4226 recommends. */
export const newTotpKey = (): string => new Secret({ size: 20 }).base32;

export function totpEnrolment(
  { publicUrl }: Pick<Settings, "publicUrl">,
  key: string,
  username: string,
): TotpEnrolment {
  const url = new TOTP({ ...kind, issuer: publicUrl.hostname, label: username, secret: key }).toString();
  return { key, url, qr: renderSVG(url) };
}

/**
 * The time step of a code: this one, or one step earlier or later, because clocks differ.
 *
 * @returns undefined if it is no code of this key now. A caller must refuse a step that is not after the last one used.
 */
export function stepOfCode(code: string, key: string, now: Date): number | undefined {
  const timestamp = now.getTime();
  const delta = new TOTP({ ...kind, secret: key }).validate({ token: code, timestamp, window: 1 });
  return delta === null ? undefined : Math.floor(timestamp / 1000 / stepSeconds) + delta;
}
