// The admin plugin of better-auth lists users: the same question, asked of the library that many would take instead.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { toNodeHandler } from "better-auth/node";
import { admin } from "better-auth/plugins";
import Database from "better-sqlite3";

const operator = { name: "Operator", email: "operator@example.com", password: "an operator looks at users" };
const familyNames = [..."王李张刘陈杨黄赵吴周"];
const givenNames = [..."伟芳娜敏静丽强磊军洋"];

/** [query of list-users, words for the table] */
export const calls = [
  [{ limit: 50 }, "first page of 50"],
  [{ limit: 50, sortBy: "createdAt", sortDirection: "desc" }, "newest first, first page"],
  [{ limit: 50, offset: 5_000, sortBy: "createdAt", sortDirection: "desc" }, "newest first, after 5,000"],
  [{ limit: 50, searchField: "name", searchOperator: "contains", searchValue: "王芳" }, "a name"],
];

/** A server with `people` users on SQLite, as fast as this system's: a write-ahead log, synchronous = NORMAL. */
export async function startBetterAuth(people) {
  const folder = mkdtempSync(join(tmpdir(), "better-auth-users-"));
  const database = new Database(join(folder, "better-auth.sqlite"));
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = NORMAL");
  const options = {
    database,
    baseURL: "http://localhost:3000",
    secret: "a secret of the bench, of 32 characters",
    emailAndPassword: { enabled: true },
    plugins: [admin()],
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
  };
  const { runMigrations } = await getMigrations(options);
  await runMigrations();
  const auth = betterAuth(options);
  const { headers } = await auth.api.signUpEmail({ body: operator, returnHeaders: true });
  database.prepare("update user set role = 'admin'").run();
  fill(database, people);
  const server = createServer(toNodeHandler(auth));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${server.address().port}/api/auth/admin/list-users`;
  const cookie = headers
    .getSetCookie()
    .map((set) => set.split(";", 1)[0])
    .join("; ");
  return {
    async query(query) {
      const answer = await fetch(`${url}?${new URLSearchParams(query)}`, { headers: { cookie } });
      if (!answer.ok) throw new Error(`list-users answered ${answer.status}: ${await answer.text()}`);
      return answer.json();
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      database.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function fill(database, people) {
  const insert = database.prepare(
    "insert into user (id, name, email, emailVerified, createdAt, updatedAt, role) values (?, ?, ?, 1, ?, ?, 'user')",
  );
  const one = (characters, number) => characters[number % characters.length];
  const begin = Date.now() - people * 1000;
  database.transaction(() => {
    for (let number = 0; number < people; number++) {
      const at = new Date(begin + number * 1000).toISOString();
      const name = one(familyNames, number) + one(givenNames, Math.floor(number / 10));
      insert.run(`user-${number}`, name, `${number}@example.com`, at, at);
    }
  })();
}
