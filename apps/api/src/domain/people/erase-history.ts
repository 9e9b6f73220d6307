import { setImmediate as yieldToRequests } from "node:timers/promises";
import {
  forgetBrowserUser,
  historyBatchSize,
  listGuessedSignIns,
  listSignInsOfOpenid,
  listSignInsOfUser,
  pseudonymizeFailures,
  pseudonymizeSignIn,
} from "../../db/erased-history.js";
import { forgetAffected, forgetAffectedOpenid } from "../../db/error-groups.js";
import { findBinding } from "../../db/identities.js";
import type { BoundStatement } from "../../db/statement.js";
import type { Deps } from "../deps.js";
import { defaultReturnTo } from "../return-to.js";
import { openidPseudonyms } from "./blocked-identities.js";

/** A person in one app. */
export interface AppIdentity {
  appId: string;
  openid: string;
}

interface SignInRow {
  id: string;
  appId: string;
  openid: string | null;
  userId: string | null;
  ip: string | null;
  browserHash: string;
}

/**
 * Puts pseudonyms in the place of what names a person in their sign-ins and failures, which are kept for security until they
 * expire. The same openid, address or browser reads alike afterwards; what led to other pages or named the device is gone.
 *
 * Works in small batches, and may be interrupted and repeated.
 *
 * @param identities those that are known, and after the call those that the sign-ins named too.
 * @throws {DatabaseError}
 */
export async function eraseHistory(
  deps: Deps,
  userId: string,
  identities: Map<string, AppIdentity>,
): Promise<void> {
  for (const identity of [...identities.values()]) await eraseIdentity(deps, userId, identity);
  await inPages(
    () => deps.db.run(listSignInsOfUser, { userId }),
    async (rows) => {
      // Before these rows lose the openid, so that a process that goes on here after a crash knows it too.
      for (const { appId, openid } of rows) {
        if (openid === null || identities.has(keyOf({ appId, openid }))) continue;
        identities.set(keyOf({ appId, openid }), { appId, openid });
        await eraseIdentity(deps, userId, { appId, openid });
      }
      await pseudonymize(deps, rows);
    },
  );
  await deps.db.run(forgetAffected, { who: `u${userId}` });
  await inPages(
    () => deps.db.run(listGuessedSignIns, { userId }),
    (rows) => {
      const isTheirs = (row: SignInRow) => row.openid === null && row.userId === null;
      const others = rows.filter((row) => !isTheirs(row));
      const forgotten = others.map(({ id }) => forgetBrowserUser.with({ id }));
      return pseudonymize(deps, rows.filter(isTheirs), forgotten);
    },
  );
}

export const keyOf = ({ appId, openid }: AppIdentity): string => `${appId} ${openid}`;

/** Failures, and sign-ins that ended without a session. */
async function eraseIdentity(deps: Deps, userId: string, { appId, openid }: AppIdentity): Promise<void> {
  const [binding] = await deps.db.run(findBinding, { appId, openid });
  // It was removed here and belongs to another user now.
  if (binding && binding.userId !== userId) return;
  const [pseudonym] = openidPseudonyms(deps, appId, openid);
  await deps.db.run(forgetAffectedOpenid, { appId, who: `o${openid}` });
  for (;;) {
    const rows = await deps.db.run(pseudonymizeFailures, { appId, openid, pseudonym });
    if (rows.length < historyBatchSize) break;
    await yieldToRequests();
  }
  await inPages(
    () => deps.db.run(listSignInsOfOpenid, { appId, openid }),
    (rows) => pseudonymize(deps, rows),
  );
}

/** A batch of sign-ins, whose browsers no longer count among those whom a failure affected. */
async function pseudonymize(
  deps: Deps,
  rows: SignInRow[],
  alongside: BoundStatement<unknown>[] = [],
): Promise<void> {
  const browsers = new Set(rows.map(({ browserHash }) => browserHash));
  await deps.db.batch([...browsers].map((browser) => forgetAffected.with({ who: `b${browser}` })));
  await deps.db.batch([...rows.map((row) => pseudonymized(deps, row)), ...alongside]);
}

function pseudonymized(
  { keys }: Deps,
  { id, appId, openid, ip, browserHash }: SignInRow,
): BoundStatement<unknown> {
  return pseudonymizeSignIn.with({
    id,
    openid: openid === null ? null : openidPseudonyms({ keys }, appId, openid)[0],
    ip: ip === null ? null : keys.pseudonyms("ip", ip)[0],
    browserHash: keys.pseudonyms("browser", browserHash)[0],
    returnTo: defaultReturnTo,
  });
}

/** Each page leaves the list by what is done to it. Requests run in between. */
async function inPages<Row>(
  list: () => Promise<Row[]>,
  handle: (rows: Row[]) => Promise<unknown>,
): Promise<void> {
  for (;;) {
    const rows = await list();
    if (rows.length > 0) await handle(rows);
    if (rows.length < historyBatchSize) return;
    await yieldToRequests();
  }
}
