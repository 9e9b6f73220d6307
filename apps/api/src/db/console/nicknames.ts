import { and, eq, gte, inArray, lt, type SQL, sql } from "drizzle-orm";
import type { Database } from "../database.js";
import { textMatches } from "../keyset.js";
import { gramsOf } from "../nickname-grams.js";
import { isNotSearchable, type Tables } from "../schema.js";
import type { Orm } from "../statement.js";
import { mostReadRows } from "./bounded.js";

export interface NicknameSearch {
  /** A folded nickname, or a part of one. */
  folded: string;
  matchesParts: boolean;
}

/** A gram of the nickname that few bindings have; null: each of its grams is common, so what matches is not rare either. */
export type RareGram = string | null;

/** Enough to find a rare one. */
const mostGrams = 12;

/** The grams that begin with these characters: a text of one character is the beginning of several. */
const beginsWith = ({ nicknameGrams: g }: Tables, characters: string) =>
  and(gte(g.gram, characters), lt(g.gram, `${characters}\u{10FFFF}`));

const has = (t: Tables, gram: string): SQL | undefined =>
  [...gram].length === 1 ? beginsWith(t, gram) : eq(t.nicknameGrams.gram, gram);

/** Finds the gram by which a nickname is searched, by reading a bounded number of index rows. */
export async function findRareGram(
  db: Database,
  { folded }: NicknameSearch,
  maxReadRows = mostReadRows,
): Promise<RareGram> {
  const pairs = gramsOf(folded).filter((gram) => [...gram].length === 2);
  const grams = pairs.length > 0 ? pairs.slice(0, mostGrams) : [folded];
  const rows = (orm: Orm, t: Tables, condition: SQL | undefined) =>
    orm.select({ one: sql`1` }).from(t.nicknameGrams).where(condition).limit(maxReadRows).as("some");
  const [pending] = await db.consoleQuery((orm, { bindings: b }) =>
    orm
      .select({ id: b.id })
      .from(b)
      .where(isNotSearchable(b))
      .orderBy(b.id)
      .limit(1)
      .offset(maxReadRows - 1),
  );
  // The job is far behind, as after the first start of this version.
  if (pending) return null;
  const counts = await Promise.all(
    grams.map(async (gram) => {
      const [row] = await db.consoleQuery((orm, t) =>
        orm.select({ count: sql`count(*)`.mapWith(Number) }).from(rows(orm, t, has(t, gram))),
      );
      return { gram, count: row?.count ?? 0 };
    }),
  );
  const [rarest] = counts.sort((a, b) => a.count - b.count);
  return rarest && rarest.count < maxReadRows ? rarest.gram : null;
}

/**
 * Ids of the bindings with a nickname that matches, among those that have the gram or whose grams are not written yet. These
 * are limited, although `findRareGram` has seen that they are few: PostgreSQL takes them for nearly all bindings, and would
 * read all users in place of theirs.
 */
export function bindingsByGram(orm: Orm, t: Tables, search: NicknameSearch, gram: string) {
  const { bindings: b, nicknameGrams: g } = t;
  const written = orm.select({ id: g.bindingId }).from(g).where(has(t, gram));
  const some = orm.select({ id: b.id }).from(b).where(isNotSearchable(b)).limit(mostReadRows).as("some");
  const pending = orm.select({ id: some.id }).from(some);
  return orm
    .select({ id: b.id, userId: b.userId })
    .from(b)
    .where(and(inArray(b.id, written.unionAll(pending)), nicknameMatches(t, search)));
}

/** Checked on each binding that is read. */
export const nicknameMatches = ({ bindings: b }: Tables, { folded, matchesParts }: NicknameSearch): SQL =>
  textMatches(b.nicknameFolded, folded, matchesParts);

/** The users of these bindings. */
export const usersByGram = (orm: Orm, t: Tables, search: NicknameSearch, gram: string): SQL => {
  const found = bindingsByGram(orm, t, search, gram).as("found");
  return inArray(t.users.id, orm.select({ userId: found.userId }).from(found));
};
