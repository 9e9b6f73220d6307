import { randomBytes } from "node:crypto";
import { openDatabase } from "./db/open.js";
import { createDeps } from "./domain/create-deps.js";
import { type RotatedKeys, rotateKeys } from "./domain/rotate-keys.js";
import { loadSettings } from "./load-settings.js";
import { isWeakKey } from "./weak-keys.js";

// `npm run keys -- make` and `npm run keys -- rotate`

const usage = "Usage:\n  npm run keys -- make\n  npm run keys -- rotate\n";
const silent = { info() {}, warn() {}, error() {} };

const [command, ...rest] = process.argv.slice(2);
if ((command !== "make" && command !== "rotate") || rest.length > 0) {
  process.stderr.write(usage);
  process.exitCode = 1;
} else if (command === "make") {
  process.stdout.write(`${newKey()}\n`);
} else {
  try {
    process.stdout.write(await rotate());
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : "The keys were not rotated."}\n`);
    process.exitCode = 1;
  }
}

/** Of a random key, one in many thousands looks like a sample to the settings. */
function newKey(): string {
  for (;;) {
    const key = randomBytes(32).toString("hex");
    if (!isWeakKey(key)) return key;
  }
}

async function rotate(): Promise<string> {
  const settings = loadSettings(process.env);
  const db = await openDatabase(settings);
  try {
    const deps = createDeps({ settings, db, now: () => new Date(), log: silent });
    return describe(await rotateKeys(deps), deps.keys.ids);
  } finally {
    await db.close();
  }
}

/** What there is, with its number for `#`; nothing for none. */
function counted(count: number, one: string, many: string): string[] {
  return count === 0 ? [] : [(count === 1 ? one : many).replace("#", number(count))];
}

function describe(rotated: RotatedKeys, [newest, ...older]: readonly string[]): string {
  const { reencrypted, unreadable, sealedEntries, blockedIdentities } = rotated;
  const lines = [
    `${number(reencrypted)} tokens and webhook secrets were encrypted again, under the key ${newest}.`,
  ];
  if (unreadable > 0) {
    lines.push(`${number(unreadable)} cannot be decrypted with these keys, and stay as they are.`);
  }
  if (older.length > 0) {
    const needs = [
      ...counted(sealedEntries, "to check # entry of the audit log", "to check # entries of the audit log"),
      ...counted(
        blockedIdentities,
        "to recognize # identity that stays blocked",
        "to recognize # identities that stay blocked",
      ),
    ];
    lines.push(
      needs.length > 0
        ? `The keys behind it (${older.join(", ")}) are still needed ${needs.join(" and ")}.`
        : `The keys behind it (${older.join(", ")}) can be removed from SECRET_KEYS in ten minutes, when no sign-in begun under them is open.`,
    );
  }
  return `${lines.join("\n")}\n`;
}

function number(count: number): string {
  return count.toLocaleString("en");
}
