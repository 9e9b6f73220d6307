import {
  type KeeperClock,
  type StoredToken,
  TokenKeeper,
  type TokenRecord,
  type TokenStore,
} from "../../src/keeper.js";
import { FakeAccount } from "./fake-account.js";
import { type Happening, processCount, waitMs } from "./happenings.js";
import { Process } from "./process.js";
import { VirtualTime } from "./virtual-time.js";

const leaseMs = 10_000;
const recheckMs = 1000;
/** How long a caller with a token waits for the store. */
const lookMs = 250;
const slowestStoreMs = 200;

interface Fetch {
  readonly leaseUntilMs: number;
  isOver: boolean;
}

interface Member {
  readonly keeper: TokenKeeper;
  readonly process: Process;
  /** Until when the store has promised this process that nobody else asks. */
  leaseUntilMs: number;
  /** The newest token that a finished `get` gave: its number. */
  seen: number;
}

/** Several processes with one store and one account; it watches the laws while things happen. */
export class Run {
  readonly brokenLaws: string[] = [];
  readonly failedCalls: unknown[] = [];
  readonly errors: unknown[] = [];
  readonly #time = new VirtualTime();
  readonly #account = new FakeAccount(() => this.#time.now());
  readonly #members: Member[] = [];
  readonly #fetches: Fetch[] = [];
  readonly #written: { readonly atMs: number; readonly serial: number }[] = [];
  /** Who waits for a token, but for those who died with their process. */
  readonly #unanswered = new Set<{ readonly member: Member }>();
  #record: TokenRecord | undefined;
  #seed: number;
  #slowUntilMs = 0;
  /** Leases and gaps between forced refreshes are promises by wall clock, and kept in the store. */
  #arePromisesKept = true;
  /** Versions begin anew in a store that was emptied: one who asked before may happen to have the next one. */
  #areVersionsUnique = true;

  constructor(
    seed: number,
    readonly flaws: { looseStore?: boolean; onlyWallClocks?: boolean } = {},
  ) {
    this.#seed = seed;
    for (let i = 0; i < processCount; i += 1) this.#members.push(this.#start());
  }

  async happen(happening: Happening): Promise<void> {
    await this.#time.pass(happening.afterMs);
    switch (happening.kind) {
      case "get":
      case "use":
        for (let i = 0; i < happening.callers; i += 1) this[happening.kind](this.#member(happening.process));
        return;
      case "refresh":
        this.#member(happening.process)
          .keeper.refresh()
          .catch(() => {});
        return;
      case "crash":
        this.#member(happening.process).process.crash();
        this.#members[happening.process] = this.#start(); // it is started again
        return;
      case "freeze":
        this.#member(happening.process).process.freeze(happening.forMs);
        return;
      case "jump":
        this.#arePromisesKept = false;
        this.#member(happening.process).process.clockOffMs += happening.byMs;
        return;
      case "empty":
        this.#arePromisesKept = false;
        this.#areVersionsUnique = false;
        this.#record = undefined;
        return;
      case "slow":
        this.#slowUntilMs = this.#time.now() + happening.forMs;
        return;
      case "fail":
        this.#account.errcode = -1;
        this.#time.after(happening.forMs, () => {
          this.#account.errcode = undefined;
        });
        return;
      case "revoke":
        return this.#account.revoke();
      case "break":
        return this.#account.breakCurrent();
    }
  }

  /** Every trouble ends, and every pause after it, but for those between forced refreshes. */
  async heal(): Promise<void> {
    await this.#time.pass(200_000);
    const waiting = [...this.#unanswered].filter(({ member }) => !member.process.isDead);
    if (waiting.length > 0) this.#break("somebody waits for ever");
    this.#checkForced();
  }

  /** A call in each process, and in one that starts now; a token that was broken and could not be forced is revoked. */
  async finalAnswers(): Promise<string[]> {
    this.#account.revoke();
    const members = [...this.#members, this.#start()];
    const startMs = this.#time.now();
    const answers = await this.#time.until(Promise.all(members.map((member) => this.#finalCall(member))));
    if (this.#arePromisesKept && this.#time.now() - startMs > waitMs)
      this.#break("it took too long to recover");
    return answers;
  }

  /** A pause that was written by a clock that is ahead may come late, and is over after twice its longest. */
  #finalCall(member: Member): Promise<string> {
    return this.#call(member).catch(async (error: unknown) => {
      if (this.#arePromisesKept) throw error;
      await this.#time.wait(121_000);
      return this.#call(member);
    });
  }

  get(member: Member): void {
    const startMs = this.#time.now();
    const { seen } = member;
    const stored = this.#written.filter(({ atMs }) => atMs <= startMs - recheckMs - slowestStoreMs).at(-1);
    const caller = { member };
    this.#unanswered.add(caller);
    const answered = () => {
      this.#unanswered.delete(caller);
      const lateMs = this.#time.now() - startMs - waitMs - 4 * lookMs - member.process.frozenSince(startMs);
      if (lateMs > 0) this.#break(`somebody waited ${lateMs} ms too long`);
    };
    member.keeper.get().then(
      ({ value }) => {
        answered();
        if (serial(value) < seen) this.#break("a process went back to an older token");
        // A look that takes longer than lookMs, in a process that was frozen meanwhile, is not waited for.
        const wasLate = member.process.frozenSince(startMs) > 0 && this.#time.now() - startMs >= lookMs;
        if (this.#areVersionsUnique && !wasLate && serial(value) < (stored?.serial ?? 0))
          this.#break(`${value} was given, though a newer one was stored`);
        member.seen = Math.max(member.seen, serial(value));
      },
      (error: unknown) => {
        answered();
        this.errors.push(error);
        this.failedCalls.push(error);
      },
    );
  }

  use(member: Member): void {
    this.#call(member).catch((error: unknown) => this.failedCalls.push(error));
  }

  #call({ keeper, process }: Member): Promise<string> {
    return keeper.use((token) => process.ask(this.#random(100), () => this.#account.answerTo(token)));
  }

  #start(): Member {
    const process = new Process(this.#time);
    const member: Member = {
      process,
      leaseUntilMs: 0,
      seen: 0,
      keeper: new TokenKeeper({
        source: {
          key: "k",
          fetch: () => this.#fetch(member, () => this.#account.fetch()),
          force: () => this.#fetch(member, () => this.#account.force()),
          refreshAheadSeconds: 290,
        },
        store: this.#storeOf(() => member),
        clock: this.flaws.onlyWallClocks ? wallClockOf(process) : process,
        random: () => this.#random(1000) / 1000,
        leaseMs,
        waitMs,
        recheckMs,
      }),
    };
    return member;
  }

  /** A request to WeChat, and the law that nobody else's is under way whose lease still runs. */
  async #fetch<T>(member: Member, act: () => T): Promise<T> {
    const now = this.#time.now();
    if (
      this.#arePromisesKept &&
      this.#fetches.some(({ leaseUntilMs, isOver }) => !isOver && now < leaseUntilMs)
    ) {
      this.#break("two processes asked WeChat at once");
    }
    if (this.#arePromisesKept && now >= member.leaseUntilMs)
      this.#break("a process asked WeChat without a lease");
    const fetch: Fetch = { leaseUntilMs: member.leaseUntilMs, isOver: false };
    this.#fetches.push(fetch);
    const slowMs = now < this.#slowUntilMs ? 30_000 : 4000;
    return member.process.ask(this.#random(slowMs), act).finally(() => {
      fetch.isOver = true;
    });
  }

  #storeOf(member: () => Member): TokenStore {
    const ask = <T>(act: () => T) => member().process.ask(this.#random(slowestStoreMs), act);
    return {
      read: () => ask(() => this.#record),
      replace: (_key, record) => ask(() => this.#replace(member(), record)),
    };
  }

  #replace(member: Member, record: TokenRecord): boolean {
    if ((this.#record?.version ?? 0) !== record.version - 1 && !this.flaws.looseStore) return false;
    const before = this.#record?.token;
    const { token } = record;
    if (record.leaseUntilMs > 0) member.leaseUntilMs = record.leaseUntilMs;
    if (before && this.#areVersionsUnique) this.#compare(before, token);
    this.#record = record;
    if (token) this.#written.push({ atMs: this.#time.now(), serial: serial(token.sealed) });
    return true;
  }

  #compare(before: StoredToken, token: StoredToken | undefined): void {
    if (!token) {
      this.#break("a token was forgotten");
      return;
    }
    if (serial(token.sealed) < serial(before.sealed)) this.#break("an older token replaced a newer one");
    if (token.generation < before.generation) this.#break("generations went back");
    const isSame = token.sealed === before.sealed;
    if (isSame !== (token.generation === before.generation)) this.#break("generation and token disagree");
  }

  #checkForced(): void {
    if (!this.#arePromisesKept) return;
    const { forcedAtMs } = this.#account;
    for (const at of forcedAtMs) {
      const within = forcedAtMs.filter((other) => other >= at && other < at + 86_400_000);
      if (within.length > 20) this.#break("more than 20 forced refreshes in a day");
      if (within.some((other) => other > at && other - at < 30_000)) this.#break("forced twice within 30 s");
    }
  }

  #member(index: number): Member {
    const member = this.#members[index];
    if (!member) throw new RangeError(`there is no process ${index}`);
    return member;
  }

  #break(law: string): void {
    this.brokenLaws.push(law);
  }

  /** 0 to `below` - 1, the same for the same seed (mulberry32). */
  #random(below: number): number {
    this.#seed = (this.#seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#seed ^ (this.#seed >>> 15), 1 | this.#seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below;
  }
}

function wallClockOf(process: Process): KeeperClock {
  return { now: () => process.now(), after: (ms, run) => process.after(ms, run) };
}

const serial = (token: string): number => Number(token.slice(1));
