import { browserSupportsWebAuthn, startAuthentication, startRegistration } from "@simplewebauthn/browser";
import { PasskeyError } from "./passkey-error.js";

// The browser's own questions about passkeys. Not imported by the frame of the console: only two pages load the library.

type Creation = Parameters<typeof startRegistration>[0]["optionsJSON"];
type Request = Parameters<typeof startAuthentication>[0]["optionsJSON"];

/** The library's own options as tRPC types them: it takes buffers for what JSON makes of them, and our api sends none. */
type Sent<Options> = { [Key in keyof Options]: Key extends "extensions" ? unknown : Options[Key] };

/** @throws {PasskeyError} */
export const makePasskey = (options: Sent<Creation>) =>
  ask(() => startRegistration({ optionsJSON: options as Creation }));

/** @throws {PasskeyError} */
export const signWithPasskey = (options: Sent<Request>) =>
  ask(() => startAuthentication({ optionsJSON: options as Request }));

async function ask<Answer extends object>(question: () => Promise<Answer>): Promise<Answer> {
  if (!browserSupportsWebAuthn()) throw new PasskeyError("unsupported");
  try {
    return await question();
  } catch (error) {
    throw PasskeyError.of(error);
  }
}
