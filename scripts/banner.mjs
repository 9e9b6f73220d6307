import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "./package-json.mjs";

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
  const byHand = ["  First operator         npm run operator -- link", ""];
  const link = [...args, "link", "--if-first", ...(toTerminal ? [] : ["--dry-run"])];
  // Where it fails, the command by hand says why; what runs already need not end for it.
  const asked = await promisify(execFile)(command, link, { cwd: root, env: system.env }).catch(
    () => undefined,
  );
  if (asked === undefined) return byHand;
  const url = asked.stdout.trim();
  if (url === "") return [];
  return toTerminal ? ["  Make the first operator, within 15 minutes and once:", `    ${url}`, ""] : byHand;
}
