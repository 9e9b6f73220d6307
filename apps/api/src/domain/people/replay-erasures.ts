import { deleteBatchSize } from "../../db/delete-batch.js";
import { insertErasure, listErasures, listOpenErasures } from "../../db/erasures.js";
import { deleteSessionsOfUser } from "../../db/sessions.js";
import { deleteTokensOfUser } from "../../db/tokens.js";
import { findUserState, setUserStatus } from "../../db/users.js";
import { type Deps, later } from "../deps.js";
import { finishErasure } from "./erase.js";
import { type LedgerEntry, noteErasures, readLedger } from "./erasure-ledger.js";

/** The job looks for unfinished erasures of this time only; a start looks for all. */
const windowSeconds = 30 * 86_400;
/** A younger erasure is under way in the process that began it. */
const underWaySeconds = 60;

/**
 * Compares the two ledgers, before people are let in. What the file has and the database has not was erased after the backup
 * that was restored: it is erased again. What the database has and the file has not, such as an erasure on another machine, is
 * appended to the file.
 *
 * @throws {DatabaseError}
 */
export async function replayErasures(deps: Deps): Promise<void> {
  const entries = readLedger(deps);
  const blocked = new Set(entries.filter((entry) => entry.blocked).map(({ userId }) => userId));
  const inFile = new Map(entries.map((entry) => [entry.userId, entry]));
  const inDatabase = await allErasures(deps);
  const forgotten = [...inFile.values()].filter(({ userId }) => !inDatabase.has(userId));
  for (const entry of forgotten) await eraseAgain(deps, { ...entry, blocked: blocked.has(entry.userId) });
  if (forgotten.length > 0) {
    deps.log.warn(
      { event: "erasures_replayed", users: forgotten.length },
      "the database did not know erasures that the ledger has, as after a restored backup: they are done again",
    );
  }
  noteErasures(
    deps,
    [...inDatabase.values()].filter(({ userId }) => !inFile.has(userId)),
  );
  await finishAll(deps, new Date(0));
}

/**
 * Finishes what a process that died left.
 *
 * @throws {DatabaseError}
 */
export const finishErasures = (deps: Deps): Promise<void> =>
  finishAll(deps, later(deps.now(), -windowSeconds));

/**
 * Appends to the file what it lacks: erasures of other machines, and those of a time at which it could not be written. Reads
 * both ledgers whole.
 *
 * @throws {DatabaseError}
 */
export async function completeLedger(deps: Deps): Promise<void> {
  const inDatabase = await allErasures(deps);
  if (inDatabase.size === 0) return;
  const inFile = new Set(readLedger(deps).map(({ userId }) => userId));
  noteErasures(
    deps,
    [...inDatabase.values()].filter(({ userId }) => !inFile.has(userId)),
  );
}

async function finishAll(deps: Deps, after: Date): Promise<void> {
  const open = await deps.db.run(listOpenErasures, { after, before: later(deps.now(), -underWaySeconds) });
  for (const { userId } of open) {
    await finishErasure(deps, userId);
    deps.log.info({ event: "user_erased", userId }, "an erasure that was interrupted is finished");
  }
}

async function eraseAgain(deps: Deps, { userId, operatorId, at, blocked }: LedgerEntry): Promise<void> {
  const [user] = await deps.db.run(findUserState, { id: userId });
  await deps.db.batch([
    insertErasure.with({ userId, operatorId, at }),
    ...(user && blocked ? [setUserStatus.with({ id: userId, status: "blocked" })] : []),
    deleteSessionsOfUser.with({ userId }),
    deleteTokensOfUser.with({ userId }),
  ]);
  await finishErasure(deps, userId);
}

async function allErasures(deps: Deps): Promise<Map<string, LedgerEntry>> {
  const erasures = new Map<string, LedgerEntry>();
  for (let after = ""; ; ) {
    const page = await deps.db.run(listErasures, { after });
    for (const erasure of page) erasures.set(erasure.userId, { ...erasure, blocked: false });
    const last = page.at(-1);
    if (!last || page.length < deleteBatchSize) return erasures;
    after = last.userId;
  }
}
