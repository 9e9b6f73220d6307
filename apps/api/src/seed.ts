import { parseArgs } from "node:util";
import { openDatabase } from "./db/open.js";
import { sealAudit } from "./domain/audit-seals.js";
import { createDeps } from "./domain/create-deps.js";
import { SettingsError } from "./env.js";
import { loadSettings } from "./load-settings.js";
import { writeRecords, writeSeed } from "./seed/write.js";

// `npm run seed -- --people N --failures M`: fills an empty database with people who do not exist, to see how fast this is with many.

const usage = "Usage: npm run seed -- --people N --failures M\n";

const silent = { info() {}, warn() {}, error() {} };

/** An app that was configured once. */
const goneAppId = "wx00000000000seeded";

process.exitCode = await seed().catch((error: unknown) => {
  const isKnown = error instanceof SettingsError || (error instanceof Error && "code" in error);
  process.stderr.write(
    `${error instanceof Error ? (isKnown ? error.message : error.stack) : "The seed failed."}\n`,
  );
  return 1;
});

async function seed(): Promise<number> {
  const { values } = parseArgs({ options: { people: { type: "string" }, failures: { type: "string" } } });
  const [people, failures] = [values.people, values.failures].map((text) =>
    /^\d{1,8}$/.test(text ?? "") ? Number(text) : 0,
  );
  if (!people || !failures) {
    process.stderr.write(`Both numbers are from 1 to 99999999.\n${usage}`);
    return 1;
  }
  const settings = loadSettings(process.env);
  if (settings.production) {
    process.stderr.write("NODE_ENV is production: people who do not exist are not written there.\n");
    return 1;
  }
  const db = await openDatabase(settings);
  try {
    const users = await db.consoleQuery((orm, t) => orm.select({ id: t.users.id }).from(t.users).limit(1));
    if (users.length > 0) {
      process.stderr.write(
        "The database has people already. Set DATA_DIR or DATABASE_URL to an empty one.\n",
      );
      return 1;
    }
    const appIds = [...settings.apps.map(({ appId }) => appId), goneAppId];
    const size = { people, failures, now: new Date(), appIds };
    const progress = (written: string) => process.stdout.write(`Written: ${written}.\n`);
    await writeSeed(db, size, progress);
    await writeRecords(db, size, progress);
    // The server would do it when it starts, and be slow meanwhile.
    await sealAudit(createDeps({ settings, db, now: () => new Date(), log: silent }));
    return 0;
  } finally {
    await db.close();
  }
}
