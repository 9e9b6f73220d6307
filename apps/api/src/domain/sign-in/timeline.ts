import { insertEvent } from "../../db/sign-ins.js";
import type { BoundStatement } from "../../db/statement.js";
import type { Deps } from "../deps.js";
import { newId } from "../ids.js";

export type EventKind =
  | "started"
  | "bind_started"
  | "bind_link_started"
  | "callback"
  | "exchanged"
  | "exchange_failed"
  | "profile_asked"
  | "unionid_asked"
  | "profile_redirect"
  | "userinfo"
  | "userinfo_failed"
  | "refused"
  | "snapshot"
  | "blocked"
  | "user_created"
  | "signed_in"
  | "bound"
  | "already_bound"
  | "bound_elsewhere"
  | "session_changed"
  | "link_expired"
  | "callback_repeated"
  | "expired";

/** What one step of a sign-in was, and how long it took. */
export interface SignInEvent {
  kind: EventKind;
  durationMs?: number;
  detail?: string;
}

/** An event of the timeline that operators read, as a statement for a batch. */
export function eventRecord(signInId: string, at: Date, { kind, durationMs, detail }: SignInEvent) {
  return insertEvent.with({
    id: newId(at),
    signInId,
    at,
    kind,
    durationMs: durationMs === undefined ? null : Math.round(durationMs),
    detail: detail ?? null,
  });
}

/** The events of one callback request, collected while it runs and written in the batch that ends it. */
export class Timeline {
  readonly #deps: Deps;
  readonly #signInId: string;
  readonly records: BoundStatement<unknown>[] = [];

  constructor(deps: Deps, signInId: string) {
    this.#deps = deps;
    this.#signInId = signInId;
  }

  add(event: SignInEvent): void {
    this.records.push(eventRecord(this.#signInId, this.#deps.now(), event));
  }
}
