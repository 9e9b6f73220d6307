import { readCallback } from "wechat-oauth";
import { claimTrip, findTrip } from "../../db/sign-ins.js";
import type { WeChatApp } from "../apps.js";
import { DatabaseError, type Deps, type Visitor } from "../deps.js";
import { hashSecret } from "../key-ring.js";
import { signInWithGrant } from "./grant.js";
import { ownSecret } from "./journey.js";
import type { Landing } from "./landing.js";
import { endTrip, Timeline } from "./outcome.js";
import { followFirstDelivery } from "./replay.js";

/** One delivery of the callback, as the browser made it. */
export interface Delivery {
  params: URLSearchParams;
  /** Mostly one; see http/cookies.ts. */
  browserSecrets: readonly string[];
  /** The session that this browser may already have; a new one replaces it. */
  sessionSecret: string | undefined;
  visitor: Visitor;
}

/** A trip that this delivery, and no other, may finish. */
export interface ClaimedTrip {
  stateHash: string;
  signInId: string;
  scope: string;
  app: WeChatApp;
  returnTo: string;
  browserSecret: string;
}

/**
 * Answers one delivery of WeChat's callback.
 *
 * Of any number of deliveries of one state, one claims the trip and exchanges its code; the others end where
 * that one ended. A state of another browser, an old or an unknown one calls WeChat never.
 *
 * @throws {DatabaseError}
 */
export async function receiveCallback(deps: Deps, delivery: Delivery): Promise<Landing> {
  let unclaimed: Landing = { kind: "ended", ending: "invalid-callback" };
  const callback = await readCallback(delivery.params, {
    claimState: async (state) => {
      const claim = await claimState(deps, delivery, state);
      if ("landing" in claim) {
        unclaimed = await claim.landing();
        return undefined;
      }
      return claim.trip;
    },
  });

  if (callback.kind === "mismatch") {
    // A repeat of a delivery and an expired journey tell of themselves; this is for what no journey knows.
    if (unclaimed.kind === "ended" && unclaimed.signInId === undefined) {
      const { ending } = unclaimed;
      deps.log.warn(
        { event: "callback_rejected", reason: callback.reason, ending },
        "a callback was rejected",
      );
    }
    return unclaimed;
  }
  const timeline = new Timeline(deps, callback.claim.signInId);
  timeline.add("callback");
  if (callback.kind === "refusal") {
    timeline.add("refused");
    return endTrip(deps, callback.claim, timeline, { ending: "refused" });
  }
  try {
    return await signInWithGrant(deps, callback, delivery, timeline);
  } catch (error) {
    // Repeats must not wait for an outcome that will never come. If this fails too, they find the trip dead.
    const ended = endTrip(deps, callback.claim, timeline, { ending: "sign-in-failed" }).catch(() => {});
    // A database that is away is not waited for twice.
    if (!(error instanceof DatabaseError)) await ended;
    throw error;
  }
}

async function claimState(
  deps: Deps,
  { browserSecrets, sessionSecret }: Delivery,
  state: string,
): Promise<{ trip: ClaimedTrip } | { landing: () => Promise<Landing> | Landing }> {
  const stateHash = hashSecret(state);
  const [trip] = await deps.db.run(findTrip, { stateHash });
  const app = trip && deps.apps.byAppId(trip.appId);
  if (!trip || !app) return { landing: () => ({ kind: "ended", ending: "invalid-callback" }) };
  const browserSecret = ownSecret(trip.browserHash, browserSecrets);
  if (browserSecret === undefined) {
    const { signInId: foreignSignInId } = trip;
    return { landing: () => ({ kind: "ended", ending: "wrong-browser", foreignSignInId }) };
  }
  const browserHash = hashSecret(browserSecret);
  const [claimed] = await deps.db.run(claimTrip, { stateHash, browserHash, now: deps.now() });
  if (claimed) {
    const { signInId, scope } = claimed;
    return { trip: { stateHash, signInId, scope, app, returnTo: trip.returnTo, browserSecret } };
  }
  // Nobody claimed it, and neither could we: it is too old. Another delivery may have been quicker since we looked.
  const isExpired = trip.claimedAt === null && trip.expiresAt <= deps.now();
  if (isExpired) {
    const { signInId, returnTo } = trip;
    if (trip.outcome === "expired")
      return { landing: () => ({ kind: "ended", ending: "expired", signInId, returnTo }) };
    const timeline = new Timeline(deps, signInId);
    timeline.add("expired");
    return {
      landing: () => endTrip(deps, { stateHash, signInId, returnTo }, timeline, { ending: "expired" }),
    };
  }
  return { landing: () => followFirstDelivery(deps, stateHash, { browserSecret, sessionSecret }) };
}
