import { and, eq, inArray, type SQL, sql } from "drizzle-orm";
import type { Database } from "../database.js";
import { unindexed } from "../json-rows.js";
import { newestFirst } from "../keyset.js";
import type { AuditResult, Tables } from "../schema.js";
import type { Orm } from "../statement.js";
import { countBounded, type PageRequest, readBounded, type Total, type TotalBound } from "./bounded.js";

export interface AuditFilter {
  /** An operator's id, or a host application's: see `actorId`. */
  operatorId?: string | undefined;
  event?: string | undefined;
  target?: string | undefined;
  result?: AuditResult | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
}

const order = ({ auditLog: a }: Tables) => ({ at: a.at, id: a.id });

/** Each has an index; a list is read by the first that is given, the most selective one. */
const indexed = ["target", "operatorId", "event"] as const;

function auditList(filter: AuditFilter) {
  const given = [...indexed, "result" as const].flatMap((name) => {
    const value = filter[name];
    return value === undefined ? [] : [{ name, value }];
  });
  const first = given.find(({ name }) => name !== "result");
  const others = given.filter((condition) => condition !== first);
  return {
    table: "auditLog",
    columns: order,
    times: filter,
    served: first && (({ auditLog: a }: Tables) => eq(a[first.name as "event"], first.value)),
    isFiltered: others.length > 0,
    checked: (_orm: Orm, { auditLog: a }: Tables) =>
      and(...others.map(({ name, value }): SQL => sql`${unindexed(a[name])} = ${value}`)),
  } as const;
}

export function listAuditEntries(db: Database, filter: AuditFilter, page: PageRequest) {
  const list = auditList(filter);
  return readBounded(db, page, {
    ...list,
    read: (orm, t, condition) => {
      const { auditLog: a, auditDetails: d } = t;
      return orm
        .select({
          id: a.id,
          at: a.at,
          operatorId: a.operatorId,
          event: a.event,
          target: a.target,
          result: a.result,
          errcode: a.errcode,
          ip: a.ip,
          sealNumber: a.sealNumber,
          detail: d.detail,
          /** Whom the detail is about; null if it is about no person. */
          aboutUserId: d.userId,
        })
        .from(a)
        .leftJoin(d, eq(d.auditId, a.id))
        .where(condition)
        .orderBy(...newestFirst(order(t)))
        .limit(page.limit);
    },
  });
}

export function countAuditEntries(db: Database, filter: AuditFilter, bound?: TotalBound): Promise<Total> {
  const list = auditList(filter);
  return countBounded(db, bound, {
    ...list,
    matching: (orm, t, condition, limit) =>
      orm.select({ id: t.auditLog.id }).from(t.auditLog).where(condition).limit(limit).as("matching"),
  });
}

/** The names of operators and of host applications by their ids. */
export async function listActorNames(
  db: Database,
  { operatorIds, clientIds }: { operatorIds: readonly string[]; clientIds: readonly string[] },
) {
  const [operators, clients] = await Promise.all([
    operatorIds.length === 0
      ? []
      : db.consoleQuery((orm, { operators: o }) =>
          orm.select({ id: o.id, name: o.username }).from(o).where(inArray(o.id, operatorIds)),
        ),
    clientIds.length === 0
      ? []
      : db.consoleQuery((orm, { hostClients: c }) =>
          orm.select({ id: c.id, name: c.name }).from(c).where(inArray(c.id, clientIds)),
        ),
  ]);
  return {
    operator: new Map(operators.map(({ id, name }) => [id, name])),
    host: new Map(clients.map(({ id, name }) => [id, name])),
  };
}
