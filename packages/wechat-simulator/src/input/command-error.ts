/** What is wrong with a command, in words for whoever typed it: shown without a stack. */
export class CommandError extends Error {
  override readonly name = "CommandError" as const;

  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
  }
}
