import { BoundedMap } from "./bounded-map.js";
import type { Clock } from "./clock.js";
import { createCode } from "./ids.js";

/** Marks a mini program's js_code. WeChat itself has no such scope. */
export const JS_CODE_SCOPE = "js_code";

/** What a code stands for: person, app and scope. */
export interface CodeGrant {
  appId: string;
  personId: string;
  scope: string;
  /** Issued inside a snapshot page: the identity is virtual. */
  snapshot: boolean;
}

interface ActiveCode extends CodeGrant {
  expiresAtMs: number;
  /** The person deleted the WeChat account. */
  accountDeleted?: true;
}

/** A code as the list of issued credentials shows it. */
export interface ListedCode extends Readonly<ActiveCode> {
  code: string;
  /** Already exchanged. */
  spent: boolean;
}

/** The result of presenting a code; only `grant` spends it. */
export type Redemption =
  | { kind: "grant"; grant: CodeGrant }
  | { kind: "used" | "unknown" | "expired" | "other_app" | "other_family" | "account_deleted" };

/** `web` is exchanged at /sns/oauth2/access_token, `js` at /sns/jscode2session. */
export type CodeFamily = "web" | "js";

/** Enough for minutes of load; BoundedMap says what happens beyond. */
const CAPACITY = 200_000;

/** Authorization codes: 32 alphanumerics that work once, for one app, for a few minutes. */
export class Codes {
  readonly #live = new BoundedMap<ActiveCode>(CAPACITY);
  /** Exchanged codes, so that the second exchange is 40163 and not 40029. */
  readonly #used = new BoundedMap<ActiveCode>(CAPACITY);
  /** The latest code of each grant, so that finding it needs no scan of all codes. */
  readonly #latest = new BoundedMap<string>(CAPACITY);

  constructor(readonly clock: Clock) {}

  /** @param lifetimeSeconds one of CODE_SECONDS */
  issue(grant: CodeGrant, lifetimeSeconds: number): string {
    const code = createCode();
    this.#live.set(code, { ...grant, expiresAtMs: this.clock.now() + lifetimeSeconds * 1000 });
    this.#latest.set(keyOf(grant), code);
    return code;
  }

  /** The latest code of this grant, if it is still valid: desktop WeChat gave the same one to several tabs. */
  findLive(grant: CodeGrant): string | undefined {
    const code = this.#latest.get(keyOf(grant));
    const live = code === undefined ? undefined : this.#live.get(code);
    return live && live.expiresAtMs > this.clock.now() && !live.accountDeleted ? code : undefined;
  }

  /** The result that presenting this code would have; spends nothing. */
  peek(code: string, appId: string, family: CodeFamily): Redemption {
    if (this.#used.get(code)) return { kind: "used" };
    const live = this.#live.get(code);
    if (!live) return { kind: "unknown" };
    // Another app's appid does not spend the code: that app never received it.
    if (live.appId !== appId) return { kind: "other_app" };
    if ((live.scope === JS_CODE_SCOPE) !== (family === "js")) return { kind: "other_family" };
    if (live.expiresAtMs <= this.clock.now()) return { kind: "expired" };
    if (live.accountDeleted) return { kind: "account_deleted" };
    return { kind: "grant", grant: live };
  }

  /** Spends the code if it is valid. */
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

  /** Makes the code expire at once. @returns whether it was valid until now */
  expire(code: string): boolean {
    const live = this.#live.get(code);
    const now = this.clock.now();
    if (!live || live.accountDeleted || live.expiresAtMs <= now) return false;
    live.expiresAtMs = now;
    return true;
  }

  /** Unspent codes of a deleted account can no longer be exchanged. */
  markAccountDeleted(personId: string): void {
    for (const live of this.#live.values()) if (live.personId === personId) live.accountDeleted = true;
  }

  /** All codes still kept, unspent ones first. */
  list(): ListedCode[] {
    const listed =
      (spent: boolean) =>
      ([code, grant]: [string, ActiveCode]) => ({ ...grant, code, spent });
    return [...[...this.#live.entries()].map(listed(false)), ...[...this.#used.entries()].map(listed(true))];
  }

  /** The number of codes that can still be exchanged. */
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

/** JSON, because plain concatenation would map ("ab", "c") and ("a", "bc") to one key. */
function keyOf({ appId, personId, scope, snapshot }: CodeGrant): string {
  return JSON.stringify([appId, personId, scope, snapshot]);
}
