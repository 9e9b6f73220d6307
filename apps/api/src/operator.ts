import { parseArgs } from "node:util";
import { openDatabase } from "./db/open.js";
import { createDeps } from "./domain/create-deps.js";
import { hasOperator } from "./domain/operators/accounts.js";
import { createOperatorLink, linkUrl } from "./domain/operators/links.js";
import { resetFactorsByCommand } from "./domain/operators/manage.js";
import type { OperatorRole } from "./domain/operators/roles.js";
import { loadSettings } from "./load-settings.js";

// `npm run operator -- link [--role viewer|operator|owner]`
// `npm run operator -- reset-factors --username NAME`: for an operator who lost their second factors and recovery codes.
// The banner of `npm start` adds --if-first (only while there is no operator) and, if the output goes to a log and the
// link must not, --dry-run.

const silent = { info() {}, warn() {}, error() {} };
const roles = ["viewer", "operator", "owner"] as const satisfies OperatorRole[];
const args = readArguments(process.argv.slice(2));

if ("problem" in args) {
  process.stderr.write(
    `${args.problem}\nUsage: npm run operator -- link [--role viewer|operator|owner]\n       npm run operator -- reset-factors --username NAME\n`,
  );
  process.exitCode = 1;
} else {
  try {
    const settings = loadSettings(process.env);
    const db = await openDatabase(settings);
    const deps = createDeps({ settings, db, now: () => new Date(), log: silent });
    if ("resetFactorsOf" in args) {
      const isReset = await resetFactorsByCommand(deps, args.resetFactorsOf);
      process.stdout.write(
        isReset
          ? "The second factors and recovery codes were removed. The password alone signs in again.\n"
          : "This operator has no second factor: nothing was changed.\n",
      );
    } else if (!args.ifFirst || !(await hasOperator(deps))) {
      const secret = args.isDryRun ? "…" : await createOperatorLink(deps, args.role);
      process.stdout.write(`${linkUrl(settings, secret)}\n`);
    }
    await db.close();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : "The link could not be made."}\n`);
    process.exitCode = 1;
  }
}

/** A mistyped option is an error: ignored, it would make a link for an owner. */
function readArguments(argv: string[]) {
  const option = { "if-first": { type: "boolean" }, "dry-run": { type: "boolean" } } as const;
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      options: {
        role: { type: "string", default: "owner" },
        username: { type: "string" },
        ...option,
      },
      allowPositionals: true,
    });
    if (positionals.length === 1 && positionals[0] === "reset-factors") {
      if (values.username === undefined) return { problem: "reset-factors needs --username." };
      return { resetFactorsOf: values.username };
    }
    if (positionals.length !== 1 || positionals[0] !== "link")
      return { problem: "The command is: link or reset-factors." };
    const role = roles.find((name) => name === values.role);
    if (!role) return { problem: `--role must be one of ${roles.join(", ")}.` };
    return { role, ifFirst: values["if-first"] ?? false, isDryRun: values["dry-run"] ?? false };
  } catch (error) {
    // parseArgs names the option that is unknown or lacks its value.
    return { problem: error instanceof Error ? error.message : "The arguments cannot be read." };
  }
}
