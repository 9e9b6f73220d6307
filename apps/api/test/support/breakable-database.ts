import { type Database, DatabaseError } from "../../src/db/database.js";

/** What a driver says when it fails: nothing of this may reach a client. */
export const driverText =
  "no such table: secret_table in SELECT * FROM secret_table at /var/lib/wechat-login.sqlite";

export type Breakage = "none" | DatabaseError["reason"] | "driver";

/** A database that fails on demand: as ours do, or with an error of the driver that nobody translated. */
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
