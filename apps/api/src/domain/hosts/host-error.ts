/** Why the host API refused a request. Each code has its HTTP status in http/host-api/problems.ts. */
export type HostRefusal =
  /** There is no such key, or it was revoked. */
  | "key_invalid"
  /** The key may not be used from this address. */
  | "address_not_allowed"
  | "scope_missing"
  | "input_invalid"
  | "not_found"
  | "conflict"
  /** The feed does not go back so far. */
  | "events_gone";

/** What a host did wrong, and what to do about it. The message is shown to the caller. */
export class HostError extends Error {
  override readonly name = "HostError";

  constructor(
    readonly code: HostRefusal,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
