import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "./pnpm.mjs";

const database = (system) =>
  system.env.DATABASE_URL ? "PostgreSQL (DATABASE_URL)" : join(system.dataDir, "wechat-login.sqlite");

/** What a newcomer needs, in one piece, once all of it answers. */
export async function printBanner(system, operatorCommand) {
  const link = await firstOperatorLink(system, operatorCommand);
  const lines = [
    "",
    "  WeChat login is running",
    "",
    `  Sign in as a person    ${system.publicUrl}/`,
    `  Operator console       ${system.publicUrl}/admin/`,
    ...(system.simulated ? [`  Simulated WeChat       ${system.simulatorUrl}/`] : []),
    `  Database               ${database(system)}`,
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

async function firstOperatorLink(system, { command, args }) {
  // A log that is kept somewhere is no place for a key: only a terminal sees the link.
  const toTerminal = process.stdout.isTTY;
  const asked = await promisify(execFile)(
    command,
    [...args, "link", "--if-first", ...(toTerminal ? [] : ["--dry-run"])],
    {
      cwd: root,
      env: system.env,
    },
  );
  const url = asked.stdout.trim();
  if (url === "") return [];
  return toTerminal
    ? ["  Make the first operator, within 15 minutes and once:", `    ${url}`, ""]
    : ["  First operator         npm run operator -- link", ""];
}
