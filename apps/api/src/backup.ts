import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { backupOf } from "./db/open.js";
import { keysFileName, keysIn, makeBackup, restoreBackup } from "./domain/backups/backups.js";
import { loadSettings } from "./load-settings.js";
import { persistedKeys } from "./persisted-keys.js";

// `npm run backup -- …`: see the usage below.

const usage = `Usage:
  npm run backup -- make FOLDER
  npm run backup -- restore FOLDER [--replace] [--without-keys]
`;

try {
  process.stdout.write(await run(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message.trim() : "The backup failed."}\n`);
  process.exitCode = 1;
}

async function run(given: string[]): Promise<string> {
  const { command, folder, replace, withoutKeys } = readArguments(given);
  const now = new Date();
  if (command === "make") {
    const settings = loadSettings(process.env);
    const { manifest, includesKeys } = await makeBackup(folder, {
      database: await backupOf(settings),
      settings,
      now,
    });
    const keys = includesKeys
      ? "with its secret keys: keep it as safe as them"
      : `without its secret keys, which it needs: keep SECRET_KEYS (${manifest.secretKeyIds.join(", ")}) elsewhere`;
    return `The backup is in ${folder}: ${manifest.bytes.toLocaleString("en")} bytes, ${keys}.\n`;
  }
  // Otherwise a start without keys would make new ones.
  const settings = loadSettings(process.env, (dataDir) => persistedKeys(takeKeys(folder, dataDir)));
  const restored = { database: await backupOf(settings), settings, now };
  const { manifest, before } = await restoreBackup(folder, restored, { replace, withoutKeys });
  const kept = before === undefined ? "" : ` The database before it is kept in ${before}.`;
  return `The backup of ${manifest.madeAt} is restored.${kept} Start the service: it erases again who was erased since.\n`;
}

function readArguments(args: string[]) {
  try {
    const { positionals, values } = parseArgs({
      args,
      allowPositionals: true,
      options: { replace: { type: "boolean" }, "without-keys": { type: "boolean" } },
    });
    const [command, folder, ...rest] = positionals;
    const isKnown = command === "restore" || (command === "make" && Object.keys(values).length === 0);
    if (isKnown && folder !== undefined && rest.length === 0) {
      return {
        command,
        // npm runs scripts at the root, and says where it was called.
        folder: resolve(process.env.INIT_CWD ?? process.cwd(), folder),
        replace: values.replace ?? false,
        withoutKeys: values["without-keys"] ?? false,
      };
    }
  } catch {
    // An unknown option: the usage names the known ones.
  }
  throw new Error(usage);
}

/** Copies the keys that a backup brings into a data folder without any. */
function takeKeys(folder: string, dataDir: string): string {
  const path = join(dataDir, keysFileName);
  const brought = keysIn(folder);
  if (brought !== undefined && !existsSync(path)) {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    copyFileSync(brought, path);
  }
  return dataDir;
}
