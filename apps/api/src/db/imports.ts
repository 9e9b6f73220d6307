import { and, eq, isNotNull, isNull, sql } from "drizzle-orm";
import type { ImportKind } from "./schema.js";
import { encoded, type Params, statement } from "./statement.js";

// How far a file is imported.

export const findImport = statement("find_import", (orm, t, p: Params<{ id: string }>) =>
  orm
    .select({ records: t.imports.records, counts: t.imports.counts, doneAt: t.imports.doneAt })
    .from(t.imports)
    .where(eq(t.imports.id, p.id)),
);

/** Begins an import; one that is done begins again. Touches no row while one is under way. */
export const startImport = statement(
  "start_import",
  (orm, t, p: Params<{ id: string; kind: ImportKind; counts: string; now: Date }>) =>
    orm
      .insert(t.imports)
      .values({
        id: p.id,
        kind: p.kind,
        records: 0,
        counts: p.counts,
        startedAt: p.now,
        updatedAt: p.now,
        doneAt: null,
      })
      .onConflictDoUpdate({
        target: t.imports.id,
        set: {
          records: sql`0`,
          counts: sql`excluded.counts`,
          startedAt: sql`excluded.started_at`,
          updatedAt: sql`excluded.updated_at`,
          doneAt: sql`null`,
        },
        setWhere: isNotNull(t.imports.doneAt),
      })
      .returning({ id: t.imports.id }),
);

interface Advance {
  id: string;
  /** How many records were done when this step was planned. */
  from: number;
  records: number;
  counts: string;
  now: Date;
  doneAt: Date | null;
}

/** Touches no row if another process took this step. */
export const advanceImport = statement("advance_import", (orm, t, p: Params<Advance>) =>
  orm
    .update(t.imports)
    .set({
      records: sql`${encoded(t.imports.records, p.records)}`,
      counts: sql`${p.counts}`,
      updatedAt: sql`${encoded(t.imports.updatedAt, p.now)}`,
      doneAt: sql`${encoded(t.imports.doneAt, p.doneAt)}`,
    })
    .where(and(eq(t.imports.id, p.id), eq(t.imports.records, p.from), isNull(t.imports.doneAt)))
    .returning({ id: t.imports.id }),
);
