import { statePattern } from "./authorize-url.js";

declare const checkedByReadCallback: unique symbol;

/** The person said yes, and the state was ours. Only {@link readCallback} makes one. */
export interface Grant<Claim> {
  readonly kind: "grant";
  /** Works once; dies after 5 minutes (inside WeChat) or 10 (QR page). */
  readonly code: string;
  readonly state: string;
  /** What `claimState` gave for this state. */
  readonly claim: Claim;
  readonly [checkedByReadCallback]: true;
}

/**
 * The person said no: our state came back without a code. WeChat's current clients mostly do not come back
 * at all after a no, so let a pending state expire, too.
 */
export interface Refusal<Claim> {
  readonly kind: "refusal";
  readonly state: string;
  readonly claim: Claim;
}

/** Not a callback to act on: answer 4xx, and make no call to WeChat. */
export interface Mismatch {
  readonly kind: "mismatch";
  /** `state_unknown`: well-formed, but `claimState` did not know it: foreign, expired or already used. */
  readonly reason: "state_missing" | "state_malformed" | "code_malformed" | "state_unknown";
}

export type Callback<Claim> = Grant<Claim> | Refusal<Claim> | Mismatch;

/** How {@link readCallback} asks its caller about a state. */
export interface ReadCallbackOptions<Claim> {
  /**
   * Spends the state: gives what was stored under it for this very browser and forgets it, in one step, so
   * that a second delivery finds nothing. `undefined` means unknown, and so do `null` and `false`, lest a
   * "not found" of another spelling let a stranger in. What it throws passes through.
   */
  claimState(state: string): Promise<Claim | undefined> | Claim | undefined;
}

// A choice, WeChat calls the code opaque: those seen are 32 letters and digits; this also fits in a URL as it is.
const codePattern = /^[A-Za-z0-9_-]{1,512}$/;

/**
 * Reads what WeChat sent the browser back with: `?code=…&state=…`, or `?state=…` alone after a no.
 *
 * Decides on the parsed parameters. An empty parameter counts as absent, a repeated one as malformed, others
 * than these two are ignored. `claimState` is called last, and only when all else is well-formed: a broken
 * callback spends nothing.
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
  return (
    code === "" ? { kind: "refusal", state, claim } : { kind: "grant", code, state, claim }
  ) as Callback<Claim>; // the one place that may give the mark
}

function parametersOf(url: URL | string | URLSearchParams): URLSearchParams {
  if (url instanceof URLSearchParams) return url;
  // Not `new URL`: it throws on some strings, and whatever a stranger sends must end as a mismatch.
  return new URLSearchParams(/^[^?#]*\?([^#]*)/.exec(String(url))?.[1]);
}

/** @returns the value, "" when absent, undefined when repeated: then nobody can say which one counts. */
function single(params: URLSearchParams, name: string): string | undefined {
  const values = params.getAll(name);
  return values.length > 1 ? undefined : (values[0] ?? "");
}
