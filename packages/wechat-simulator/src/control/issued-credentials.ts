import type { World } from "../stores/store.js";

/** What a life belongs to. */
export type LifeKind = "code" | "access_token" | "refresh_token" | "global_token" | "ticket";

/** How something stands now. `replaced`: a newer one took its place, or somebody ended it by hand. */
export type LifeState =
  | "alive"
  | "spent"
  | "expired"
  | "revoked"
  | "password_changed"
  | "superseded"
  | "account_deleted"
  | "replaced";

/** One thing that WeChat gave out and that ends some day. */
export interface Life {
  kind: LifeKind;
  /** The code or token itself. */
  value: string;
  appId: string;
  /** Absent where it is the account's. */
  personId?: string;
  /** The scope, the endpoint that gave it out, or a ticket's type. */
  purpose: string;
  snapshot: boolean;
  state: LifeState;
  /** Unix milliseconds by the simulator's clock. */
  endsAtMs: number;
}

/** A life as `GET /_simulator/tokens` tells it. */
export interface ListedToken extends Omit<Life, "endsAtMs"> {
  /** ISO 8601, by the simulator's clock. */
  endsAt: string;
}

/** Codes, tokens and tickets for whoever writes a script. */
export function describeLives(world: World): ListedToken[] {
  return listLives(world).map(({ endsAtMs, ...life }) => ({
    ...life,
    endsAt: new Date(endsAtMs).toISOString(),
  }));
}

/** Everything that WeChat gave out and still remembers, newest first within each kind. */
export function listLives(world: World): Life[] {
  return [...codeLives(world), ...webTokenLives(world), ...accountLives(world)].reverse();
}

function codeLives(world: World): Life[] {
  const now = world.clock.now();
  const lives = world.codes.list().map(
    ({ code, appId, personId, scope, snapshot, spent, isOrphan, expiresAtMs }): Life => ({
      kind: "code",
      value: code,
      appId,
      personId,
      purpose: scope,
      snapshot,
      state: spent ? "spent" : expiresAtMs <= now ? "expired" : isOrphan ? "account_deleted" : "alive",
      endsAtMs: expiresAtMs,
    }),
  );
  return lives.sort((a, b) => a.endsAtMs - b.endsAtMs);
}

function webTokenLives(world: World): Life[] {
  const now = world.clock.now();
  return world.snsTokens.list().flatMap((authorization): Life[] => {
    const { appId, personId, scope, snapshot, ended } = authorization;
    const life = (kind: LifeKind, value: string, endsAtMs: number): Life => {
      const state = ended ?? (endsAtMs <= now ? "expired" : "alive");
      return { kind, value, appId, personId, purpose: scope, snapshot, state, endsAtMs };
    };
    return [
      life("refresh_token", authorization.refreshToken, authorization.refreshTokenExpiresAtMs),
      life("access_token", authorization.accessToken, authorization.accessTokenExpiresAtMs),
    ];
  });
}

function accountLives(world: World): Life[] {
  const now = world.clock.now();
  const tickets = world.tickets.list().map(
    ({ appId, type, ticket, expiresAtMs }): Life => ({
      kind: "ticket",
      value: ticket,
      appId,
      purpose: type,
      snapshot: false,
      state: expiresAtMs <= now ? "expired" : "alive",
      endsAtMs: expiresAtMs,
    }),
  );
  const tokens = world.globalTokens.list().map(
    ({ appId, accessToken, source, expiresAtMs, endsAtMs }): Life => ({
      kind: "global_token",
      value: accessToken,
      appId,
      purpose: source,
      snapshot: false,
      state: endsAtMs > now ? "alive" : expiresAtMs <= now ? "expired" : "replaced",
      endsAtMs,
    }),
  );
  return [...tickets, ...tokens];
}

/** How many codes and tokens expired by themselves since then. */
export function countEnded(world: World, sinceMs: number): { codes: number; tokens: number } {
  const ended = listLives(world).filter(({ state, endsAtMs }) => state === "expired" && endsAtMs > sinceMs);
  const codes = ended.filter(({ kind }) => kind === "code").length;
  return { codes, tokens: ended.length - codes };
}
