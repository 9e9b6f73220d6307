import { openDatabase } from "./db/open.js";
import { createDeps } from "./domain/create-deps.js";
import { hasOperator } from "./domain/operators/accounts.js";
import { createOperatorLink } from "./domain/operators/links.js";
import type { OperatorRole } from "./domain/operators/roles.js";
import { loadSettings } from "./load-settings.js";

// `npm run operator -- link [--role viewer|operator|owner]`
// The banner of `npm start` adds --if-first (only while there is no operator) and, where nobody should read the
// link, --dry-run.

const silent = { info() {}, warn() {}, error() {} };
const roles: readonly string[] = ["viewer", "operator", "owner"] satisfies OperatorRole[];
const [command, ...options] = process.argv.slice(2);
const role = options.includes("--role") ? options[options.indexOf("--role") + 1] : "owner";

if (command !== "link" || role === undefined || !roles.includes(role)) {
  process.stderr.write("Usage: npm run operator -- link [--role viewer|operator|owner]\n");
  process.exitCode = 1;
} else {
  try {
    const settings = loadSettings(process.env);
    const db = await openDatabase(settings);
    const deps = createDeps({ settings, db, now: () => new Date(), log: silent });
    if (!options.includes("--if-first") || !(await hasOperator(deps))) {
      const isDryRun = options.includes("--dry-run");
      const secret = isDryRun ? "…" : await createOperatorLink(deps, role as OperatorRole);
      process.stdout.write(`${new URL("/admin/set-up", settings.publicUrl).href}#${secret}\n`);
    }
    await db.close();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : "The link could not be made."}\n`);
    process.exitCode = 1;
  }
}
