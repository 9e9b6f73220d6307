import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { postgresBackup } from "../src/db/backup/postgres.js";
import { findUserState } from "../src/db/users.js";
import { makeBackup, restoreBackup } from "../src/domain/backups/backups.js";
import { postgresDatabase, unmigratedPostgres } from "./support/postgres.js";
import { startSeveringProxy } from "./support/severing-proxy.js";
import { secretKey } from "./support/system.js";

// PostgreSQL's own programs have to be of its server's version, so these stand in for them.

const folder = mkdtempSync(join(tmpdir(), "backup-"));
const path = (name: string) => join(folder, name);

beforeAll(() => {
  const program = (name: string, script: string) => {
    writeFileSync(path(name), `#!/bin/sh\necho "${name} $* password $PGPASSWORD" >> "$0.calls"\n${script}\n`);
    chmodSync(path(name), 0o755);
  };
  program(
    "pg_dump",
    'for arg; do case "$arg" in --file=*) echo dump > "$(echo "$arg" | cut -c8-)" ;; esac; done',
  );
  program("pg_restore", '[ ! -e "$0.fails" ] || { echo "what it says" >&2; exit 1; }');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(path("pg_restore.calls"), { force: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

const usePrograms = () => vi.stubEnv("PATH", `${folder}${delimiter}${process.env.PATH}`);
const backupOf = (url: string) => ({
  database: postgresBackup(url),
  settings: { dataDir: folder, secretKeys: [secretKey] },
  now: new Date("2026-11-28T12:00:00Z"),
});
const calls = (program: string) =>
  existsSync(path(`${program}.calls`)) ? readFileSync(path(`${program}.calls`), "utf8").trim() : "";

describe("a backup of PostgreSQL", () => {
  it("is made by pg_dump, whose arguments do not hold the password", async () => {
    usePrograms();
    const url = "postgres://login:a%20pass%2Fword@db.internal:5433/login?sslmode=require";
    const { manifest } = await makeBackup(path("made"), backupOf(url));
    expect(manifest).toMatchObject({ engine: "postgres", file: "wechat-login.dump", bytes: 5 });
    expect(calls("pg_dump")).toMatch(
      /^pg_dump --dbname=postgres:\/\/login@db\.internal:5433\/login\?sslmode=require --format=custom --no-owner --no-privileges --file=\S+\/wechat-login\.dump password a pass\/word$/,
    );
  });

  it("goes into an empty database that no process uses, or replaces what is there if that is asked for", async () => {
    usePrograms();
    const [empty, full] = [await unmigratedPostgres(), await postgresDatabase()];
    await makeBackup(path("whole"), backupOf(full.url));
    const restore = (url: string, replace: boolean) =>
      restoreBackup(path("whole"), backupOf(url), { replace, withoutKeys: false });
    const options = "--no-owner --no-privileges --single-transaction --exit-on-error";
    await restore(empty.url, false);
    expect(calls("pg_restore")).toContain(`${options} ${path("whole/wechat-login.dump")} password`);
    rmSync(path("pg_restore.calls"));

    await expect(restore(full.url, false)).rejects.toThrow(
      "is not empty: name an empty one, or give --replace",
    );
    const service = await full.open();
    await service.run(findUserState, { id: "anyone" });
    await expect(restore(full.url, true)).rejects.toThrow("in use: stop every process of the service first");
    await service.close();
    expect(calls("pg_restore")).toBe("");
    await restore(full.url, true);
    expect(calls("pg_restore")).toContain(
      `${options} --clean --if-exists ${path("whole/wechat-login.dump")}`,
    );

    writeFileSync(path("pg_restore.fails"), "");
    await expect(restore(empty.url, false)).rejects.toThrow("pg_restore failed:\nwhat it says");
    await full.remove();
  });

  it("names the program that is missing, and a server that cannot be reached, without the address", async () => {
    vi.stubEnv("PATH", path("nowhere"));
    await expect(makeBackup(path("no-program"), backupOf("postgres://a:b@127.0.0.1:9/c"))).rejects.toThrow(
      "pg_dump is not on this machine: install PostgreSQL's client programs, of the server's version or newer.",
    );
    const closed = backupOf("postgres://login:hunter2@127.0.0.1:9/login");
    await expect(restoreBackup(path("made"), closed, { replace: false, withoutKeys: false })).rejects.toThrow(
      /^PostgreSQL cannot be reached: ECONNREFUSED\.$/,
    );
  });

  it.each(["pg_tables", "pg_stat_activity"])(
    "is not restored if the connection breaks while it reads %s",
    async (read) => {
      usePrograms();
      const empty = await unmigratedPostgres();
      await makeBackup(path(`of-${read}`), backupOf(empty.url));
      const proxy = await startSeveringProxy(empty.url);
      onTestFinished(() => proxy.close());
      proxy.cutAt(read);
      const restored = restoreBackup(path(`of-${read}`), backupOf(proxy.url), {
        replace: false,
        withoutKeys: false,
      });
      await expect(restored).rejects.toMatchObject({
        name: "BackupError",
        message: "PostgreSQL cannot be reached: the connection timed out or was closed.",
        cause: new Error("Connection terminated unexpectedly"),
      });
      expect(calls("pg_restore")).toBe("");
    },
  );
});
