import { desc, eq, inArray, lt, sql } from "drizzle-orm";
import { deleteBatchSize } from "./delete-batch.js";
import type { HandOutKind } from "./schema.js";
import { type Params, statement } from "./statement.js";

interface HandOutValues {
  appId: string;
  kind: HandOutKind;
  clientId: string;
  /** Unix day. */
  day: number;
  now: Date;
}

export const addHandOut = statement("add_hand_out", (orm, t, p: Params<HandOutValues>) => {
  const { appId, kind, clientId, day } = p;
  return orm
    .insert(t.handOuts)
    .values({ appId, kind, clientId, day, count: 1, lastAt: p.now })
    .onConflictDoUpdate({
      target: [t.handOuts.appId, t.handOuts.kind, t.handOuts.clientId, t.handOuts.day],
      set: { count: sql`${t.handOuts.count} + 1`, lastAt: sql`excluded.last_at` },
    })
    .returning({ count: t.handOuts.count });
});

/** Of one day, the busiest host first. There are few hosts, each with at most two rows for an app. */
export const listHandOuts = statement("list_hand_outs", (orm, t, p: Params<{ day: number }>) =>
  orm
    .select({
      appId: t.handOuts.appId,
      kind: t.handOuts.kind,
      clientId: t.handOuts.clientId,
      count: t.handOuts.count,
      lastAt: t.handOuts.lastAt,
    })
    .from(t.handOuts)
    .where(eq(t.handOuts.day, p.day))
    .orderBy(desc(t.handOuts.count), t.handOuts.clientId, t.handOuts.kind),
);

export const deleteHandOutsBefore = statement(
  "delete_hand_outs_before",
  (orm, t, p: Params<{ day: number }>) => {
    const oldest = orm
      .selectDistinct({ day: t.handOuts.day })
      .from(t.handOuts)
      .where(lt(t.handOuts.day, p.day))
      .limit(deleteBatchSize);
    return orm.delete(t.handOuts).where(inArray(t.handOuts.day, oldest)).returning({ day: t.handOuts.day });
  },
);
