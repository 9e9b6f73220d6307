import { desc } from "drizzle-orm";
import type { Database } from "../database.js";
import { newestFirst } from "../keyset.js";
import { failureOrder } from "./failures.js";

// What is looked at once a second while a list is watched: the end of one index.

/** So many that a row which was committed late, with an earlier time, is among them. */
const looksAt = 20;

export const newestFailures = (db: Database) =>
  db.consoleQuery((orm, t) =>
    orm
      .select({ id: t.apiFailures.id })
      .from(t.apiFailures)
      .orderBy(...newestFirst(failureOrder(t)))
      .limit(looksAt),
  );

/** The newest steps of sign-ins: one that begins has a step, and so has one that goes on or ends. */
export const newestSignInSteps = (db: Database) =>
  db.consoleQuery((orm, { signInEvents: e }) =>
    orm.select({ id: e.id }).from(e).orderBy(desc(e.id)).limit(looksAt),
  );
