import { copyDatabase, type TableSum } from "./db/copy/copy.js";
import { PostgresTarget } from "./db/copy/postgres-target.js";
import { SqliteSource } from "./db/copy/sqlite-source.js";
import { sqlitePath } from "./db/open.js";
import { loadSettings } from "./load-settings.js";

// `npm run to-postgres [-- --start-over]`: copies the database of DATA_DIR into the one of DATABASE_URL, both as the service knows them.

const usage = "Usage: npm run to-postgres [-- --start-over]\n";

try {
  process.stdout.write(await run(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message.trim() : "The copy failed."}\n`);
  process.exitCode = 1;
}

async function run(args: string[]): Promise<string> {
  if (args.some((arg) => arg !== "--start-over")) throw new Error(usage);
  const { dataDir, databaseUrl } = loadSettings(process.env);
  if (!databaseUrl) {
    throw new Error("DATABASE_URL is not set: it names the PostgreSQL database that the copy goes into.");
  }
  const source = new SqliteSource(sqlitePath(dataDir));
  try {
    const target = await PostgresTarget.open(databaseUrl, { startOver: args.length > 0 });
    try {
      const sums = await copyDatabase(source, target, (name, rows) => {
        if (rows > 0) process.stdout.write(`${name}: ${number(rows)} rows\n`);
      });
      return describe(sums);
    } finally {
      await target.close();
    }
  } finally {
    source.close();
  }
}

function describe(sums: readonly TableSum[]): string {
  const rows = sums.reduce((sum, table) => sum + table.rows, 0);
  return `${[
    "",
    "Both databases hold the same, by the SHA-256 of all rows of each table:",
    ...sums.filter((table) => table.rows > 0).map(({ name, sha256 }) => `${sha256.slice(0, 16)}  ${name}`),
    "",
    `${number(rows)} rows are copied. Start the service with this DATABASE_URL, and keep DATA_DIR: the secret keys in it are still used.`,
  ].join("\n")}\n`;
}

function number(count: number): string {
  return count.toLocaleString("en");
}
