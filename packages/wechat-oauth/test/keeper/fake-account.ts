import { WeChatApiError } from "../../src/index.js";
import type { FetchedToken } from "../../src/keeper.js";

const lifeMs = 7200_000;
const overlapMs = 300_000;

interface Issued {
  readonly serial: number;
  readonly expiresAtMs: number;
  isDead: boolean;
}

/**
 * WeChat's stable token of one account: normal mode returns the current token until 5 minutes before its expiry,
 * forced mode invalidates it at once. Tokens are `T1`, `T2`, …, in this order.
 */
export class FakeAccount {
  readonly forcedAtMs: number[] = [];
  fetches = 0;
  /** While set, every fetch fails with this errcode. */
  errcode: number | undefined;
  #issued: Issued[] = [];

  constructor(readonly now: () => number) {}

  /** The number of tokens issued so far. */
  get newest(): number {
    return this.#issued.length;
  }

  /** cgi-bin/stable_token, normal mode. */
  fetch(): FetchedToken<string> {
    this.fetches += 1;
    this.#refuseIfFailing();
    const current = this.#issued.at(-1);
    const leftMs = (current?.expiresAtMs ?? 0) - this.now();
    return this.#answer(current && leftMs > overlapMs ? current : this.#issue());
  }

  /** cgi-bin/stable_token, forced mode. Within 30 s it returns the same token. */
  force(): FetchedToken<string> {
    this.fetches += 1;
    this.#refuseIfFailing();
    const current = this.#issued.at(-1);
    const isTooEarly = this.now() - (this.forcedAtMs.at(-1) ?? 0) < 30_000;
    this.forcedAtMs.push(this.now());
    return this.#answer(current && isTooEarly ? current : this.#reissue());
  }

  /** As if another system forced a new token: the old one is invalid, and normal mode returns the new one. */
  revoke(): void {
    if (this.newest > 0) this.#reissue();
  }

  /** Invalidates the token, while normal mode continues to return it. */
  breakCurrent(): void {
    for (const issued of this.#issued) issued.isDead = true;
  }

  accepts(token: string): boolean {
    const issued = this.#issued[Number(token.slice(1)) - 1];
    return issued !== undefined && !issued.isDead && issued.expiresAtMs > this.now();
  }

  /** @throws {WeChatApiError} 40001 unless the token is valid */
  answerTo(token: string): string {
    if (!this.accepts(token)) throw refusal(40001);
    return `answer to ${token}`;
  }

  #refuseIfFailing(): void {
    if (this.errcode !== undefined) throw refusal(this.errcode, "cgi-bin/stable_token");
  }

  #reissue(): Issued {
    this.breakCurrent();
    return this.#issue();
  }

  #issue(): Issued {
    const issued = { serial: this.newest + 1, expiresAtMs: this.now() + lifeMs, isDead: false };
    this.#issued.push(issued);
    return issued;
  }

  #answer({ serial, expiresAtMs }: Issued): FetchedToken<string> {
    return { value: `T${serial}`, expiresInSeconds: Math.floor((expiresAtMs - this.now()) / 1000) };
  }
}

export function refusal(
  errcode: number,
  endpoint: WeChatApiError["endpoint"] = "cgi-bin/user/info",
): WeChatApiError {
  return new WeChatApiError(endpoint, errcode, "refused by the test");
}
