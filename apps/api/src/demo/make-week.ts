import type { AppParts } from "../app.js";
import { sealAudit } from "../domain/audit-seals.js";
import { Random } from "../seed/random.js";
import { RowWriter } from "../seed/write.js";
import { planActs } from "./acts.js";
import { EarlierSystem } from "./earlier-system.js";
import { readExisting } from "./existing.js";
import { Player } from "./play.js";
import { tokenFailures, turnOff, writeHost, writeIncidents, writeTokenHistory } from "./records.js";
import { SimulatedWeChat } from "./simulator.js";
import { chinaTime, planWeek } from "./week.js";

interface MakeWeekOptions extends Pick<AppParts, "settings" | "db" | "passwordCost"> {
  now: Date;
  /** About so many sign-ins on a working day. */
  perDay: number;
}

/**
 * Makes the seven days before `now` of a small site: people sign in through the real service with its clock set back, and the
 * simulated WeChat that the running service uses; operators act in its console.
 *
 * @returns how many signed in; undefined where the week is there already
 */
export async function makeWeek({ now, perDay, ...parts }: MakeWeekOptions): Promise<number | undefined> {
  const { settings, db } = parts;
  const [account] = settings.apps;
  const [tables] = await db.consoleQuery(async (_orm, t) => [t]);
  if (!account || !tables) return undefined;
  const existing = await readExisting(db);
  if (existing.isWeekThere) return undefined;

  const system = await EarlierSystem.open(parts);
  const player = new Player(system, new SimulatedWeChat(new URL(settings.wechatOpenUrl)));
  const visits = planWeek({ now, perDay, random: new Random(7) });
  const about = { appId: account.appId, now, existing };
  const conflict = (time: "18:10" | "19:25", person: number) => ({
    at: chinaTime(now, 2, time),
    run: () => player.makeConflict(person),
  });
  await player.play(visits, [
    ...planActs(system, now, existing),
    // After the first act, which makes them.
    { at: new Date(now.getTime() - weekMs + 1), run: () => turnOff(db, system.now(), existing) },
    conflict("18:10", 9_001),
    conflict("19:25", 9_002),
    ...tokenFailures(system, about),
  ]);
  const writer = new RowWriter(db, tables);
  system.moveTo(now);
  await writeTokenHistory(db, writer, about);
  await writeHost(system, writer, about);
  await writeIncidents(system, writer, about);
  await turnOff(db, now, existing);
  await sealAudit(system.app.deps);
  return visits.length;
}

const weekMs = 7 * 86_400_000;
