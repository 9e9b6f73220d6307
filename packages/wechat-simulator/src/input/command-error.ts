/** A mistake in how a command was called. The CLI prints the message without a stack. */
export class CommandError extends Error {
  override readonly name = "CommandError" as const;

  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
  }
}
