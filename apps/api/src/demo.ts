import { openDatabase } from "./db/open.js";
import { hostClientId, planActs } from "./demo/acts.js";
import { EarlierSystem } from "./demo/earlier-system.js";
import { Player } from "./demo/play.js";
import { tokenFailures, turnOff, writeHost, writeIncidents, writeTokenHistory } from "./demo/records.js";
import { SimulatedWeChat } from "./demo/simulator.js";
import { chinaTime, planWeek } from "./demo/week.js";
import { sealAudit } from "./domain/audit-seals.js";
import { SettingsError } from "./env.js";
import { loadSettings } from "./load-settings.js";
import { Random } from "./seed/random.js";
import { RowWriter } from "./seed/write.js";

// `npm run demo` begins with it: the last seven days of a small site, through the real sign-in with its clock set back.

process.exitCode = await demo().catch((error: unknown) => {
  const isKnown = error instanceof SettingsError || (error instanceof Error && "code" in error);
  process.stderr.write(
    `${error instanceof Error ? (isKnown ? error.message : error.stack) : "The demo failed."}\n`,
  );
  return 1;
});

async function demo(): Promise<number> {
  // One person after the other comes from a few addresses, faster than in a week.
  const settings = loadSettings({ ...process.env, RATE_LIMIT: "off" });
  const [account] = settings.apps;
  if (settings.production || !settings.usesSimulator || !account) {
    process.stderr.write("The demo works with the simulated WeChat only, and not in production.\n");
    return 1;
  }
  const db = await openDatabase(settings);
  try {
    const system = await EarlierSystem.open(settings, db);
    const now = new Date();
    system.moveTo(now);
    const [tables] = await db.consoleQuery(async (_orm, t) => [t]);
    if (!tables) return 1;
    const hosts = await db.consoleQuery((orm, t) => orm.select({ id: t.hostClients.id }).from(t.hostClients));
    if (hosts.some(({ id }) => id === hostClientId)) {
      process.stdout.write("The week is there already.\n");
      return 0;
    }
    const player = new Player(system, new SimulatedWeChat(new URL(settings.wechatOpenUrl)));
    const visits = planWeek(now, new Random(7));
    const { appId } = account;
    process.stdout.write(`Seven days with ${visits.length} sign-ins …\n`);
    const conflicts = [9_001, 9_002].map((person) => ({
      at: chinaTime(now, 2, person === 9_001 ? "18:10" : "19:25"),
      run: () => player.makeConflict(person),
    }));
    const off = { at: new Date(visits[0]?.at ?? now), run: () => turnOff(db, system.now()) };
    const acts = [...planActs(system, now), off, ...conflicts, ...tokenFailures(system, appId, now)];
    await player.play(visits, acts);
    const writer = new RowWriter(db, tables);
    await writeTokenHistory(db, writer, appId, now);
    await writeHost(system, writer, now);
    await writeIncidents(system, writer, { appId, now });
    await turnOff(db, now);
    await sealAudit(system.app.deps);
    return 0;
  } finally {
    await db.close();
  }
}
