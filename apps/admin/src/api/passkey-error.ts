/** Why a browser gave no passkey. The messages have a text for each. */
export type PasskeyProblem = "cancelled" | "added" | "failed" | "unsupported";

const problems: Record<string, PasskeyProblem> = {
  // The person closed the question, or it timed out: browsers do not tell which.
  NotAllowedError: "cancelled",
  AbortError: "cancelled",
  // This authenticator has one of the passkeys that must not be made again.
  InvalidStateError: "added",
};

export class PasskeyError extends Error {
  override readonly name = "PasskeyError";

  constructor(
    readonly problem: PasskeyProblem,
    options?: ErrorOptions,
  ) {
    super(`The browser gave no passkey: ${problem}`, options);
  }

  /** For what `navigator.credentials` throws. */
  static of(cause: unknown): PasskeyError {
    const name = cause instanceof Error ? cause.name : "";
    return new PasskeyError(problems[name] ?? "failed", { cause });
  }
}
