import type { listAudit } from "../audit.js";
import type { listFailureLog } from "../failure-people.js";
import type { listPeople } from "../people.js";
import type { listSignInLog } from "../sign-ins.js";
import type { listUserTokensPage } from "../user-tokens.js";

// The columns of each list as a table, in CSV. They are named as the fields are in NDJSON, which holds the rows whole.

type Cell = string | number | Date | null | undefined;

/** A column's name, and its cell in a row. */
export type Columns<Row> = readonly (readonly [name: string, cell: (row: Row) => Cell])[];

type RowOf<List extends (...input: never[]) => Promise<{ items: unknown[] }>> = Awaited<
  ReturnType<List>
>["items"][number];

/** Several values in one cell: none of them has a space. */
const all = (values: readonly (string | null)[]): string =>
  [...new Set(values.filter((value) => value !== null))].join(" ");

export const peopleColumns: Columns<RowOf<typeof listPeople>> = [
  ["userId", ({ userId }) => userId],
  ["nickname", ({ profile }) => profile.nickname],
  ["status", ({ status }) => status],
  ["apps", ({ bindings }) => all(bindings.map(({ appKey, appId }) => appKey ?? appId))],
  ["openids", ({ bindings }) => all(bindings.map(({ openid }) => openid))],
  ["unionids", ({ bindings }) => all(bindings.map(({ unionid }) => unionid))],
  ["createdAt", ({ createdAt }) => createdAt],
  ["lastSignInAt", ({ lastSignInAt }) => lastSignInAt],
];

export const signInsColumns: Columns<RowOf<typeof listSignInLog>> = [
  ["id", ({ id }) => id],
  ["createdAt", ({ createdAt }) => createdAt],
  ["app", ({ appKey, appId }) => appKey ?? appId],
  ["outcome", ({ outcome }) => outcome ?? "in_progress"],
  ["outcomeAt", ({ outcomeAt }) => outcomeAt],
  ["openid", ({ openid }) => openid],
  ["userId", ({ person }) => person?.userId],
  ["nickname", ({ person }) => person?.nickname],
  // The person is only probable: it is their browser.
  ["isGuess", ({ person }) => person && String(person.isGuess)],
  ["ip", ({ ip }) => ip],
  ["device", ({ device }) => device && all([device.client, device.platform])],
];

export const failuresColumns: Columns<RowOf<typeof listFailureLog>> = [
  ["id", ({ id }) => id],
  ["at", ({ at }) => at],
  ["app", ({ appKey, appId }) => appKey ?? appId],
  ["endpoint", ({ endpoint }) => endpoint],
  ["errcode", ({ errcode }) => errcode],
  ["name", ({ name }) => name],
  ["errmsg", ({ errmsg }) => errmsg],
  ["rid", ({ rid }) => rid],
  ["openid", ({ openid }) => openid],
  ["userId", ({ person }) => person?.userId],
  ["nickname", ({ person }) => person?.nickname],
  ["isGuess", ({ person }) => person && String(person.isGuess)],
  ["attempt", ({ attempt }) => attempt],
  ["latencyMs", ({ latencyMs }) => latencyMs],
  ["signInId", ({ signInId }) => signInId],
];

export const userTokensColumns: Columns<RowOf<typeof listUserTokensPage>> = [
  ["bindingId", ({ bindingId }) => bindingId],
  ["app", ({ appKey, appId }) => appKey ?? appId],
  ["openid", ({ openid }) => openid],
  ["userId", ({ userId }) => userId],
  ["nickname", ({ nickname }) => nickname],
  ["state", ({ state }) => state],
  ["scope", ({ scope }) => scope],
  ["expiresAt", ({ expiresAt }) => expiresAt],
  ["refreshExpiresAt", ({ refreshExpiresAt }) => refreshExpiresAt],
  ["updatedAt", ({ updatedAt }) => updatedAt],
  ["checkedAt", ({ checkedAt }) => checkedAt],
  ["refusedErrcode", ({ refusedErrcode }) => refusedErrcode],
];

export const auditColumns: Columns<RowOf<typeof listAudit>> = [
  ["id", ({ id }) => id],
  ["at", ({ at }) => at],
  [
    "actor",
    ({ actor }) => actor && (actor.kind === "host" ? `host:${actor.id}/${actor.keyId ?? ""}` : actor.id),
  ],
  ["actorName", ({ actor }) => actor?.name],
  ["event", ({ event }) => event],
  ["target", ({ target }) => target],
  ["targetName", ({ targetName }) => targetName],
  ["result", ({ result }) => result],
  ["errcode", ({ errcode }) => errcode],
  ["reason", ({ reason }) => reason],
  ["detail", ({ detail }) => detail],
  ["ip", ({ ip }) => ip],
  ["sealNumber", ({ sealNumber }) => sealNumber],
];
