import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Sqlite, type SqliteClient } from "../../src/db/better-sqlite3.js";
import { GroupCommit } from "../../src/db/group-commit.js";

/** A step of these tests: SQL that is run as it is. */
type Step = string;

describe("batches that are asked for in a few turns of the event loop", () => {
  let folder: string;
  let client: SqliteClient;
  let reader: SqliteClient;
  let statements: string[];
  let groups: GroupCommit;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "group-commit-"));
    statements = [];
    const path = join(folder, "test.sqlite");
    client = new Sqlite(path, { timeout: 0, verbose: (text) => statements.push(String(text)) });
    client.exec("pragma journal_mode = wal");
    client.exec("create table users (id text primary key)");
    client.exec(
      "create table notes (user_id text references users (id) deferrable initially deferred, text text)",
    );
    client.exec("pragma foreign_keys = on");
    reader = new Sqlite(path, { timeout: 0 });
    groups = new GroupCommit(client, {
      execute: (steps) =>
        (steps as unknown as Step[]).map((sql) => {
          if (sql === "lose") client.exec("rollback");
          if (sql === "lose") throw new Error("SQLite gave the transaction up");
          if (sql === "throw") throw new Error("this batch depends on a changed row");
          client.exec(sql);
          return [sql];
        }),
      retry: async (attempt) => attempt(),
    });
    statements.length = 0;
  });
  afterEach(() => {
    for (const one of [client, reader]) one.close();
    rmSync(folder, { recursive: true });
  });

  const add = (...steps: Step[]) => groups.add(steps as never);
  const insert = (id: string) => `insert into users values ('${id}')`;
  const users = () => reader.prepare("select id from users order by id").pluck().all();

  it("share one transaction", async () => {
    await Promise.all([add(insert("a"), insert("b")), add(insert("c"))]);
    expect(statements).toEqual(["begin immediate", insert("a"), insert("b"), insert("c"), "commit"]);
    expect(users()).toEqual(["a", "b", "c"]);
  });

  it("are committed one by one, in their order, after one of them failed [T134]", async () => {
    await Promise.allSettled([add(insert("a")), add("throw"), add(insert("b"), insert("c"))]);
    expect(statements).toEqual([
      ...["begin immediate", insert("a"), "rollback"],
      ...["begin immediate", insert("a"), "commit"],
      ...["begin immediate", "rollback"],
      ...["begin immediate", insert("b"), insert("c"), "commit"],
    ]);
  });

  it("are answered with their own rows", async () => {
    expect(await Promise.all([add(insert("a"), insert("b")), add(insert("c"))])).toEqual([
      [[insert("a")], [insert("b")]],
      [[insert("c")]],
    ]);
  });

  it("are undone and answered alone if they fail, whole, whatever failed before and after them [T134]", async () => {
    const outcomes = await Promise.allSettled([
      add(insert("first")),
      add(insert("stale"), "throw"),
      add(insert("second"), insert("first")), // first is taken
      add(insert("stale")), // free again
      add("no sql"),
      add(insert("last")),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual([
      ...["fulfilled", "rejected", "rejected", "fulfilled", "rejected", "fulfilled"],
    ]);
    expect(outcomes[1]).toMatchObject({ reason: { message: "this batch depends on a changed row" } });
    expect(outcomes[2]).toMatchObject({ reason: { code: "SQLITE_CONSTRAINT_PRIMARYKEY" } });
    expect(users()).toEqual(["first", "last", "stale"]);
  });

  it("are all rejected, and nothing is written, if the commit fails [T134]", async () => {
    const outcomes = await Promise.allSettled([
      add(insert("a")),
      add("insert into notes values ('unknown', 'refused at the commit')"),
      add(insert("b")),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(users()).toEqual([]);
    await add(insert("later"));
    expect(users()).toEqual(["later"]);
  });

  it("are not answered before the commit [T134]", async () => {
    const seen: unknown[] = [];
    const commits = statements.filter((text) => text === "commit").length;
    await Promise.all(
      ["a", "b", "c"].map(async (id) => {
        await add(insert(id));
        seen.push([users(), statements.filter((text) => text === "commit").length - commits]);
      }),
    );
    expect(seen).toEqual(Array(3).fill([["a", "b", "c"], 1]));
  });

  it("do not suffer from one that fills the disk: the others are written [T134]", async () => {
    client.exec(`pragma max_page_count = ${Number(client.pragma("page_count", { simple: true })) + 2}`);
    const outcomes = await Promise.allSettled([
      add(insert("a")),
      add(`insert into users select hex(zeroblob(100000))`),
      add(insert("b")),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(outcomes[1]).toMatchObject({ reason: { code: "SQLITE_FULL" } });
    expect(users()).toEqual(["a", "b"]);
  });

  it("are run again, each alone, if SQLite gave up their transaction because of one of them [T134]", async () => {
    const outcomes = await Promise.allSettled([
      add(insert("a")),
      add(insert("lost"), "lose"),
      add(insert("a")),
      add(insert("b")),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected", "fulfilled"]);
    expect(outcomes[1]).toMatchObject({ reason: { message: "SQLite gave the transaction up" } });
    expect(outcomes[2]).toMatchObject({ reason: { code: "SQLITE_CONSTRAINT_PRIMARYKEY" } });
    expect(users()).toEqual(["a", "b"]);
  });

  /** One batch in each of twenty turns, and how many of them each group had. */
  async function oneInEachTurn(): Promise<number[]> {
    const answers: Promise<unknown>[] = [];
    for (let turn = 0; turn < 20; turn++) {
      answers.push(add(insert(`user ${turn}`)));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(answers);
    return groupSizes();
  }

  const groupSizes = () =>
    statements
      .join(" ")
      .split("commit")
      .map((group) => group.split("insert").length - 1);

  it("join a group for eight turns", async () => {
    const now = vi.spyOn(performance, "now").mockReturnValue(1000);
    expect(await oneInEachTurn()).toEqual([8, 8, 4, 0]);
    now.mockRestore();
  });

  it("join a group for three milliseconds where a turn is long", async () => {
    let ms = 1000;
    const now = vi.spyOn(performance, "now").mockImplementation(() => ms++);
    expect((await oneInEachTurn()).slice(0, 3)).toEqual([2, 2, 2]);
    now.mockRestore();
  });

  it("come in groups of 64 at most, and those that come meanwhile are in the next group", async () => {
    const late: Promise<unknown>[] = [];
    await Promise.all(
      Array.from({ length: 70 }, async (_, n) => {
        await add(insert(`user ${n}`));
        if (n === 0) late.push(add(insert("late")));
      }),
    );
    await Promise.all(late);
    expect(groupSizes()).toEqual([64, 7, 0]);
  });

  it("are all answered before the drain ends", async () => {
    const answered: string[] = [];
    for (const id of ["a", "b"]) void add(insert(id)).then(() => answered.push(id));
    await groups.drain();
    expect(answered).toEqual(["a", "b"]);
  });
});
