import { type Database, DatabaseError } from "../../src/db/database.js";

/** The message of a failing driver, none of which may reach a client. */
export const driverText =
  "no such table: secret_table in SELECT * FROM secret_table at /var/lib/wechat-login.sqlite";

export type Breakage = "none" | DatabaseError["reason"] | "driver";

/** A database that fails on demand: with a DatabaseError, or with an untranslated error of the driver. */
export function breakable(db: Database): Database & { breakage: Breakage } {
  const self = {
    ...db,
    breakage: "none" as Breakage,
    run: (...args: Parameters<Database["run"]>) => failing() ?? db.run(...args),
    consoleQuery: (...args: Parameters<Database["consoleQuery"]>) => failing() ?? db.consoleQuery(...args),
    batch: (...args: Parameters<Database["batch"]>) => failing() ?? db.batch(...args),
  };
  return self as Database & { breakage: Breakage };

  function failing(): Promise<never> | undefined {
    const { breakage } = self;
    if (breakage === "none") return undefined;
    const cause = new Error(driverText);
    return Promise.reject(breakage === "driver" ? cause : new DatabaseError(breakage, { cause }));
  }
}
