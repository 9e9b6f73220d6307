import { openDatabase } from "./db/open.js";
import { type GroupPreview, previewGroups } from "./domain/console/group-preview.js";
import { createDeps } from "./domain/create-deps.js";
import { loadSettings } from "./load-settings.js";

// `npm run groups -- preview`

const silent = { info() {}, warn() {}, error() {} };

if (process.argv.length !== 3 || process.argv[2] !== "preview") {
  process.stderr.write("The command is: preview.\nUsage: npm run groups -- preview\n");
  process.exitCode = 1;
} else {
  try {
    const settings = loadSettings(process.env);
    const db = await openDatabase(settings);
    const deps = createDeps({ settings, db, now: () => new Date(), log: silent });
    const previews = await previewGroups(deps);
    process.stdout.write(
      previews.length === 0 ? "No app has a group in WECHAT_APPS.\n" : previews.map(describe).join("\n"),
    );
    await db.close();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : "The groups could not be read."}\n`);
    process.exitCode = 1;
  }
}

function describe({ group, apps, joining, conflicts }: GroupPreview): string {
  const lines = [
    `Group ${group} (${apps.join(", ")})`,
    `  ${count(joining, "person", "people")} will be recognized in all of its apps.`,
    `  ${count(conflicts.length, "person is", "people are")} two users already, and will be a conflict each:`,
    ...conflicts.map(({ userId, otherUserId }) => `    ${userId} and ${otherUserId}`),
  ];
  return `${(conflicts.length === 0 ? lines.slice(0, 2) : lines).join("\n")}\n`;
}

function count(number: number, one: string, many: string): string {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}
