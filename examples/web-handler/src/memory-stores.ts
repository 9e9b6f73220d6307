import type {
  AuthorizationRequest,
  AuthorizationRequestStore,
  CallbackResult,
  PeopleStore,
  SessionStore,
  Stores,
} from "./stores.ts";

/** All three stores in the memory of one process, for a trial: other servers do not see them. */
export function memoryStores(now: () => number = Date.now): Stores {
  return {
    authorizationRequests: memoryAuthorizationRequests(now),
    sessions: memorySessions(now),
    people: memoryPeople(),
  };
}

interface StoredRequest {
  readonly request: AuthorizationRequest;
  state: "open" | "pending" | CallbackResult;
}

function memoryAuthorizationRequests(now: () => number): AuthorizationRequestStore {
  const requests = expiringMap<StoredRequest>(now);
  return {
    async create(key, request, lifetimeSeconds) {
      requests.set(key, { request, state: "open" }, lifetimeSeconds);
    },
    async claim(key) {
      const stored = requests.get(key);
      if (stored?.state !== "open") return undefined;
      stored.state = "pending";
      return stored.request;
    },
    async finish(key, result) {
      const stored = requests.get(key);
      if (stored) stored.state = result;
    },
    async findResult(key) {
      const state = requests.get(key)?.state;
      return state === "open" ? undefined : state;
    },
  };
}

function memorySessions(now: () => number): SessionStore {
  const sessions = expiringMap<string>(now);
  return {
    create: async (key, personId, lifetimeSeconds) => sessions.set(key, personId, lifetimeSeconds),
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

/** Anyone can start a sign-in, so the number is limited: the oldest entry is dropped. */
const maxEntries = 10_000;

function expiringMap<Value>(now: () => number) {
  const entries = new Map<string, { value: Value; expiresAtMs: number }>();
  return {
    set(key: string, value: Value, lifetimeSeconds: number): void {
      for (const [old, { expiresAtMs }] of entries) {
        // A Map keeps the order of insertion, so the oldest is first.
        if (expiresAtMs > now() && entries.size < maxEntries) break;
        entries.delete(old);
      }
      entries.set(key, { value, expiresAtMs: now() + lifetimeSeconds * 1000 });
    },
    get(key: string): Value | undefined {
      const entry = entries.get(key);
      return entry && entry.expiresAtMs > now() ? entry.value : undefined;
    },
    delete: (key: string): void => void entries.delete(key),
  };
}
