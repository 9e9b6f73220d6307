import { statePattern } from "./authorize-url.js";

declare const checkedByReadCallback: unique symbol;

/** The person consented, and `claimState` knew the state. Only {@link readCallback} and {@link grantWithoutState} make one. */
export interface Grant<Claim> {
  readonly kind: "grant";
  /** Works once; expires after 5 minutes (inside WeChat) or 10 (QR page). */
  readonly code: string;
  readonly state: string;
  /** What `claimState` returned for this state. */
  readonly claim: Claim;
  readonly [checkedByReadCallback]: true;
}

/**
 * The person declined: the state came back without a code, or with the code `authdeny`, as old WeChat clients send it.
 * Most current clients do not come back at all after that, so let pending states expire as well.
 */
export interface Refusal<Claim> {
  readonly kind: "refusal";
  readonly state: string;
  readonly claim: Claim;
}

/** A callback that must not be acted on: answer 4xx, and make no call to WeChat. */
export interface Mismatch {
  readonly kind: "mismatch";
  /** `state_unknown`: well-formed, but `claimState` did not find it: it belongs to another browser, has expired or was already used. */
  readonly reason: "state_missing" | "state_malformed" | "code_malformed" | "state_unknown";
}

export type Callback<Claim> = Grant<Claim> | Refusal<Claim> | Mismatch;

/** How {@link readCallback} looks up a state. */
export interface ReadCallbackOptions<Claim> {
  /**
   * Spends the state: returns what was stored under it for this browser and deletes it, in one atomic step, so that a
   * repeated callback finds nothing. `undefined` means unknown, and so do `null` and `false`, so that a store's other
   * value for "not found" does not let a stranger in. Errors that it throws pass through.
   */
  claimState(state: string): Promise<Claim | undefined> | Claim | undefined;
}

// Our choice: WeChat documents no format. Observed codes have 32 letters and digits; these need no encoding in a URL.
const codePattern = /^[A-Za-z0-9_-]{1,512}$/;

/** Not a code: it says that the person declined (old WeChat clients). No real code is so short. */
const declinedCode = "authdeny";

/**
 * Reads the callback: `?code=…&state=…`, or `?state=…` alone or with `code=authdeny` after the person declined.
 *
 * Decides on the parsed parameters. An empty parameter counts as absent, a repeated one as malformed; other
 * parameters are ignored. `claimState` is called last, and only if everything else is well-formed: a malformed
 * callback spends no state.
 *
 * @param url the request's URL: whole, or from the path on (`/callback?code=…`), or its parameters.
 */
export async function readCallback<Claim>(
  url: URL | string | URLSearchParams,
  options: ReadCallbackOptions<Claim>,
): Promise<Callback<Claim>> {
  const params = parametersOf(url);
  const state = single(params, "state");
  if (state === "") return { kind: "mismatch", reason: "state_missing" };
  if (state === undefined || !statePattern.test(state)) {
    return { kind: "mismatch", reason: "state_malformed" };
  }
  const code = single(params, "code");
  if (code === undefined || (code !== "" && !codePattern.test(code))) {
    return { kind: "mismatch", reason: "code_malformed" };
  }

  const claim: unknown = await options.claimState(state);
  if (claim === undefined || claim === null || claim === false) {
    return { kind: "mismatch", reason: "state_unknown" };
  }
  const hasDeclined = code === "" || code === declinedCode;
  return (
    hasDeclined ? { kind: "refusal", state, claim } : { kind: "grant", code, state, claim }
  ) as Callback<Claim>;
}

/**
 * A grant from a code that came without a state: WeChat's SDK gave it to your own mobile app, or a page's script sent it.
 *
 * Nothing shows whose code it is: anyone can send one of their own to sign another person into their account, or a stolen
 * one that was not used yet. Accept it only together with something that this app or browser received for this attempt and
 * that works once. In a browser use {@link readCallback}, which checks that.
 *
 * @throws {TypeError} not a code; the message does not show it
 */
export function grantWithoutState(code: string): Grant<undefined> {
  if (typeof code !== "string" || !codePattern.test(code) || code === declinedCode) {
    throw new TypeError("code must be the code that WeChat gave to your app");
  }
  return { kind: "grant", code, state: "", claim: undefined } as Grant<undefined>;
}

function parametersOf(url: URL | string | URLSearchParams): URLSearchParams {
  if (url instanceof URLSearchParams) return url;
  // Not `new URL`: it throws on some strings, and any input from outside must end as a mismatch.
  return new URLSearchParams(/^[^?#]*\?([^#]*)/.exec(String(url))?.[1]);
}

/** @returns the value, "" when absent, undefined when repeated, because then it is ambiguous. */
function single(params: URLSearchParams, name: string): string | undefined {
  const values = params.getAll(name);
  return values.length > 1 ? undefined : (values[0] ?? "");
}
