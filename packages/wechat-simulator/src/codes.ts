import { BoundedMap } from "./bounded-map.js";
import type { Clock } from "./clock.js";
import { createCode } from "./ids.js";

/** What WeChat knows about a code: whose, for which app, for what. */
export interface CodeGrant {
  appId: string;
  personId: string;
  scope: string;
  /** Issued inside a snapshot page: everything about the person will be virtual. */
  snapshot: boolean;
}

interface LiveCode extends CodeGrant {
  expiresAtMs: number;
}

/** `used` is errcode 40163; `invalid` (unknown, expired, another app's) is 40029. */
export type Redemption =
  | { kind: "grant"; grant: CodeGrant }
  | { kind: "used" }
  | { kind: "invalid"; why: "unknown" | "expired" | "other_app" };

/** Enough for minutes of load; see BoundedMap for what happens beyond. */
const REMEMBERED = 200_000;

/** Authorization codes: 32 alphanumerics that work once, for one app, for a few minutes. */
export class Codes {
  readonly #live = new BoundedMap<LiveCode>(REMEMBERED);
  /** Codes that were exchanged, so that the second exchange is 40163 and not 40029. */
  readonly #used = new BoundedMap<true>(REMEMBERED);

  constructor(readonly clock: Clock) {}

  /** @param lifetimeSeconds 300 from the authorize page, 600 from the QR page */
  issue(grant: CodeGrant, lifetimeSeconds: number): string {
    const code = createCode();
    this.#live.set(code, { ...grant, expiresAtMs: this.clock.now() + lifetimeSeconds * 1000 });
    return code;
  }

  /** Spends the code. Asking with another app's appid does not spend it: that app never had it. */
  redeem(code: string, appId: string): Redemption {
    if (this.#used.get(code)) return { kind: "used" };
    const live = this.#live.get(code);
    if (!live) return { kind: "invalid", why: "unknown" };
    if (live.appId !== appId) return { kind: "invalid", why: "other_app" };
    if (live.expiresAtMs <= this.clock.now()) return { kind: "invalid", why: "expired" };
    this.#live.delete(code);
    this.#used.set(code, true);
    return { kind: "grant", grant: live };
  }

  /** Codes that could still be exchanged. */
  countLive(): number {
    const now = this.clock.now();
    let count = 0;
    for (const code of this.#live.values()) if (code.expiresAtMs > now) count += 1;
    return count;
  }

  reset(): void {
    this.#live.clear();
    this.#used.clear();
  }
}
