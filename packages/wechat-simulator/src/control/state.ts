import type { PlannedFault } from "../faults/planned-faults.js";
import { verifyFileOf } from "../rules/verify-file.js";
import type { SimulatedApp } from "../stores/apps.js";
import type { Identity, Person } from "../stores/person.js";
import type { Settings } from "../stores/settings.js";
import type { Store } from "../stores/store.js";

/** An app without its secret. */
export interface PublicApp extends Omit<SimulatedApp, "appSecret"> {
  /** The file that proves the ownership of a callback domain; its content is the part after `MP_verify_`. */
  verifyFile: string;
}

/** The response of `GET /_simulator/state`. */
export interface SimulatorState {
  /** ISO 8601, by the simulator's clock. */
  now: string;
  /** The named people with their identities by appid. Generated people (`crowd-<number>`) are not listed. */
  people: (Person & { identities: Record<string, Pick<Identity, "openid" | "unionid">> })[];
  apps: PublicApp[];
  faults: PlannedFault[];
  settings: Settings;
  /** The number of codes that can still be exchanged. */
  liveCodes: number;
}

export function describeState(store: Store): SimulatorState {
  const apps = store.apps.list();
  return {
    now: new Date(store.clock.now()).toISOString(),
    people: store.people.list().map((person) => ({
      ...person,
      identities: Object.fromEntries(
        apps.map((app) => {
          const { openid, unionid } = store.people.identify(person, app);
          return [app.appId, unionid === undefined ? { openid } : { openid, unionid }];
        }),
      ),
    })),
    apps: apps.map((app) => describeApp(store, app)),
    faults: store.faults.list(),
    settings: { ...store.settings },
    liveCodes: store.codes.countLive(),
  };
}

export function describeApp(store: Store, { appSecret: _, ...app }: SimulatedApp): PublicApp {
  return { ...app, verifyFile: verifyFileOf(store.people.seed, app.appId).name };
}
