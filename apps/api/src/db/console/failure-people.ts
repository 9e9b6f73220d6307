import { and, count, desc, inArray, isNotNull, max, sql } from "drizzle-orm";
import type { Database } from "../database.js";
import { affectedBy, signInOfUnnamed } from "../error-groups.js";
import { unindexed } from "../json-rows.js";
import { type Position, within } from "../keyset.js";
import { type FailureFilter, failureConditions, failureOrder } from "./failures.js";

/** Whom the failures after one and up to another affect, as in `affectedBy`: by app, who failed last first. `failureId` is the latest. */
export function listAffected(
  db: Database,
  filter: FailureFilter,
  { after, last, limit }: { after?: Position | undefined; last?: Position | undefined; limit: number },
) {
  const { served, checked } = failureConditions(filter);
  return db.consoleQuery((orm, t) => {
    const { apiFailures: f, signIns: s } = t;
    const who = affectedBy(t);
    // To have them in the order of an app, SQLite would rather read all failures by that index than those of the range.
    const appId = unindexed(f.appId);
    return orm
      .select({
        who: who as typeof who & { _: { type: string } },
        appId,
        events: count(),
        lastSeenAt: max(f.at),
        failureId: max(f.id),
      })
      .from(f)
      .leftJoin(s, signInOfUnnamed(t))
      .where(
        and(served?.(t), within(failureOrder(t), { ...filter, after, last }), checked(t), isNotNull(who)),
      )
      .groupBy(appId, who)
      .orderBy(desc(max(f.at)), desc(max(f.id)))
      .limit(limit);
  });
}

/** The user of each of these openids, as far as there is one. */
export async function listUsersOfOpenids(
  db: Database,
  identities: readonly { appId: string; openid: string }[],
) {
  if (identities.length === 0) return [];
  const values = identities.map(({ appId, openid }) => sql`(${appId}, ${openid})`);
  return db.consoleQuery((orm, { bindings: b }) =>
    orm
      .select({ appId: b.appId, openid: b.openid, userId: b.userId })
      .from(b)
      .where(sql`(${b.appId}, ${b.openid}) in (values ${sql.join(values, sql`, `)})`),
  );
}

/** Whose sign-ins these are: who signed in with them, or in whose browser they began. */
export async function listUsersOfSignIns(db: Database, ids: readonly string[]) {
  if (ids.length === 0) return [];
  return db.consoleQuery((orm, { signIns: s }) =>
    orm
      .select({ id: s.id, userId: s.userId, browserUserId: s.browserUserId })
      .from(s)
      .where(inArray(s.id, [...ids])),
  );
}
