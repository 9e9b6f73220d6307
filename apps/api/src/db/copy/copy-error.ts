/** A copy that was refused or failed. Its message says what to do, and is all that an operator is shown. */
export class CopyError extends Error {
  override readonly name = "CopyError" as const;
}
