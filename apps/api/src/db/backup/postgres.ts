import { spawn } from "node:child_process";
import pg from "pg";
import { BackupError, type DatabaseBackup } from "./backup.js";

/** PostgreSQL's own programs make the copy and restore it. */
export const postgresBackup = (url: string): DatabaseBackup => ({
  engine: "postgres",
  fileName: "wechat-login.dump",
  copyTo: (path) =>
    run(url, "pg_dump", ["--format=custom", "--no-owner", "--no-privileges", `--file=${path}`]),
  async restoreFrom(path, { replace }) {
    await refuse(url, replace);
    // One transaction: either all of it is restored, or the database stays as it is.
    const options = ["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error"];
    await run(url, "pg_restore", [...options, ...(replace ? ["--clean", "--if-exists"] : []), path]);
    return undefined;
  },
});

/** Whether there are other connections to this database. */
export async function isInUse(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query(
    `select from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend' limit 1`,
  );
  return rows.length > 0;
}

async function refuse(url: string, replace: boolean): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on("error", () => {}); // the query under way fails by itself
  try {
    await client.connect();
    const { rows } = await client.query<{ tables: number }>(
      "select count(*)::int as tables from pg_tables where schemaname = current_schema()",
    );
    const [{ tables } = { tables: 0 }] = rows;
    if (await isInUse(client))
      throw new BackupError("The database is in use: stop every process of the service first.");
    if (tables > 0 && !replace) {
      throw new BackupError(
        "The database of DATABASE_URL is not empty: name an empty one, or give --replace, which deletes what it holds.",
      );
    }
  } catch (error) {
    if (error instanceof BackupError) throw error;
    const hasCode = error instanceof Error && "code" in error;
    const reason = hasCode ? String(error.code) : "the connection timed out or was closed";
    throw new BackupError(`PostgreSQL cannot be reached: ${reason}.`, { cause: error });
  } finally {
    await client.end().catch(() => {});
  }
}

/** The password travels in the environment: every user of the machine may read the arguments of a process. */
function run(databaseUrl: string, program: "pg_dump" | "pg_restore", args: string[]): Promise<void> {
  const url = new URL(databaseUrl);
  const env = { ...process.env, ...(url.password ? { PGPASSWORD: decodeURIComponent(url.password) } : {}) };
  url.password = "";
  return new Promise((resolve, reject) => {
    const child = spawn(program, [`--dbname=${url.href}`, ...args], {
      env,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let output = "";
    child.stderr.on("data", (chunk: Buffer) => {
      output += chunk;
    });
    child.once("error", (cause) => {
      const advice = `${program} is not on this machine: install PostgreSQL's client programs, of the server's version or newer.`;
      reject(new BackupError(advice, { cause }));
    });
    child.once("close", (code) => {
      if (code === 0) resolve();
      else reject(new BackupError(`${program} failed:\n${output.trim()}`));
    });
  });
}
