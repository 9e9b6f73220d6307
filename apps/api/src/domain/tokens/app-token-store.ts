import type { StoredFailure, StoredToken, TokenRecord, TokenStore } from "@wechat-login/oauth/keeper";
import { type Database, StaleDataError } from "../../db/database.js";
import type { AppTokenKind } from "../../db/schema.js";
import { required } from "../../db/statement.js";
import {
  type AppTokenValues,
  findAppToken,
  insertAppToken,
  replaceAppToken,
  setAppTokenRequester,
} from "../../db/tokens.js";
import type { FetchHistory } from "./fetch-history.js";

/** The name under which a keeper stores an app's token. */
export const appTokenKey = (appId: string, kind: AppTokenKind): string => `${appId}:${kind}`;

/**
 * The store that the token keepers of all processes share: the table `app_tokens`.
 *
 * @param history the fetches of the one keeper that writes here: they are stored with what came of them.
 */
export function appTokenStore(db: Database, history?: FetchHistory): TokenStore {
  return {
    async read(key) {
      const [row] = await db.run(findAppToken, namesOf(key));
      return row && toRecord(row);
    },
    async replace(key, record) {
      const values = { ...namesOf(key), ...toValues(record) };
      const write = record.version === 1 ? insertAppToken : replaceAppToken;
      if (!history || history.isEmpty) return (await db.run(write, values)).length > 0;
      const { appId, kind, generation } = values;
      // While the lease is held the fetch goes on, and a failure leaves the current token and who asked for that one.
      const isNewToken = record.token && record.leaseUntilMs === 0 && !record.failure;
      const requestedBy = isNewToken && history.lastRequester;
      try {
        await db.batch([
          required(write.with(values)),
          ...(requestedBy ? [setAppTokenRequester.with({ appId, kind, generation, requestedBy })] : []),
          ...history.records(record),
        ]);
      } catch (error) {
        if (!(error instanceof StaleDataError)) throw error;
        await db.batch(history.lostRecords());
        history.clear();
        return false;
      }
      history.clear();
      return true;
    },
  };
}

function namesOf(key: string): { appId: string; kind: AppTokenKind } {
  const end = key.lastIndexOf(":");
  return { appId: key.slice(0, end), kind: key.slice(end + 1) as AppTokenKind };
}

type Row = Omit<AppTokenValues, "appId" | "kind">;

function toRecord(row: Row): TokenRecord {
  return {
    version: row.version,
    leaseUntilMs: row.leaseUntil?.getTime() ?? 0,
    ...optional("token", tokenOf(row)),
    ...optional("failure", failureOf(row)),
    forcedAtMs: JSON.parse(row.forcedAt) as number[],
  };
}

function tokenOf({ token, fingerprint, generation, fetchedAt, expiresAt, refreshAt }: Row) {
  if (token === null || fingerprint === null || !fetchedAt || !expiresAt) return undefined;
  return {
    sealed: token,
    fingerprint,
    generation,
    fetchedAtMs: fetchedAt.getTime(),
    expiresAtMs: expiresAt.getTime(),
    // Null if an earlier version wrote the row, which had no such column: the token may be refreshed at any time.
    refreshAtMs: refreshAt?.getTime() ?? fetchedAt.getTime(),
  } satisfies StoredToken;
}

function failureOf({ failuresInRow, lastErrcode, lastFailureAt, retryAt }: Row) {
  if (failuresInRow === 0) return undefined;
  return {
    reason: lastErrcode ?? "",
    failuresInRow,
    failedAtMs: lastFailureAt?.getTime() ?? 0,
    retryAtMs: retryAt?.getTime() ?? 0,
  } satisfies StoredFailure;
}

function toValues({ version, leaseUntilMs, token, failure, forcedAtMs }: TokenRecord): Row {
  return {
    version,
    token: token?.sealed ?? null,
    fingerprint: token?.fingerprint ?? null,
    generation: token?.generation ?? 0,
    fetchedAt: dateOf(token?.fetchedAtMs),
    expiresAt: dateOf(token?.expiresAtMs),
    refreshAt: dateOf(token?.refreshAtMs),
    leaseUntil: leaseUntilMs === 0 ? null : new Date(leaseUntilMs),
    lastFailureAt: dateOf(failure?.failedAtMs),
    lastErrcode: failure?.reason ?? null,
    failuresInRow: failure?.failuresInRow ?? 0,
    retryAt: dateOf(failure?.retryAtMs),
    forcedAt: JSON.stringify(forcedAtMs),
  };
}

const dateOf = (ms: number | undefined): Date | null => (ms === undefined ? null : new Date(ms));

const optional = <Name extends string, Value>(name: Name, value: Value | undefined) =>
  (value === undefined ? {} : { [name]: value }) as { [Key in Name]?: Value };
