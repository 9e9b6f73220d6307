import type { Store } from "../stores/store.js";

/** The kinds of credential that WeChat issues. */
export type CredentialKind = "code" | "access_token" | "refresh_token" | "global_token" | "ticket";

/** The state now. `replaced`: a newer token replaced it, or a command ended it. */
export type CredentialState =
  | "alive"
  | "spent"
  | "expired"
  | "revoked"
  | "password_changed"
  | "superseded"
  | "account_deleted"
  | "replaced";

/** A code, token or ticket that WeChat issued. */
export interface IssuedCredential {
  kind: CredentialKind;
  /** The code or token itself. */
  value: string;
  appId: string;
  /** Absent for an account's token or ticket. */
  personId?: string;
  /** The scope, the issuing endpoint, or a ticket's type. */
  purpose: string;
  snapshot: boolean;
  state: CredentialState;
  /** Unix milliseconds by the simulator's clock. */
  endsAtMs: number;
}

/** A credential in the response of `GET /_simulator/tokens`. */
export interface ListedCredential extends Omit<IssuedCredential, "endsAtMs"> {
  /** ISO 8601, by the simulator's clock. */
  endsAt: string;
}

/** The credentials with ISO dates, for the control API. */
export function describeCredentials(store: Store): ListedCredential[] {
  return listCredentials(store).map(({ endsAtMs, ...credential }) => ({
    ...credential,
    endsAt: new Date(endsAtMs).toISOString(),
  }));
}

/** All credentials still kept, newest first within each kind. */
export function listCredentials(store: Store): IssuedCredential[] {
  return [...codeCredentials(store), ...webTokenCredentials(store), ...accountCredentials(store)].reverse();
}

function codeCredentials(store: Store): IssuedCredential[] {
  const now = store.clock.now();
  const credentials = store.codes.list().map(
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
  return credentials.sort((a, b) => a.endsAtMs - b.endsAtMs);
}

function webTokenCredentials(store: Store): IssuedCredential[] {
  const now = store.clock.now();
  return store.snsTokens.list().flatMap((authorization): IssuedCredential[] => {
    const { appId, personId, scope, snapshot, ended } = authorization;
    const credential = (kind: CredentialKind, value: string, endsAtMs: number): IssuedCredential => {
      const state = ended ?? (endsAtMs <= now ? "expired" : "alive");
      return { kind, value, appId, personId, purpose: scope, snapshot, state, endsAtMs };
    };
    return [
      credential("refresh_token", authorization.refreshToken, authorization.refreshTokenExpiresAtMs),
      credential("access_token", authorization.accessToken, authorization.accessTokenExpiresAtMs),
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

/** How many codes, tokens and tickets have expired since then. */
export function countExpired(
  store: Store,
  sinceMs: number,
): { codes: number; tokens: number; tickets: number } {
  const ended = listCredentials(store).filter(
    ({ state, endsAtMs }) => state === "expired" && endsAtMs > sinceMs,
  );
  const codes = ended.filter(({ kind }) => kind === "code").length;
  const tickets = ended.filter(({ kind }) => kind === "ticket").length;
  return { codes, tokens: ended.length - codes - tickets, tickets };
}
