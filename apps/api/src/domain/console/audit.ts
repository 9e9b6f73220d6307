import {
  type AuditFilter,
  countAuditEntries,
  listActorNames,
  listAuditEntries,
} from "../../db/console/audit.js";
import { countUnsealedEntries, verifyAuditPart } from "../audit-seals.js";
import { cursorsOf, pageOf } from "../cursor.js";
import type { Deps } from "../deps.js";
import { isId } from "../ids.js";
import { peopleOf } from "./conflicts.js";
import type { PageInput } from "./view.js";

/** What operators and host applications did, newest first, with the names of who did it and to whom. */
export async function listAudit(deps: Deps, { cursor, limit, ...filter }: PageInput & AuditFilter) {
  const cursors = cursorsOf(deps.keys, { list: "audit", ...filter });
  const found = await listAuditEntries(deps.db, filter, { after: cursors.read(cursor), limit: limit + 1 });
  const page = pageOf(found, limit, cursors, (row) => row);
  const actors = page.items.map(({ operatorId }) => actorIn(operatorId));
  const targets = page.items.flatMap(({ target }) => target ?? []);
  const users = page.items.flatMap(({ event, target, aboutUserId }) =>
    event.startsWith("people.") && target !== null && isId(target) ? [aboutUserId ?? target] : [],
  );
  const [names, people] = await Promise.all([
    listActorNames(deps.db, {
      operatorIds: [...actors.flatMap((actor) => (actor?.kind === "operator" ? [actor.id] : [])), ...targets],
      clientIds: [...actors.flatMap((actor) => (actor?.kind === "host" ? [actor.id] : [])), ...targets],
    }),
    peopleOf(deps, [...new Set(users)]),
  ]);
  return {
    ...page,
    items: page.items.map(({ operatorId, detail, aboutUserId, ...row }) => {
      const actor = actorIn(operatorId);
      const { target } = row;
      return {
        ...row,
        actor: actor && { ...actor, name: names[actor.kind].get(actor.id) ?? null },
        targetName: (target !== null && (names.operator.get(target) ?? names.host.get(target))) || null,
        /** The person whom it was done to; null if it was done to none, or they are erased. */
        person: people.get(aboutUserId ?? target ?? "") ?? null,
        /** What was written about a person: masked for viewers, erased with the person. */
        reason: aboutUserId === null ? null : detail,
        /** A detail about no person, such as the new role. */
        detail: aboutUserId === null ? detail : null,
      };
    }),
  };
}

/** How many entries the list has. */
export const countAudit = (deps: Deps, filter: AuditFilter) => countAuditEntries(deps.db, filter);

/** See `actorId`. */
function actorIn(text: string | null) {
  if (text === null) return null;
  const [, clientId, keyId] = /^host:([^/]*)\/(.*)/.exec(text) ?? [];
  if (clientId === undefined) return { kind: "operator" as const, id: text, keyId: null };
  return { kind: "host" as const, id: clientId, keyId: keyId ?? null };
}

/** How many entries one request verifies: some ten milliseconds. The console asks again until the end. */
const verifiedAtOnce = 5_000;

/**
 * Checks the seals of the next entries after one that was checked before.
 *
 * @throws {DatabaseError}
 */
export async function verifyNextEntries(deps: Deps, after: number, maxEntries = verifiedAtOnce) {
  const at = deps.now();
  const { verifiedTo, isDone, problem } = await verifyAuditPart(deps, { after, maxEntries });
  return {
    ...{ at, verifiedTo, isDone, unsealed: await countUnsealedEntries(deps) },
    problem: problem ? { kind: problem.kind, entry: "entry" in problem ? problem.entry : null } : null,
  };
}
