import { and, eq, inArray, sql } from "drizzle-orm";
import { jsonRows, rowsIn, textOf } from "./json-rows.js";
import { isNotSearchable } from "./schema.js";
import { type Params, statement } from "./statement.js";

// By which a part of a nickname is found among a million: written by a job, so that no sign-in waits for it.

/** How many nicknames are written at once. */
export const gramBatchSize = 100;

/** Two neighbouring characters each, and the last one alone, so that every character begins a gram. */
export function gramsOf(folded: string): string[] {
  const characters = [...folded];
  return [...new Set(characters.map((character, at) => character + (characters[at + 1] ?? "")))];
}

/** Nicknames that were written since their grams were. */
export const listNotSearchable = statement("list_not_searchable", (orm, { bindings: b }) =>
  orm
    .select({ bindingId: b.id, folded: b.nicknameFolded })
    .from(b)
    .where(isNotSearchable(b))
    .orderBy(b.id)
    .limit(gramBatchSize),
);

type Rows = Params<{ rows: string }>;

/** Leaves out a binding that has another nickname by now. */
const setSearchableRows = statement("set_searchable", (orm, { bindings: b }, p: Rows) =>
  orm
    .update(b)
    .set({ searchableAs: textOf("folded") })
    .from(rowsIn(p.rows))
    .where(
      and(eq(b.id, textOf("bindingId")), sql`${b.nicknameFolded} is not distinct from ${textOf("folded")}`),
    )
    .returning({ id: b.id }),
);

const deleteGramRows = statement("delete_nickname_grams", (orm, { nicknameGrams: g }, p: Rows) =>
  orm
    .delete(g)
    .where(inArray(g.bindingId, orm.select({ id: textOf("bindingId") }).from(rowsIn(p.rows))))
    .returning({ bindingId: g.bindingId }),
);

/** Of each nickname the grams are the keys of an object, so that its binding is looked up once. */
const insertGramRows = statement("insert_nickname_grams", (orm, { bindings: b, nicknameGrams: g }, p: Rows) =>
  orm
    .insert(g)
    .select(
      orm
        .select({ gram: sql<string>`grams.key`.as("gram"), bindingId: b.id })
        .from(rowsIn(p.rows))
        .innerJoin(b, eq(b.id, textOf("bindingId")))
        .innerJoin(sql`json_each(r.value -> 'grams') as grams`, eq(b.searchableAs, textOf("folded"))),
    )
    .onConflictDoNothing()
    .returning({ bindingId: g.bindingId }),
);

/** Writes the grams of these nicknames in the place of those before. */
export function replaceGrams(rows: readonly { bindingId: string; folded: string | null }[]) {
  const withGrams = rows.map(({ bindingId, folded }) => ({
    ...{ bindingId, folded },
    grams: Object.fromEntries(gramsOf(folded ?? "").map((gram) => [gram, null])),
  }));
  return [
    setSearchableRows.with({ rows: jsonRows(rows) }),
    deleteGramRows.with({ rows: jsonRows(rows) }),
    insertGramRows.with({ rows: jsonRows(withGrams) }),
  ];
}
