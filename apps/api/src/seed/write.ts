import { and, between, type Column, count, getTableColumns, isNotNull, max, min, sql } from "drizzle-orm";
import type { Database } from "../db/database.js";
import { affectedBy, day, groupOf, quarter, type SlotMinutes, signInOfUnnamed } from "../db/error-groups.js";
import { jsonRows, rowsIn } from "../db/json-rows.js";
import { gramsOf } from "../db/nickname-grams.js";
import type { Tables } from "../db/schema.js";
import { type Params, type Statement, statement } from "../db/statement.js";
import { countRows, recordsOf } from "./records.js";
import { failureOf, personOf, type Size, signInCount, signInOf } from "./rows.js";

type Name = keyof Tables;

/** A batch on PostgreSQL has 4.5 s, also on a machine that does something else. */
const chunk = 500;

/** Writes any number of rows of a table in one statement. */
export class RowWriter {
  readonly #statements = new Map<Name, Statement<{ rows: string }, { one: unknown }>>();

  constructor(
    readonly db: Database,
    readonly tables: Tables,
  ) {}

  step(name: Name, rows: readonly object[]) {
    const columns = getTableColumns(this.tables[name]) as Record<string, Column>;
    const encoded = rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([field, value]) => [
          field,
          value == null ? null : columns[field]?.mapToDriverValue(value),
        ]),
      ),
    );
    return this.#statement(name).with({ rows: jsonRows(encoded) });
  }

  #statement(name: Name) {
    const known = this.#statements.get(name);
    if (known) return known;
    const made = statement(`seed_${name}`, (orm, t, p: Params<{ rows: string }>) => {
      const columns = Object.entries(getTableColumns(t[name]) as Record<string, Column>).map(
        ([field, column]) => {
          const value = sql`cast(r.value ->> ${sql.raw(`'${field}'`)} as ${sql.raw(column.getSQLType().replace(/ collate .*/i, ""))})`;
          const filled =
            column.default === undefined
              ? value
              : sql`coalesce(${value}, ${sql.param(column.default, column)})`;
          return [field, filled.as(column.name)];
        },
      );
      return orm
        .insert(t[name] as Tables["users"])
        .select(orm.select(Object.fromEntries(columns)).from(rowsIn(p.rows)).where(sql`true`) as never)
        .returning({ one: sql`1` });
    }) as Statement<{ rows: string }, { one: unknown }>;
    this.#statements.set(name, made);
    return made;
  }
}

/** Fills an empty database, one transaction for each few thousand rows. */
export async function writeSeed(
  db: Database,
  size: Size,
  progress: (written: string) => void,
): Promise<void> {
  const [tables] = await db.consoleQuery(async (_orm, t) => [t]);
  if (!tables) return;
  const writer = new RowWriter(db, tables);
  await inChunks(size.people, async (numbers) => {
    const people = numbers.map((number) => personOf(size, number));
    const given = <Row>(rows: (Row | undefined)[]) => rows.filter((row) => row !== undefined);
    const grams = people.flatMap(({ binding: { id, nicknameFolded } }) =>
      gramsOf(nicknameFolded ?? "").map((gram) => ({ gram, bindingId: id })),
    );
    await db.batch([
      writer.step(
        "users",
        people.map(({ user }) => user),
      ),
      writer.step(
        "bindings",
        people.map(({ binding }) => binding),
      ),
      writer.step("unions", given(people.map(({ union }) => union))),
      writer.step("userTokens", given(people.map(({ token }) => token))),
      writer.step("sessions", given(people.map(({ session }) => session))),
      writer.step("externalUsers", given(people.map(({ externalUser }) => externalUser))),
      writer.step("identityConflicts", given(people.map(({ conflict }) => conflict))),
      writer.step("nicknameGrams", grams),
    ]);
  });
  progress(`${size.people} people`);
  await inChunks(signInCount(size), (numbers) =>
    db.batch([
      writer.step(
        "signIns",
        numbers.map((number) => signInOf(size, number)),
      ),
    ]),
  );
  progress(`${signInCount(size)} sign-ins`);
  await inChunks(size.failures, (numbers) => {
    const failures = numbers.map((number) => failureOf(size, number));
    // Their ids are in order.
    const range = { first: failures[0]?.id ?? "", last: failures.at(-1)?.id ?? "" };
    return db.batch([
      writer.step("apiFailures", failures),
      writeGroups.with(range),
      ...writeGroupCounts.map((write) => write.with(range)),
      writeGroupPeople.with(range),
    ]);
  });
  progress(`${size.failures} failures`);
}

/** What operators, webhooks, tokens and alerts left behind, and the counts of calls and sign-ins. */
export async function writeRecords(db: Database, size: Size, progress: (written: string) => void) {
  const [tables] = await db.consoleQuery(async (_orm, t) => [t]);
  if (!tables) return;
  const writer = new RowWriter(db, tables);
  for (const { table, length, row } of recordsOf(size)) {
    await inChunks(length, (numbers) => db.batch([writer.step(table, numbers.map(row))]));
    progress(`${length} rows of ${table}`);
  }
  for (const minutes of [1, quarter, day] as const) {
    const rows = [...countRows(size, minutes)];
    await inChunks(rows.length, (numbers) => {
      const part = numbers.flatMap((number) => rows[number] ?? []);
      return db.batch([
        minutes === 1
          ? writer.step(
              "apiCallCounts",
              part.map(({ slot, minutes: _, ...count }) => ({ minute: slot, ...count })),
            )
          : writer.step("apiCallSlots", part),
      ]);
    });
    progress(`${rows.length} counts of ${minutes} min`);
  }
}

async function inChunks(length: number, write: (numbers: number[]) => Promise<unknown>): Promise<void> {
  for (let start = 0; start < length; start += chunk) {
    await write(Array.from({ length: Math.min(chunk, length - start) }, (_, n) => start + n));
  }
}

type Range = Params<{ first: string; last: string }>;

const inRange = ({ apiFailures: f }: Tables, { first, last }: Range) => between(f.id, first, last);

const writeGroups = statement("seed_groups", (orm, t, p: Range) => {
  const { apiFailures: f, errorGroups: g } = t;
  return orm
    .insert(g)
    .select(
      orm
        .select({
          ...{ id: sql`min(${f.id})`.as("id"), appId: f.appId, endpoint: f.endpoint, errcode: f.errcode },
          ...{ state: sql`'open'`.as("state"), stateAt: nothing("state_at", g.stateAt) },
          ...{ stateBy: nothing("state_by", g.stateBy), resolvedAt: nothing("resolved_at", g.resolvedAt) },
          mutedUntil: nothing("muted_until", g.mutedUntil),
        })
        .from(f)
        .where(inRange(t, p))
        .groupBy(f.appId, f.endpoint, f.errcode) as never,
    )
    .onConflictDoNothing()
    .returning({ one: sql`1` });
});

const nothing = (name: string, column: Column) =>
  sql`cast(null as ${sql.raw(column.getSQLType().replace(/ collate .*/i, ""))})`.as(name);

const writeGroupCounts = ([quarter, day] as const).map((minutes) => groupCountsOf(minutes));

function groupCountsOf(minutes: SlotMinutes) {
  return statement(`seed_group_counts_${minutes}`, (orm, t, p: Range) => {
    const { apiFailures: f, errorGroups: g, errorGroupCounts: counts } = t;
    const slot = sql`floor(${epochMsOf(f.at)} / ${sql.raw(String(minutes * 60_000))})`;
    return orm
      .insert(counts)
      .select(
        orm
          .select({
            ...{ groupId: g.id, minutes: sql`cast(${sql.raw(String(minutes))} as integer)`.as("minutes") },
            slot: sql`cast(${slot} as integer)`.as("slot"),
            ...{ events: count().as("events"), unnamed: sql`count(*) - count(${f.openid})`.as("unnamed") },
            ...{ firstAt: min(f.at).as("first_at"), lastAt: max(f.at).as("last_at") },
          })
          .from(f)
          .innerJoin(g, groupOf(t))
          .where(inRange(t, p))
          .groupBy(g.id, sql`3`) as never,
      )
      .onConflictDoUpdate({
        target: [counts.groupId, counts.minutes, counts.slot],
        set: {
          events: sql`${counts.events} + excluded.events`,
          unnamed: sql`${counts.unnamed} + excluded.unnamed`,
          lastAt: sql`excluded.last_at`,
        },
      })
      .returning({ one: sql`1` });
  });
}

const epochMsOf = (column: Column) =>
  column.getSQLType() === "integer" ? sql`${column}` : sql`(extract(epoch from ${column}) * 1000)`;

const writeGroupPeople = statement("seed_group_people", (orm, t, p: Range) => {
  const { apiFailures: f, signIns: s, errorGroups: g, errorGroupPeople: people } = t;
  return orm
    .insert(people)
    .select(
      orm
        .select({ groupId: g.id, who: affectedBy(t).as("who"), lastAt: max(f.at).as("last_at") })
        .from(f)
        .innerJoin(g, groupOf(t))
        .leftJoin(s, signInOfUnnamed(t))
        .where(and(inRange(t, p), isNotNull(affectedBy(t))))
        .groupBy(g.id, sql`2`) as never,
    )
    .onConflictDoUpdate({
      target: [people.groupId, people.who],
      set: { lastAt: sql`excluded.last_at` },
    })
    .returning({ one: sql`1` });
});
