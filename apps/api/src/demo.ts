import { openDatabase } from "./db/open.js";
import { makeWeek } from "./demo/make-week.js";
import { SettingsError } from "./env.js";
import { loadSettings } from "./load-settings.js";

// `npm run demo` begins with it: the last seven days of a small site.

process.exitCode = await demo().catch((error: unknown) => {
  const isKnown = error instanceof SettingsError || (error instanceof Error && "code" in error);
  process.stderr.write(
    `${error instanceof Error ? (isKnown ? error.message : error.stack) : "The demo failed."}\n`,
  );
  return 1;
});

async function demo(): Promise<number> {
  // Everyone comes from a few addresses, and much faster than in a week.
  const settings = loadSettings({ ...process.env, RATE_LIMIT: "off" });
  if (settings.production || !settings.usesSimulator) {
    process.stderr.write("The demo works with the simulated WeChat only, and not in production.\n");
    return 1;
  }
  const db = await openDatabase(settings);
  try {
    process.stdout.write("The last seven days (a minute at most) …\n");
    const visits = await makeWeek({ settings, db, now: new Date(), perDay: 170 });
    process.stdout.write(visits === undefined ? "They are there already.\n\n" : `${visits} people came.\n\n`);
    return 0;
  } finally {
    await db.close();
  }
}
