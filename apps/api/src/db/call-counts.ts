import { and, eq, inArray, lt, or, sql } from "drizzle-orm";
import { deleteBatchSize } from "./delete-batch.js";
import { day, quarter, type SlotMinutes } from "./error-groups.js";
import { type Params, statement } from "./statement.js";

interface CallCount {
  appId: string;
  /** An endpoint of WeChat, or `sign_in`. */
  endpoint: string;
  /** Empty for a call that succeeded; the outcome of a sign-in. */
  errcode: string;
  calls: number;
}

export const addCallCount = statement(
  "add_call_count",
  (orm, t, p: Params<{ minute: number; appId: string; endpoint: string; errcode: string; calls: number }>) =>
    orm
      .insert(t.apiCallCounts)
      .values({ minute: p.minute, appId: p.appId, endpoint: p.endpoint, errcode: p.errcode, calls: p.calls })
      .onConflictDoUpdate({
        target: [
          t.apiCallCounts.minute,
          t.apiCallCounts.appId,
          t.apiCallCounts.endpoint,
          t.apiCallCounts.errcode,
        ],
        set: { calls: sql`${t.apiCallCounts.calls} + excluded.calls` },
      })
      .returning({ minute: t.apiCallCounts.minute }),
);

export const addCallSlot = statement(
  "add_call_slot",
  (orm, { apiCallSlots: t }, p: Params<CallCount & { minutes: SlotMinutes; slot: number }>) =>
    orm
      .insert(t)
      .values({
        minutes: p.minutes,
        slot: p.slot,
        appId: p.appId,
        endpoint: p.endpoint,
        errcode: p.errcode,
        calls: p.calls,
      })
      .onConflictDoUpdate({
        target: [t.minutes, t.slot, t.appId, t.endpoint, t.errcode],
        set: { calls: sql`${t.calls} + excluded.calls` },
      })
      .returning({ slot: t.slot }),
);

export const deleteCallCountsBefore = statement(
  "delete_call_counts_before",
  (orm, t, p: Params<{ minute: number }>) => {
    const oldest = orm
      .selectDistinct({ minute: t.apiCallCounts.minute })
      .from(t.apiCallCounts)
      .where(lt(t.apiCallCounts.minute, p.minute))
      .limit(deleteBatchSize);
    return orm
      .delete(t.apiCallCounts)
      .where(inArray(t.apiCallCounts.minute, oldest))
      .returning({ minute: t.apiCallCounts.minute });
  },
);

export const deleteCallSlotsBefore = statement(
  "delete_call_slots_before",
  (orm, { apiCallSlots: t }, p: Params<{ quarter: number; day: number }>) => {
    const oldest = orm
      .selectDistinct({ minutes: t.minutes, slot: t.slot })
      .from(t)
      .where(
        or(and(eq(t.minutes, quarter), lt(t.slot, p.quarter)), and(eq(t.minutes, day), lt(t.slot, p.day))),
      )
      .limit(deleteBatchSize);
    return orm.delete(t).where(sql`(${t.minutes}, ${t.slot}) in ${oldest}`).returning({ slot: t.slot });
  },
);
