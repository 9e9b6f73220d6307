import type { Store } from "../stores/store.js";

/** What a life belongs to. */
export type CredentialKind = "code" | "access_token" | "refresh_token" | "global_token" | "ticket";

/** How something stands now. `replaced`: a newer one took its place, or somebody ended it by hand. */
export type CredentialState =
  | "alive"
  | "spent"
  | "expired"
  | "revoked"
  | "password_changed"
  | "superseded"
  | "account_deleted"
  | "replaced";

/** One thing that WeChat gave out and that ends some day. */
export interface IssuedCredential {
  kind: CredentialKind;
  /** The code or token itself. */
  value: string;
  appId: string;
  /** Absent where it is the account's. */
  personId?: string;
  /** The scope, the endpoint that gave it out, or a ticket's type. */
  purpose: string;
  snapshot: boolean;
  state: CredentialState;
  /** Unix milliseconds by the simulator's clock. */
  endsAtMs: number;
}

/** A life as `GET /_simulator/tokens` tells it. */
export interface ListedCredential extends Omit<IssuedCredential, "endsAtMs"> {
  /** ISO 8601, by the simulator's clock. */
  endsAt: string;
}

/** Codes, tokens and tickets for whoever writes a script. */
export function describeCredentials(store: Store): ListedCredential[] {
  return listCredentials(store).map(({ endsAtMs, ...life }) => ({
    ...life,
    endsAt: new Date(endsAtMs).toISOString(),
  }));
}

/** Everything that WeChat gave out and still remembers, newest first within each kind. */
export function listCredentials(store: Store): IssuedCredential[] {
  return [...codeCredentials(store), ...webTokenCredentials(store), ...accountCredentials(store)].reverse();
}

function codeCredentials(store: Store): IssuedCredential[] {
  const now = store.clock.now();
  const lives = store.codes.list().map(
    ({ code, appId, personId, scope, snapshot, spent, accountDeleted, expiresAtMs }): IssuedCredential => ({
      kind: "code",
      value: code,
      appId,
      personId,
      purpose: scope,
      snapshot,
      state: spent ? "spent" : expiresAtMs <= now ? "expired" : accountDeleted ? "account_deleted" : "alive",
      endsAtMs: expiresAtMs,
    }),
  );
  return lives.sort((a, b) => a.endsAtMs - b.endsAtMs);
}

function webTokenCredentials(store: Store): IssuedCredential[] {
  const now = store.clock.now();
  return store.snsTokens.list().flatMap((authorization): IssuedCredential[] => {
    const { appId, personId, scope, snapshot, ended } = authorization;
    const life = (kind: CredentialKind, value: string, endsAtMs: number): IssuedCredential => {
      const state = ended ?? (endsAtMs <= now ? "expired" : "alive");
      return { kind, value, appId, personId, purpose: scope, snapshot, state, endsAtMs };
    };
    return [
      life("refresh_token", authorization.refreshToken, authorization.refreshTokenExpiresAtMs),
      life("access_token", authorization.accessToken, authorization.accessTokenExpiresAtMs),
    ];
  });
}

function accountCredentials(store: Store): IssuedCredential[] {
  const now = store.clock.now();
  const tickets = store.tickets.list().map(
    ({ appId, type, ticket, expiresAtMs }): IssuedCredential => ({
      kind: "ticket",
      value: ticket,
      appId,
      purpose: type,
      snapshot: false,
      state: expiresAtMs <= now ? "expired" : "alive",
      endsAtMs: expiresAtMs,
    }),
  );
  const tokens = store.globalTokens.list().map(
    ({ appId, accessToken, source, expiresAtMs, endsAtMs }): IssuedCredential => ({
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
export function countExpired(store: Store, sinceMs: number): { codes: number; tokens: number } {
  const ended = listCredentials(store).filter(
    ({ state, endsAtMs }) => state === "expired" && endsAtMs > sinceMs,
  );
  const codes = ended.filter(({ kind }) => kind === "code").length;
  return { codes, tokens: ended.length - codes };
}
