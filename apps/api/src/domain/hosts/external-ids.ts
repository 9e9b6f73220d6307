import { StaleDataError } from "../../db/database.js";
import {
  deleteExternalIdsAtClient,
  insertExternalUsers,
  listExternalIdsAtClient,
} from "../../db/external-users.js";
import { findUserByExternalId } from "../../db/host-users.js";
import { required } from "../../db/statement.js";
import { findUserState, lockUser } from "../../db/users.js";
import { actRecords, writeAct } from "../audit.js";
import type { Deps } from "../deps.js";
import { outboxRecord } from "../events/outbox.js";
import { HostError } from "./host-error.js";
import { noSuchUser } from "./host-user.js";
import type { actorOf } from "./operation.js";

/** A user, and the host that calls them something. */
interface Act {
  userId: string;
  by: ReturnType<typeof actorOf>;
}

/**
 * Notes what a host calls a user. Each client has at most one user for an external id, and one external id for a user, but for
 * what a merge brought together. To say again what is noted changes nothing.
 *
 * @param act.replace in place of another external id of this client
 * @throws {HostError} not_found · external_id_taken · external_id_set
 * @throws {DatabaseError}
 */
export async function setExternalId(
  deps: Deps,
  { userId, externalId, replace, by }: Act & { externalId: string; replace: boolean },
): Promise<void> {
  const { clientId } = by;
  const current = await deps.db.run(listExternalIdsAtClient, { clientId, userId });
  if (current.length === 1 && current[0]?.externalId === externalId) return;
  if (current.length > 0 && !replace) throw alreadySet();
  try {
    await deps.db.batch([
      required(lockUser.with({ id: userId })),
      ...(replace ? [deleteExternalIdsAtClient.with({ clientId, userId })] : []),
      required(insertExternalUsers(clientId, [{ externalId, userId }], deps.now())),
      outboxRecord(deps, { type: "user.updated", userId, clientId, data: { changed: "externalId" } }),
      ...actRecords(deps, by, { event: "people.set_external_id", userId }),
    ]);
  } catch (error) {
    if (!(error instanceof StaleDataError)) throw error;
    throw await refusalOf(deps, { userId, clientId, externalId });
  }
}

/** Why nothing was written: also if another request was quicker. */
async function refusalOf(
  deps: Deps,
  { userId, ...external }: { userId: string; clientId: string; externalId: string },
): Promise<HostError> {
  const [owner] = await deps.db.run(findUserByExternalId, external);
  if (owner?.userId === userId) return alreadySet();
  if (owner) {
    return new HostError(
      "external_id_taken",
      `This external id is that of user ${owner.userId}. Remove it there first, or merge the two users if they are one person.`,
    );
  }
  const [user] = await deps.db.run(findUserState, { id: userId });
  return user && user.mergedInto === null ? alreadySet() : noSuchUser();
}

const alreadySet = () =>
  new HostError(
    "external_id_set",
    "The user has another external id of this client. Send replace: true to put this one in its place.",
  );

/**
 * Forgets what a host calls a user; the user stays. Without an external id it changes nothing.
 *
 * @throws {DatabaseError}
 */
export async function removeExternalId(deps: Deps, { userId, by }: Act): Promise<void> {
  const { clientId } = by;
  await writeAct(deps, [
    required(deleteExternalIdsAtClient.with({ clientId, userId })),
    outboxRecord(deps, { type: "user.updated", userId, clientId, data: { changed: "externalId" } }),
    ...actRecords(deps, by, { event: "people.remove_external_id", userId }),
  ]);
}
