import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "./package-json.mjs";

const databaseOf = (system) =>
  system.env.DATABASE_URL || system.env.DATABASE_URL_FILE
    ? "PostgreSQL (DATABASE_URL)"
    : join(system.dataDir, "wechat-login.sqlite");

/** Prints every address and the next steps, once the system is healthy. */
export async function printBanner(system, operatorCommand) {
  const link = await firstOperatorLink(system, operatorCommand);
  const lines = [
    "",
    "  WeChat login is running",
    "",
    `  Sign in as a person    ${system.publicUrl}/login/account`,
    `  Operator console       ${system.publicUrl}/admin/`,
    ...(system.simulated ? [`  Simulated WeChat       ${system.simulatorUrl}/`] : []),
    `  Database               ${databaseOf(system)}`,
    "",
    ...link,
    ...(system.simulated
      ? [
          "  Something to look at   npm run demo (in a second terminal)",
          '  Go real                set WECHAT_APPS: README, "Going real"',
        ]
      : []),
    "  Stop                   Ctrl-C",
    "",
  ];
  console.log(lines.join("\n"));
}

/** The banner's lines about the first operator; none when there is an operator. */
async function firstOperatorLink(system, { command, args }) {
  // The link is a credential: it is printed on a terminal, and not into a log that may be kept.
  const isTerminal = process.stdout.isTTY;
  const hint = ["  First operator         npm run operator -- link", ""];
  const options = ["link", "--if-first", ...(isTerminal ? [] : ["--dry-run"])];
  // When this fails, the system keeps running; the command in the hint prints the reason.
  const result = await promisify(execFile)(command, [...args, ...options], {
    cwd: root,
    env: system.env,
  }).catch(() => undefined);
  if (result === undefined) return hint;
  const url = result.stdout.trim();
  if (url === "") return [];
  return isTerminal ? ["  Create the first operator (valid once, for 15 minutes):", `    ${url}`, ""] : hint;
}
