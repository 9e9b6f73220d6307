import type { Deps, Visitor } from "../deps.js";
import { noteUse } from "../note-use.js";
import { findCaller, type HostCaller, noteKeyUsed } from "./api-keys.js";
import { HostError } from "./host-error.js";
import { isInNetworks } from "./networks.js";

const windowSeconds = 60;

/** How many refused keys one source may send in a minute before it is told to wait. */
export const maxRefusedKeys = 30;

/** How much of its limit a key has used. */
export interface KeyLimit {
  /** Calls per minute. */
  max: number;
  remaining: number;
  /** Until the count begins again. */
  resetSeconds: number;
}

interface Call {
  key: string | undefined;
  visitor: Visitor;
  /** A page of another site sent it. */
  isForeign: boolean;
  /** Is told the key's limit, also before a refusal. */
  showLimit?: (limit: KeyLimit) => void;
}

/**
 * Finds who calls the host API and counts the call: a known key, from a network that it may be used from, within its limit.
 *
 * @throws {HostError} foreign_origin, key_invalid, address_not_allowed, rate_limited
 * @throws {DatabaseError}
 */
export async function admitCaller(deps: Deps, call: Call): Promise<HostCaller> {
  const { key, visitor } = call;
  // Also for a call that only reads: a key that a page can send has left its server.
  if (call.isForeign) throw new HostError("foreign_origin", "This request came from a page of another site.");
  const caller = await findCaller(deps, key);
  if (!caller) {
    // A request without a key costs nothing, and it is no guess.
    if (key !== undefined) countRefusedKey(deps, visitor);
    throw new HostError("key_invalid", "Send Authorization: Bearer, with a key of this host application.");
  }
  if (caller.cidrs.length > 0 && !isInNetworks(visitor.ip, caller.cidrs)) {
    throw new HostError(
      "address_not_allowed",
      `This key may not be used from ${visitor.ip || "an unknown address"}.`,
    );
  }
  countCall(deps, caller, call.showLimit);
  await noteUse(deps, noteKeyUsed(deps, caller));
  return caller;
}

/** A right key is found before anything is counted: strangers on the same network do not lock it out. */
function countRefusedKey(deps: Deps, { source }: Visitor): void {
  const max = maxRefusedKeys;
  const { count, endsAt } = deps.hostCalls.count(`host-key-refused:${source}`, { max, windowSeconds });
  if (count > max)
    throw tooMany("Too many calls without a right key came from here.", secondsTo(deps, endsAt));
}

function countCall(deps: Deps, { keyId }: HostCaller, showLimit?: (limit: KeyLimit) => void): void {
  const { requestsPerMinute: max } = deps.settings;
  if (max === undefined) return;
  const { count, endsAt } = deps.hostCalls.count(`host-key:${keyId}`, { max, windowSeconds });
  const resetSeconds = secondsTo(deps, endsAt);
  showLimit?.({ max, remaining: Math.max(0, max - count), resetSeconds });
  if (count > max) throw tooMany(`This key may make ${max} calls a minute.`, resetSeconds);
}

const secondsTo = (deps: Deps, at: Date): number =>
  Math.max(1, Math.ceil((at.getTime() - deps.now().getTime()) / 1000));

const tooMany = (reason: string, retryAfterSeconds: number) =>
  new HostError("rate_limited", `${reason} Try again in ${retryAfterSeconds} s.`, { retryAfterSeconds });
