import { setTimeout as sleep } from "node:timers/promises";
import { abandonTrip, findLastTrip, findSignIn, findTrip } from "../../db/sign-ins.js";
import { type Deps, later } from "../deps.js";
import { findSession } from "../sessions.js";
import type { Ending } from "./ending.js";
import { event, ownSecret } from "./journey.js";
import type { Ended, Landing } from "./landing.js";

/** The first delivery makes two calls to WeChat at most, 4.5 s each (create-deps.ts); past this it is taken for dead. */
const firstDeliveryMs = 9_500;
const firstDeliverySeconds = firstDeliveryMs / 1000;

/**
 * So long a repeat is given the session itself: it lost a race against the first delivery. Later it is a link from
 * the history, and goes on only where this browser is signed in.
 */
const raceSeconds = 60;

interface Journey {
  stateHash: string;
  signInId: string;
  returnTo: string;
  claimedAt: Date | null;
}

interface SameBrowser {
  browserSecret: string;
  sessionSecret: string | undefined;
}

/**
 * The back button, a refresh, Android's second request with another code: a repeated delivery from the same
 * browser ends where the first one ended, with the same session, and never exchanges anything.
 */
export async function followFirstDelivery(
  deps: Deps,
  stateHash: string,
  browser: SameBrowser,
): Promise<Landing> {
  const deadline = performance.now() + firstDeliveryMs;
  for (let pauseMs = 15; ; pauseMs = Math.min(pauseMs * 2, 250)) {
    const [trip] = await deps.db.run(findTrip, { stateHash });
    if (!trip) return { kind: "ended", ending: "used" };
    const { signInId, returnTo, page, errcode } = trip;

    switch (trip.outcome) {
      case "signed_in":
        return joinSession(deps, { stateHash, signInId, returnTo, claimedAt: trip.claimedAt }, browser);
      case "profile_asked":
        return rejoinJourney(deps, { signInId, returnTo }, browser);
      case null:
        break;
      default:
        return ended(page, { signInId, returnTo, errcode });
    }
    if (performance.now() > deadline || isDead(deps, trip.claimedAt)) {
      return restartOnce(deps, { stateHash, appId: trip.appId, signInId, returnTo }, browser);
    }
    await sleep(pauseMs);
  }
}

const isDead = (deps: Deps, claimedAt: Date | null) =>
  claimedAt !== null && claimedAt < later(deps.now(), -firstDeliverySeconds);

async function joinSession(
  deps: Deps,
  { stateHash, signInId, returnTo, claimedAt }: Journey,
  { browserSecret, sessionSecret }: SameBrowser,
): Promise<Landing> {
  const isFresh = claimedAt !== null && claimedAt > later(deps.now(), -raceSeconds);
  const secrets = isFresh ? deps.keys.sessionSecrets(stateHash, browserSecret) : [];
  for (const secret of secrets) {
    if (await findSession(deps, secret)) {
      await deps.db.batch([event(signInId, deps.now(), "replayed")]);
      return { kind: "signed_in", returnTo, sessionSecret: secret };
    }
  }
  return goOnIfSignedIn(deps, { signInId, returnTo }, sessionSecret);
}

/** Signed in since, another way: fine. Signed out since: an old link must not sign in again. */
async function goOnIfSignedIn(
  deps: Deps,
  { signInId, returnTo }: { signInId: string; returnTo: string },
  sessionSecret: string | undefined,
): Promise<Landing> {
  if (await findSession(deps, sessionSecret)) return { kind: "continue", returnTo };
  return { kind: "ended", ending: "used", signInId, returnTo };
}

/** The silent trip ended on the page that asks; the journey may have gone on from there. */
async function rejoinJourney(
  deps: Deps,
  journey: { signInId: string; returnTo: string },
  browser: SameBrowser,
): Promise<Landing> {
  const [signIn] = await deps.db.run(findSignIn, { id: journey.signInId });
  if (signIn?.outcome === null && signIn.expiresAt > deps.now()) {
    return { kind: "ask_profile", signInId: journey.signInId };
  }
  return goOnIfSignedIn(deps, journey, browser.sessionSecret);
}

async function restartOnce(
  deps: Deps,
  trip: { stateHash: string; appId: string; signInId: string; returnTo: string },
  browser: SameBrowser,
): Promise<Landing> {
  const { stateHash, appId, signInId, returnTo } = trip;
  const claimedBefore = later(deps.now(), -firstDeliverySeconds);
  const [mine] = await deps.db.run(abandonTrip, { stateHash, claimedBefore });
  if (!mine) return afterTheRace(deps, { stateHash, signInId, returnTo }, browser);
  deps.log.warn({ event: "sign_in_restarted", signInId }, "the first delivery of a callback never ended");
  return { kind: "restart", appId, returnTo };
}

/** The first delivery ended after all, or another repeat restarts it: where it ended counts. */
async function afterTheRace(
  deps: Deps,
  journey: { stateHash: string; signInId: string; returnTo: string },
  browser: SameBrowser,
): Promise<Landing> {
  const [trip] = await deps.db.run(findTrip, { stateHash: journey.stateHash });
  if (trip?.outcome === "signed_in") {
    return joinSession(deps, { ...journey, claimedAt: trip.claimedAt }, browser);
  }
  const { signInId, returnTo } = journey;
  return { kind: "ended", ending: "used", signInId, returnTo };
}

function ended(
  page: string | null,
  { signInId, returnTo, errcode }: { signInId: string; returnTo: string; errcode: string | null },
): Ended {
  const ending = (page ?? "used") as Ending; // written by endTrip, from the same list
  return { kind: "ended", ending, signInId, returnTo, ...(errcode === null ? {} : { errcode }) };
}

/** A tap on the profile page when the journey is over: lands where the journey ended. */
export async function followEndedJourney(
  deps: Deps,
  signInId: string,
  { browserSecrets, sessionSecret }: { browserSecrets: readonly string[]; sessionSecret: string | undefined },
): Promise<Landing> {
  const [signIn] = await deps.db.run(findSignIn, { id: signInId });
  if (signIn?.outcome === "signed_in" && ownSecret(signIn.browserHash, browserSecrets)) {
    return goOnIfSignedIn(deps, { signInId, returnTo: signIn.returnTo }, sessionSecret);
  }
  return (await findEnding(deps, signInId, browserSecrets)) ?? { kind: "ended", ending: "expired" };
}

/**
 * The page on which a journey of this browser ended, for a reload under its clean address.
 *
 * @returns undefined where this browser has no such journey, or it did not end on a page.
 */
export async function findEnding(
  deps: Deps,
  signInId: string,
  browserSecrets: readonly string[],
): Promise<Ended | undefined> {
  const [signIn] = await deps.db.run(findSignIn, { id: signInId });
  if (!signIn || !ownSecret(signIn.browserHash, browserSecrets)) return undefined;
  const [trip] = await deps.db.run(findLastTrip, { signInId });
  const { returnTo } = signIn;
  if (trip?.page) return ended(trip.page, { signInId, returnTo, errcode: trip.errcode });
  if (signIn.expiresAt <= deps.now()) return { kind: "ended", ending: "expired", signInId, returnTo };
  return undefined;
}
