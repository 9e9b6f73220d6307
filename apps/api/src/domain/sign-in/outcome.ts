import type { SignInOutcome, TripOutcome } from "../../db/schema.js";
import { finishSignIn, finishTrip } from "../../db/sign-ins.js";
import type { BoundStatement } from "../../db/statement.js";
import type { Deps } from "../deps.js";
import type { ClaimedTrip } from "./callback.js";
import type { Ending } from "./ending.js";
import { type EventKind, event } from "./journey.js";
import type { Ended } from "./landing.js";

/** The hops of one delivery, gathered while it runs and written in the batch that ends it. */
export class Timeline {
  readonly #deps: Deps;
  readonly #signInId: string;
  readonly events: BoundStatement<unknown>[] = [];

  constructor(deps: Deps, signInId: string) {
    this.#deps = deps;
    this.#signInId = signInId;
  }

  add(kind: EventKind, about: { durationMs?: number; detail?: string } = {}): void {
    this.events.push(event(this.#signInId, this.#deps.now(), kind, about));
  }
}

const outcomeOf = {
  refused: "refused",
  expired: "expired",
  snapshot: "snapshot",
  blocked: "blocked",
} as const satisfies Partial<Record<Ending, SignInOutcome & TripOutcome>>;

/** Ends a claimed trip and its journey on one of the pages; repeats of the callback end there too. */
export async function endTrip(
  deps: Deps,
  trip: Pick<ClaimedTrip, "stateHash" | "signInId" | "returnTo">,
  timeline: Timeline,
  end: { ending: Ending; errcode?: string; openid?: string; record?: BoundStatement<unknown> },
): Promise<Ended> {
  const { ending, errcode, openid, record } = end;
  const { stateHash, signInId, returnTo } = trip;
  const outcome = outcomeOf[ending as keyof typeof outcomeOf] ?? "failed";
  await deps.db.batch([
    finishTrip.with({ stateHash, outcome, page: ending, errcode: errcode ?? null }),
    finishSignIn.with({ id: signInId, outcome, openid: openid ?? null, userId: null, now: deps.now() }),
    ...timeline.events,
    ...(record ? [record] : []),
  ]);
  deps.log.info({ event: "sign_in_ended", signInId, outcome, ending, errcode }, "a sign-in ended");
  return { kind: "ended", ending, signInId, returnTo, ...(errcode === undefined ? {} : { errcode }) };
}
