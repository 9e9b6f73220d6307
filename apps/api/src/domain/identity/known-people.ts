import { listExternalUsers, listUsersOfClient } from "../../db/external-users.js";
import {
  listBindingsWithUnionid,
  listKnownBindings,
  listKnownUnions,
  listMergedUsers,
} from "../../db/imported-people.js";
import { jsonRows } from "../../db/json-rows.js";
import type { WeChatApp } from "../apps.js";
import type { Deps } from "../deps.js";

/** What a host application knows of a person: their id there, and one binding. */
export interface PersonRecord {
  line: number;
  externalId: string | undefined;
  app: WeChatApp;
  openid: string;
  unionid: string | undefined;
}

export const bindingKey = (appId: string, openid: string): string => `${openid} ${appId}`;
export const unionKey = (group: string, unionid: string): string => `${unionid} ${group}`;

/** What is known of the people whom some records name. Users are those who are left after every merge. */
export class KnownPeople {
  readonly externalUsers = new Map<string, string>();
  readonly bindings = new Map<string, { bindingId: string; userId: string; unionid: string | null }>();
  /** Not stored: bindings hold the unionid, and have not joined their app's group yet. */
  readonly unions = new Map<string, { userIds: string[]; isStored: boolean }>();
  /** Users whom the client of the import knows by an external id. */
  readonly ofClient = new Set<string>();
}

interface Named {
  clientId: string | undefined;
  people: readonly PersonRecord[];
}

/**
 * Adds what the database knows of these people; what `known` has of them already stays.
 *
 * @throws {DatabaseError}
 */
export async function loadKnownPeople(deps: Deps, known: KnownPeople, named: Named): Promise<void> {
  const { db } = deps;
  const { clientId, people } = named;
  const external = clientId === undefined ? [] : people.flatMap(({ externalId }) => externalId ?? []);
  const inGroup = people.flatMap(({ app: { group }, unionid }) =>
    group && unionid ? [{ group, unionid }] : [],
  );
  const held = inGroup.flatMap(({ group, unionid }) =>
    deps.apps.all.flatMap(({ appId, group: other }) => (other === group ? [{ appId, group, unionid }] : [])),
  );
  const bound = people.map(({ app: { appId }, openid }) => ({ appId, openid }));

  const [byExternalId, bindings, unions, holding] = await Promise.all([
    external.length === 0
      ? []
      : db.run(listExternalUsers, {
          rows: jsonRows(external.map((externalId) => ({ clientId, externalId }))),
        }),
    db.run(listKnownBindings, { rows: jsonRows(bound) }),
    inGroup.length === 0 ? [] : db.run(listKnownUnions, { rows: jsonRows(inGroup) }),
    held.length === 0 ? [] : db.run(listBindingsWithUnionid, { rows: jsonRows(held) }),
  ]);
  const survivorOf = await survivors(deps, [...byExternalId, ...bindings, ...unions, ...holding]);

  for (const row of byExternalId) {
    const externalId = external[row.place] as string;
    if (!known.externalUsers.has(externalId)) known.externalUsers.set(externalId, survivorOf(row));
  }
  for (const row of bindings) {
    const { appId, openid } = bound[row.place] as (typeof bound)[number];
    const key = bindingKey(appId, openid);
    const { bindingId, unionid } = row;
    if (!known.bindings.has(key)) known.bindings.set(key, { bindingId, userId: survivorOf(row), unionid });
  }
  for (const row of unions) {
    const { group, unionid } = inGroup[row.place] as (typeof inGroup)[number];
    const key = unionKey(group, unionid);
    if (!known.unions.has(key)) known.unions.set(key, { userIds: [survivorOf(row)], isStored: true });
  }
  for (const row of holding) {
    const { group, unionid } = held[row.place] as (typeof held)[number];
    const key = unionKey(group, unionid);
    const union = known.unions.get(key) ?? { userIds: [], isStored: false };
    const userId = survivorOf(row);
    if (!union.isStored && !union.userIds.includes(userId)) union.userIds.push(userId);
    known.unions.set(key, union);
  }
  await loadUsersOfClient(
    deps,
    known,
    clientId,
    [...byExternalId, ...bindings, ...unions, ...holding].map(survivorOf),
  );
}

async function loadUsersOfClient(
  deps: Deps,
  known: KnownPeople,
  clientId: string | undefined,
  users: readonly string[],
): Promise<void> {
  if (clientId === undefined || users.length === 0) return;
  const rows = jsonRows([...new Set(users)].map((userId) => ({ userId })));
  for (const { userId } of await deps.db.run(listUsersOfClient, { clientId, rows }))
    known.ofClient.add(userId);
}

export interface UserRow {
  userId: string;
  mergedInto: string | null;
}

/** Follows merges: @returns a function that names the user who has what the one of a row had. */
export async function survivors(deps: Deps, rows: readonly UserRow[]): Promise<(row: UserRow) => string> {
  const into = new Map<string, string>();
  let merged = rows.filter(({ mergedInto }) => mergedInto !== null);
  while (merged.length > 0) {
    for (const { userId, mergedInto } of merged) if (mergedInto) into.set(userId, mergedInto);
    const next = merged.flatMap(({ mergedInto }) =>
      mergedInto && !into.has(mergedInto) ? [mergedInto] : [],
    );
    if (next.length === 0) break;
    const found = await deps.db.run(listMergedUsers, { rows: jsonRows(next.map((userId) => ({ userId }))) });
    merged = found.filter(({ mergedInto }) => mergedInto !== null);
  }
  return ({ userId }) => {
    let survivor = userId;
    for (let next = into.get(survivor); next !== undefined; next = into.get(next)) survivor = next;
    return survivor;
  };
}
