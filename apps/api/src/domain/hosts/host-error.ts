/** Why the host API refused a request. Each code has its HTTP status in http/host-api/problems.ts. */
export type HostRefusal =
  /** There is no such key, or it was revoked. */
  | "key_invalid"
  /** The key may not be used from this address. */
  | "address_not_allowed"
  | "scope_missing"
  | "input_invalid"
  /** Spent, expired, or of another client or nonce. */
  | "ticket_invalid"
  /** Not at an origin and redirect path of the client. */
  | "return_to_not_allowed"
  | "not_found"
  | "conflict"
  /** Another user of this client has the external id. */
  | "external_id_taken"
  /** The user has another external id of this client. */
  | "external_id_set"
  /** Without it the person could not sign in here any more. */
  | "last_binding";

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
