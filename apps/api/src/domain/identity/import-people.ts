import { createHash } from "node:crypto";
import { insertExternalUsers } from "../../db/external-users.js";
import {
  insertBindings,
  insertUnions,
  insertUsers,
  lockUsers,
  type NewBinding,
  setUnionids,
} from "../../db/imported-people.js";
import { type BoundStatement, required } from "../../db/statement.js";
import type { Deps } from "../deps.js";
import { type Event, outboxRecords } from "../events/outbox.js";
import { newId } from "../ids.js";
import { type Columns, type FileFormat, type FileRecord, readRecords } from "../imports/read-records.js";
import type { Outcome } from "../imports/report.js";
import type { ImportTask } from "../imports/run-import.js";
import { listErasedAndBlocked } from "../people/blocked-identities.js";
import { isExternalId, maxExternalIdLength } from "./external-id.js";
import { bindingKey, KnownPeople, loadKnownPeople, type PersonRecord, unionKey } from "./known-people.js";
import { isOpenid, isUnionid } from "./openids.js";

export const peopleColumns: Columns<"externalId" | "app" | "openid" | "unionid"> = {
  all: ["externalId", "app", "openid", "unionid"],
  needed: ["app", "openid"],
};

type Column = (typeof peopleColumns.all)[number];

/**
 * People whom a host application knows already, with their openids. A record joins what it names, and nothing else: the
 * user of its external id, of its openid and of its unionid within the app's group, or a new one. If it names two users,
 * nothing is changed.
 *
 * @param isDryRun remembers what the records before would have changed, in memory: about 400 bytes for each
 */
export function peopleImport(
  deps: Deps,
  file: { path: string; format: FileFormat; hash: string },
  { clientId, isDryRun }: { clientId: string | undefined; isDryRun: boolean },
): ImportTask {
  const remembered = new KnownPeople();
  return {
    kind: "people",
    id: createHash("sha256")
      .update(`people ${clientId ?? ""} ${file.format} ${file.hash}`)
      .digest("hex"),
    as: `client=${clientId ?? "none"}`,
    records: () => readRecords(file.path, file.format, peopleColumns),
    plan: (records) =>
      planPeople(deps, records, { clientId, known: isDryRun ? remembered : new KnownPeople() }),
  };
}

/**
 * Decides about some records, one after the other, and says which statements write that.
 *
 * @param known what earlier records would have changed; knows afterwards what these ones would
 * @throws {DatabaseError}
 */
export async function planPeople(
  deps: Deps,
  records: readonly FileRecord<string>[],
  { clientId, known }: { clientId: string | undefined; known: KnownPeople },
): Promise<{ outcomes: Outcome[]; steps: BoundStatement<unknown>[] }> {
  const read = records.map((record) => readPerson(deps, clientId, record));
  const people = read.filter((person): person is PersonRecord => !("result" in person));
  await loadKnownPeople(deps, known, { clientId, people });
  const blocked = await listErasedAndBlocked(deps, people);
  const changes = new PeopleChanges();
  const now = deps.now();
  const outcomes = read.map((person) =>
    "result" in person
      ? person
      : planPerson(person, { known, changes, isBlocked: blocked.has(person), newId: () => newId(now) }),
  );
  return { outcomes, steps: changes.steps(clientId, now) };
}

function readPerson(
  deps: Pick<Deps, "apps">,
  clientId: string | undefined,
  { line, values, problem }: FileRecord<string>,
): PersonRecord | Outcome {
  const unreadable = (reason: string) => ({ line, result: "unreadable", reason });
  if (problem !== undefined) return unreadable(problem);
  const { externalId, app: name, openid, unionid } = values as Partial<Record<Column, string>>;
  if (name === undefined) return unreadable("app is missing");
  const app = deps.apps.byKey(name) ?? deps.apps.byAppId(name);
  if (!app) return unreadable("app is neither the key nor the appid of an app in WECHAT_APPS");
  if (openid === undefined) return unreadable("openid is missing");
  if (!isOpenid(openid)) return unreadable("openid is not a WeChat openid");
  if (unionid !== undefined && !isUnionid(unionid)) return unreadable("unionid is not a WeChat unionid");
  if (externalId !== undefined) {
    if (clientId === undefined) return unreadable("an externalId needs --client, which says whose it is");
    if (!isExternalId(externalId)) {
      return unreadable(
        `externalId is longer than ${maxExternalIdLength} characters, or has control characters or half of a surrogate pair`,
      );
    }
  }
  return { line, externalId, app, openid, unionid };
}

/** Decides about one person, and notes in `known` and `changes` what is decided. */
export function planPerson(
  person: PersonRecord,
  {
    known,
    changes,
    isBlocked,
    newId,
  }: { known: KnownPeople; changes: PeopleChanges; isBlocked: boolean; newId: () => string },
): Outcome {
  const { line, externalId, app, openid, unionid } = person;
  const conflict = (reason: string) => ({ line, result: "conflict", reason });
  const binding = known.bindings.get(bindingKey(app.appId, openid));
  const inGroup = app.group && unionid ? { group: app.group, unionid } : undefined;
  const union = inGroup && known.unions.get(unionKey(inGroup.group, inGroup.unionid));
  const external = externalId === undefined ? undefined : known.externalUsers.get(externalId);

  // With a binding they would be a known person, and sign in.
  if (!binding && isBlocked) return conflict("the person was blocked when they were erased");
  if (binding?.unionid && unionid && binding.unionid !== unionid) {
    return conflict("the openid has another unionid already");
  }
  const named = {
    externalId: external === undefined ? [] : [external],
    openid: binding ? [binding.userId] : [],
    unionid: union?.userIds ?? [],
  };
  const users = new Set(Object.values(named).flat());
  if (users.size > 1) {
    const names = Object.entries(named).flatMap(([name, ids]) => (ids.length > 0 ? [name] : []));
    return conflict(`${names.join(" and ")} ${names.length > 1 ? "belong" : "belongs"} to different people`);
  }
  const [existing] = users;
  if (externalId !== undefined && external === undefined && existing && known.ofClient.has(existing)) {
    return conflict("the person has another externalId of this client already");
  }

  const userId = existing ?? newId();
  const before = changes.count;
  if (inGroup && !union?.isStored) {
    changes.unions.push({ ...inGroup, userId });
    known.unions.set(unionKey(inGroup.group, inGroup.unionid), { userIds: [userId], isStored: true });
  }
  const { appId } = app;
  const bindingId = binding?.bindingId ?? newId();
  if (!binding) changes.bindings.push({ id: bindingId, appId, openid, userId, unionid });
  else if (unionid && !binding.unionid) changes.unionids.push({ bindingId, appId, openid, unionid, userId });
  const completed = unionid ?? binding?.unionid ?? null;
  known.bindings.set(bindingKey(appId, openid), { bindingId, userId, unionid: completed });
  if (externalId !== undefined && external === undefined) {
    changes.externalUsers.push({ externalId, userId });
    known.externalUsers.set(externalId, userId);
    known.ofClient.add(userId);
  }
  if (existing === undefined) {
    changes.users.push({ userId });
    return { line, result: "new" };
  }
  if (changes.count === before) return { line, result: "unchanged" };
  changes.joined.add(userId);
  return { line, result: "joined" };
}

/** What the records of one batch change. */
export class PeopleChanges {
  readonly unions: { group: string; unionid: string; userId: string }[] = [];
  readonly bindings: NewBinding[] = [];
  readonly unionids: {
    bindingId: string;
    appId: string;
    openid: string;
    unionid: string;
    userId: string;
  }[] = [];
  readonly users: { userId: string }[] = [];
  readonly externalUsers: { externalId: string; userId: string }[] = [];
  /** Users who get one of these rows; those of them who are new are in `users`, too. */
  readonly joined = new Set<string>();

  /** What host applications are told: of a new external id, its own client alone. */
  #events(clientId: string | undefined): Event[] {
    const added = new Set(this.users.map(({ userId }) => userId));
    return [
      ...this.users.map(({ userId }): Event => ({ type: "user.created", userId })),
      ...this.bindings.map(
        ({ id: bindingId, appId, userId }): Event => ({
          type: "binding.created",
          userId,
          data: { bindingId, appId },
        }),
      ),
      ...this.unionids.map(
        ({ bindingId, userId }): Event => ({ type: "user.updated", userId, data: { bindingId } }),
      ),
      ...this.externalUsers.flatMap(({ userId }): Event[] =>
        clientId === undefined || added.has(userId)
          ? []
          : [{ type: "user.updated", userId, clientId, data: { changed: "externalId" } }],
      ),
    ];
  }

  get count(): number {
    return this.unions.length + this.bindings.length + this.unionids.length + this.externalUsers.length;
  }

  /** Every row is required: one that a sign-in wrote first makes the whole batch be planned again. */
  steps(clientId: string | undefined, now: Date): BoundStatement<unknown>[] {
    const { unions, bindings, unionids, users, externalUsers } = this;
    const added = new Set(users.map(({ userId }) => userId));
    const existing = [...this.joined].filter((userId) => !added.has(userId)).map((userId) => ({ userId }));
    const steps: [rows: readonly object[], step: () => BoundStatement<unknown>][] = [
      [existing, () => lockUsers(existing)],
      [unions, () => insertUnions(unions, now)],
      [bindings, () => insertBindings(bindings, now)],
      [unionids, () => setUnionids(unionids)],
      [users, () => insertUsers(users, now)],
      [externalUsers, () => insertExternalUsers(clientId ?? "", externalUsers, now)],
    ];
    return [
      ...steps.flatMap(([rows, step]) => (rows.length > 0 ? [required(step(), rows.length)] : [])),
      ...outboxRecords({ now: () => now }, this.#events(clientId)),
    ];
  }
}
