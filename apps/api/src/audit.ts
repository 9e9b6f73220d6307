import { openDatabase } from "./db/open.js";
import { type AuditCheck, verifyAudit } from "./domain/audit-seals.js";
import { createDeps } from "./domain/create-deps.js";
import { loadSettings } from "./load-settings.js";

// `npm run audit -- verify`

const silent = { info() {}, warn() {}, error() {} };

if (process.argv.length !== 3 || process.argv[2] !== "verify") {
  process.stderr.write("The command is: verify.\nUsage: npm run audit -- verify\n");
  process.exitCode = 1;
} else {
  try {
    const settings = loadSettings(process.env);
    const db = await openDatabase(settings);
    const check = await verifyAudit(createDeps({ settings, db, now: () => new Date(), log: silent }));
    process.stdout.write(describe(check));
    if (check.problem) process.exitCode = 1;
    await db.close();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : "The audit log could not be read."}\n`);
    process.exitCode = 1;
  }
}

function describe({ sealed, unsealed, problem }: AuditCheck): string {
  const entries = `${sealed.toLocaleString("en")} ${sealed === 1 ? "entry" : "entries"}`;
  if (!problem) return `${entries} sealed, ${unsealed.toLocaleString("en")} not yet, sound.\n`;
  return `The audit log is not sound: ${problem}. ${entries} before it ${sealed === 1 ? "is" : "are"}.\n`;
}
