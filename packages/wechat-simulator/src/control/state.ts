import type { PlannedFault } from "../faults/planned-faults.js";
import { verifyFileOf } from "../rules/verify-file.js";
import type { SimulatedApp } from "../stores/apps.js";
import type { Identity, Person } from "../stores/person.js";
import type { Settings } from "../stores/settings.js";
import type { World } from "../stores/store.js";

/** An app without its secret. */
export interface PublicApp extends Omit<SimulatedApp, "appSecret"> {
  /** The file that proves the ownership of a callback domain; its content is the part after `MP_verify_`. */
  verifyFile: string;
}

/** What `GET /_simulator/state` tells. */
export interface SimulatorState {
  /** ISO 8601, by the simulator's clock. */
  now: string;
  /** The named people and who they are to each app, by appid. `crowd-<number>` people exist, too, but have no list. */
  people: (Person & { identities: Record<string, Pick<Identity, "openid" | "unionid">> })[];
  apps: PublicApp[];
  faults: PlannedFault[];
  settings: Settings;
  /** Codes that could still be exchanged. */
  liveCodes: number;
}

export function describeState(world: World): SimulatorState {
  const apps = world.apps.list();
  return {
    now: new Date(world.clock.now()).toISOString(),
    people: world.people.list().map((person) => ({
      ...person,
      identities: Object.fromEntries(
        apps.map((app) => {
          const { openid, unionid } = world.people.identify(person, app);
          return [app.appId, unionid === undefined ? { openid } : { openid, unionid }];
        }),
      ),
    })),
    apps: apps.map((app) => describeApp(world, app)),
    faults: world.faults.list(),
    settings: { ...world.settings },
    liveCodes: world.codes.countLive(),
  };
}

export function describeApp(world: World, { appSecret: _, ...app }: SimulatedApp): PublicApp {
  return { ...app, verifyFile: verifyFileOf(world.people.seed, app.appId).name };
}
