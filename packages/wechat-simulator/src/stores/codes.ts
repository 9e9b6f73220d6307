import { BoundedMap } from "./bounded-map.js";
import type { Clock } from "./clock.js";
import { createCode } from "./ids.js";

/** The scope of a mini program's js_code, which is none of WeChat's scopes. */
export const JS_CODE_SCOPE = "js_code";

/** What WeChat knows about a code: whose, for which app, for what. */
export interface CodeGrant {
  appId: string;
  personId: string;
  scope: string;
  /** Issued inside a snapshot page: everything about the person will be virtual. */
  snapshot: boolean;
}

interface ActiveCode extends CodeGrant {
  expiresAtMs: number;
  /** The person's account is gone. */
  accountDeleted?: true;
}

/** A code as the panel lists it. */
export interface ListedCode extends Readonly<ActiveCode> {
  code: string;
  /** Whether it was exchanged. */
  spent: boolean;
}

/** What comes of presenting a code; only `grant` spends it. */
export type Redemption =
  | { kind: "grant"; grant: CodeGrant }
  | { kind: "used" | "unknown" | "expired" | "other_app" | "other_family" | "account_deleted" };

/** `web` is traded at /sns/oauth2/access_token, `js` at /sns/jscode2session. */
export type CodeFamily = "web" | "js";

/** Enough for minutes of load; see BoundedMap for what happens beyond. */
const CAPACITY = 200_000;

/** Authorization codes: 32 alphanumerics that work once, for one app, for a few minutes. */
export class Codes {
  readonly #live = new BoundedMap<ActiveCode>(CAPACITY);
  /** Codes that were exchanged, so that the second exchange is 40163 and not 40029. */
  readonly #used = new BoundedMap<ActiveCode>(CAPACITY);
  /** The code that was issued last for each grant, so that nobody has to walk over all codes for it. */
  readonly #latest = new BoundedMap<string>(CAPACITY);

  constructor(readonly clock: Clock) {}

  /** @param lifetimeSeconds one of CODE_SECONDS */
  issue(grant: CodeGrant, lifetimeSeconds: number): string {
    const code = createCode();
    this.#live.set(code, { ...grant, expiresAtMs: this.clock.now() + lifetimeSeconds * 1000 });
    this.#latest.set(keyOf(grant), code);
    return code;
  }

  /** The latest code of this very grant, if it could still be exchanged: what desktop WeChat gave in several tabs. */
  findLive(grant: CodeGrant): string | undefined {
    const code = this.#latest.get(keyOf(grant));
    const live = code === undefined ? undefined : this.#live.get(code);
    return live && live.expiresAtMs > this.clock.now() && !live.accountDeleted ? code : undefined;
  }

  /** What presenting this code would come to; spends nothing. */
  peek(code: string, appId: string, family: CodeFamily): Redemption {
    if (this.#used.get(code)) return { kind: "used" };
    const live = this.#live.get(code);
    if (!live) return { kind: "unknown" };
    // Asking with another app's appid does not spend it: that app never had it.
    if (live.appId !== appId) return { kind: "other_app" };
    if ((live.scope === JS_CODE_SCOPE) !== (family === "js")) return { kind: "other_family" };
    if (live.expiresAtMs <= this.clock.now()) return { kind: "expired" };
    if (live.accountDeleted) return { kind: "account_deleted" };
    return { kind: "grant", grant: live };
  }

  /** Spends the code, if it is good. */
  redeem(code: string, appId: string, family: CodeFamily): Redemption {
    const redemption = this.peek(code, appId, family);
    if (redemption.kind === "grant") this.spend(code);
    return redemption;
  }

  spend(code: string): void {
    const live = this.#live.get(code);
    if (!live) return;
    this.#live.delete(code);
    this.#used.set(code, live);
  }

  /** The code expires at once. @returns whether it was alive */
  expire(code: string): boolean {
    const live = this.#live.get(code);
    const now = this.clock.now();
    if (!live || live.accountDeleted || live.expiresAtMs <= now) return false;
    live.expiresAtMs = now;
    return true;
  }

  /** The person's account is gone: what was not exchanged yet yields nobody. */
  markAccountDeleted(personId: string): void {
    for (const live of this.#live.values()) if (live.personId === personId) live.accountDeleted = true;
  }

  /** Every code that is remembered, in no order: those nobody exchanged, and those that are spent. */
  list(): ListedCode[] {
    const listed =
      (spent: boolean) =>
      ([code, grant]: [string, ActiveCode]) => ({ ...grant, code, spent });
    return [...[...this.#live.entries()].map(listed(false)), ...[...this.#used.entries()].map(listed(true))];
  }

  /** Codes that could still be exchanged. */
  countLive(): number {
    const now = this.clock.now();
    let count = 0;
    for (const code of this.#live.values()) if (code.expiresAtMs > now && !code.accountDeleted) count += 1;
    return count;
  }

  reset(): void {
    this.#live.clear();
    this.#used.clear();
    this.#latest.clear();
  }
}

/** JSON keeps ("ab", "c") and ("a", "bc") apart. */
function keyOf({ appId, personId, scope, snapshot }: CodeGrant): string {
  return JSON.stringify([appId, personId, scope, snapshot]);
}
