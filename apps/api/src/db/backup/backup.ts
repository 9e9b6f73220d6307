/** How the whole database is copied to one file, and back: see sqlite.ts and postgres.ts. */
export interface DatabaseBackup {
  engine: "sqlite" | "postgres";
  /** The name of the copy. */
  fileName: string;
  /**
   * Writes a copy that is as the database was at one moment after the call; the service may go on meanwhile.
   *
   * @throws {BackupError}
   */
  copyTo(path: string): Promise<void>;
  /**
   * Puts a copy in the place of the database.
   *
   * @param options.replace the database that is there: otherwise it is refused
   * @returns where the database before is kept, or undefined if there was none or it is not kept
   * @throws {BackupError} the service runs, there is a database, or the copy is damaged; nothing has been changed
   */
  restoreFrom(path: string, options: { replace: boolean; now: Date }): Promise<string | undefined>;
}

/** A backup or a restore that was refused or failed. Its message says what to do, and is all that an operator is shown. */
export class BackupError extends Error {
  override readonly name = "BackupError" as const;
}
