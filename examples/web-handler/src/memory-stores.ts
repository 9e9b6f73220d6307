import type { Ending, PeopleStore, SessionStore, Stores, Trip, TripStore } from "./stores.js";

/** All three in the memory of one process, to try things out: gone with it, and no second server sees them. */
export function memoryStores(now: () => number = Date.now): Stores {
  return { trips: memoryTrips(now), sessions: memorySessions(now), people: memoryPeople() };
}

interface KeptTrip {
  readonly trip: Trip;
  state: "open" | "pending" | Ending;
}

function memoryTrips(now: () => number): TripStore {
  const trips = expiringMap<KeptTrip>(now);
  return {
    async begin(key, trip, lifeSeconds) {
      trips.set(key, { trip, state: "open" }, lifeSeconds);
    },
    async claim(key) {
      const kept = trips.get(key);
      if (kept?.state !== "open") return undefined;
      kept.state = "pending";
      return kept.trip;
    },
    async end(key, ending) {
      const kept = trips.get(key);
      if (kept) kept.state = ending;
    },
    async findEnding(key) {
      const state = trips.get(key)?.state;
      return state === "open" ? undefined : state;
    },
  };
}

function memorySessions(now: () => number): SessionStore {
  const sessions = expiringMap<string>(now);
  return {
    create: async (key, personId, lifeSeconds) => sessions.set(key, personId, lifeSeconds),
    find: async (key) => sessions.get(key),
    delete: async (key) => sessions.delete(key),
  };
}

function memoryPeople(): PeopleStore {
  const byOpenid = new Map<string, string>();
  const byUnionid = new Map<string, string>();
  return {
    async recognize({ appId, openid, unionid }) {
      const key = `${appId}:${openid}`;
      const id = byOpenid.get(key) ?? byUnionid.get(unionid ?? "") ?? crypto.randomUUID();
      byOpenid.set(key, id);
      if (unionid && !byUnionid.has(unionid)) byUnionid.set(unionid, id);
      return id;
    },
  };
}

/** Anybody may begin a sign-in: beyond so many entries the oldest goes. */
const most = 10_000;

function expiringMap<Value>(now: () => number) {
  const entries = new Map<string, { value: Value; expiresAtMs: number }>();
  return {
    set(key: string, value: Value, lifeSeconds: number): void {
      for (const [old, { expiresAtMs }] of entries) {
        // A Map keeps the order of arrival: the oldest stands first.
        if (expiresAtMs > now() && entries.size < most) break;
        entries.delete(old);
      }
      entries.set(key, { value, expiresAtMs: now() + lifeSeconds * 1000 });
    },
    get(key: string): Value | undefined {
      const entry = entries.get(key);
      return entry && entry.expiresAtMs > now() ? entry.value : undefined;
    },
    delete: (key: string): void => void entries.delete(key),
  };
}
