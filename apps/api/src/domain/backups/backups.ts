import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  createReadStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { BackupError, type DatabaseBackup } from "../../db/backup/backup.js";
import type { Settings } from "../../env.js";
import { KeyRing } from "../key-ring.js";

// A backup is a folder: the copy of the database, backup.json, and the secret keys if this system made them itself.

/** backup.json. It holds no secret. */
export interface BackupManifest {
  /** When it began: every sign-in that was confirmed before is in it. */
  madeAt: string;
  engine: DatabaseBackup["engine"];
  file: string;
  bytes: number;
  sha256: string;
  /** The keys under which its tokens are encrypted, newest first, by their ids. */
  secretKeyIds: readonly string[];
}

interface Backup {
  database: DatabaseBackup;
  settings: Pick<Settings, "secretKeys" | "dataDir">;
  now: Date;
}

/** The file of the keys that this system made: persisted-keys.ts. */
export const keysFileName = "secret-keys";

/**
 * Makes a backup in a new folder, which gets its name once it is complete.
 *
 * @throws {BackupError}
 */
export async function makeBackup(folder: string, { database, settings, now }: Backup) {
  if (existsSync(folder)) throw new BackupError("The folder is there already: name a new one.");
  const draft = join(dirname(folder), `.${basename(folder)}.partial`);
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  try {
    const copy = join(draft, database.fileName);
    await database.copyTo(copy);
    chmodSync(copy, 0o600);
    const manifest: BackupManifest = {
      madeAt: now.toISOString(),
      engine: database.engine,
      file: database.fileName,
      bytes: statSync(copy).size,
      sha256: await hashOf(copy),
      secretKeyIds: new KeyRing(settings.secretKeys).ids,
    };
    writeFileSync(join(draft, "backup.json"), `${JSON.stringify(manifest, null, 2)}\n`);
    const keys = join(settings.dataDir, keysFileName);
    const includesKeys = existsSync(keys) && readKeys(keys).join() === settings.secretKeys.join();
    if (includesKeys) copyFileSync(keys, join(draft, keysFileName));
    renameSync(draft, folder);
    return { manifest, includesKeys };
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Puts the backup of this folder in the place of the database. The ledger of erasures stays: the next start erases again who was
 * erased since.
 *
 * @param options.withoutKeys although tokens in it are encrypted under keys that are not here
 * @throws {BackupError} nothing has been changed
 */
export async function restoreBackup(
  folder: string,
  { database, settings, now }: Backup,
  { replace, withoutKeys }: { replace: boolean; withoutKeys: boolean },
) {
  const manifest = readManifest(folder);
  if (manifest.engine !== database.engine) {
    throw new BackupError(
      `The backup is of ${nameOf(manifest.engine)}, and the settings name ${nameOf(database.engine)}: check DATABASE_URL.`,
    );
  }
  const copy = join(folder, database.fileName);
  if (!existsSync(copy) || (await hashOf(copy)) !== manifest.sha256) {
    throw new BackupError("The backup is damaged: its file is not the one that backup.json describes.");
  }
  const here = new KeyRing(settings.secretKeys).ids as readonly string[];
  const missing = manifest.secretKeyIds.filter((id) => !here.includes(id));
  if (missing.length > 0 && !withoutKeys) {
    throw new BackupError(
      `The backup needs secret keys that are not here: ${missing.join(", ")}. Add them to SECRET_KEYS, or to the file secret-keys in DATA_DIR. With --without-keys its tokens are lost.`,
    );
  }
  const before = await database.restoreFrom(copy, { replace, now });
  return { manifest, before };
}

/** The keys that a backup brings with it; undefined if it names them only. */
export function keysIn(folder: string): string | undefined {
  const path = join(folder, keysFileName);
  return existsSync(path) ? path : undefined;
}

function readManifest(folder: string): BackupManifest {
  try {
    const { engine, sha256, secretKeyIds, ...rest } = JSON.parse(
      readFileSync(join(folder, "backup.json"), "utf8"),
    );
    if (typeof sha256 === "string" && Array.isArray(secretKeyIds) && /^(sqlite|postgres)$/.test(engine)) {
      return { engine, sha256, secretKeyIds, ...rest };
    }
  } catch (cause) {
    throw new BackupError("The folder holds no backup: its backup.json cannot be read.", { cause });
  }
  throw new BackupError("The folder holds no backup: its backup.json is not one of this system.");
}

const nameOf = (engine: DatabaseBackup["engine"]) => (engine === "sqlite" ? "SQLite" : "PostgreSQL");

const readKeys = (path: string): string[] => readFileSync(path, "utf8").trim().split(",");

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
