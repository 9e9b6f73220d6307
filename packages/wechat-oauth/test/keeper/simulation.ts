import {
  type KeeperClock,
  type StoredToken,
  TokenKeeper,
  type TokenRecord,
  type TokenStore,
} from "../../src/keeper.js";
import { processCount, type ScheduledEvent, waitMs } from "./events.js";
import { FakeAccount } from "./fake-account.js";
import { Process } from "./process.js";
import { VirtualTime } from "./virtual-time.js";

const leaseMs = 10_000;
const recheckMs = 1000;
/** How long a caller with a token waits for the store. */
const readTimeoutMs = 250;
const slowestStoreMs = 200;

interface Fetch {
  readonly leaseUntilMs: number;
  isOver: boolean;
}

interface Instance {
  readonly keeper: TokenKeeper;
  readonly process: Process;
  /** Until when this process holds the lease. */
  leaseUntilMs: number;
  /** The serial number of the newest token that a finished `get` returned. */
  seen: number;
}

/** Several processes with one store and one account. Checks the keeper's properties while events happen. */
export class Simulation {
  readonly violations: string[] = [];
  readonly failedCalls: unknown[] = [];
  readonly errors: unknown[] = [];
  readonly #time = new VirtualTime();
  readonly #account = new FakeAccount(() => this.#time.now());
  readonly #instances: Instance[] = [];
  readonly #fetches: Fetch[] = [];
  readonly #written: { readonly atMs: number; readonly serial: number }[] = [];
  /** Callers that wait for a token, including those of crashed processes. */
  readonly #unanswered = new Set<{ readonly instance: Instance }>();
  #record: TokenRecord | undefined;
  #seed: number;
  #slowUntilMs = 0;
  /** Whether leases and gaps between forced refreshes hold: they rely on wall clocks and on the store's data. */
  #arePromisesKept = true;
  /** Versions start anew in an emptied store: a process that fetched before may by chance hold the next one. */
  #areVersionsUnique = true;

  constructor(
    seed: number,
    readonly faults: { looseStore?: boolean; onlyWallClocks?: boolean } = {},
  ) {
    this.#seed = seed;
    for (let i = 0; i < processCount; i += 1) this.#instances.push(this.#start());
  }

  async apply(event: ScheduledEvent): Promise<void> {
    await this.#time.pass(event.afterMs);
    switch (event.kind) {
      case "get":
      case "use":
        for (let i = 0; i < event.callers; i += 1) this[event.kind](this.#instance(event.process));
        return;
      case "refresh":
        this.#instance(event.process)
          .keeper.refresh()
          .catch(() => {});
        return;
      case "crash":
        this.#instance(event.process).process.crash();
        this.#instances[event.process] = this.#start(); // a new process takes its place
        return;
      case "freeze":
        this.#instance(event.process).process.freeze(event.forMs);
        return;
      case "jump":
        this.#arePromisesKept = false;
        this.#instance(event.process).process.clockOffMs += event.byMs;
        return;
      case "empty":
        this.#arePromisesKept = false;
        this.#areVersionsUnique = false;
        this.#record = undefined;
        return;
      case "slow":
        this.#slowUntilMs = this.#time.now() + event.forMs;
        return;
      case "fail":
        this.#account.errcode = -1;
        this.#time.after(event.forMs, () => {
          this.#account.errcode = undefined;
        });
        return;
      case "revoke":
        return this.#account.revoke();
      case "break":
        return this.#account.breakCurrent();
    }
  }

  /** Lets every outage and every backoff end, except the gaps between forced refreshes. */
  async recover(): Promise<void> {
    await this.#time.pass(200_000);
    const waiting = [...this.#unanswered].filter(({ instance }) => !instance.process.isDead);
    if (waiting.length > 0) this.#report("a caller waits forever");
    this.#checkForced();
  }

  /** One call in each process and in a new one. Revokes the token first, as a broken one may not be forced yet. */
  async answersAfterRecovery(): Promise<string[]> {
    this.#account.revoke();
    const instances = [...this.#instances, this.#start()];
    const startMs = this.#time.now();
    const answers = await this.#time.until(
      Promise.all(instances.map((instance) => this.#callAfterRecovery(instance))),
    );
    if (this.#arePromisesKept && this.#time.now() - startMs > waitMs)
      this.#report("it took too long to recover");
    return answers;
  }

  /** A backoff that a fast clock wrote may end late, but no later than twice the longest backoff. */
  #callAfterRecovery(instance: Instance): Promise<string> {
    return this.#call(instance).catch(async (error: unknown) => {
      if (this.#arePromisesKept) throw error;
      await this.#time.wait(121_000);
      return this.#call(instance);
    });
  }

  get(instance: Instance): void {
    const startMs = this.#time.now();
    const { seen } = instance;
    const stored = this.#written.filter(({ atMs }) => atMs <= startMs - recheckMs - slowestStoreMs).at(-1);
    const caller = { instance };
    this.#unanswered.add(caller);
    const answered = () => {
      this.#unanswered.delete(caller);
      const lateMs =
        this.#time.now() - startMs - waitMs - 4 * readTimeoutMs - instance.process.frozenSince(startMs);
      if (lateMs > 0) this.#report(`a caller waited ${lateMs} ms too long`);
    };
    instance.keeper.get().then(
      ({ value }) => {
        answered();
        if (serial(value) < seen) this.#report("a process went back to an older token");
        // A process that was frozen meanwhile does not wait for a read that takes longer than readTimeoutMs.
        const wasLate =
          instance.process.frozenSince(startMs) > 0 && this.#time.now() - startMs >= readTimeoutMs;
        if (this.#areVersionsUnique && !wasLate && serial(value) < (stored?.serial ?? 0))
          this.#report(`${value} was returned although a newer one was stored`);
        instance.seen = Math.max(instance.seen, serial(value));
      },
      (error: unknown) => {
        answered();
        this.errors.push(error);
        this.failedCalls.push(error);
      },
    );
  }

  use(instance: Instance): void {
    this.#call(instance).catch((error: unknown) => this.failedCalls.push(error));
  }

  #call({ keeper, process }: Instance): Promise<string> {
    return keeper.use((token) => process.ask(this.#random(100), () => this.#account.answerTo(token)));
  }

  #start(): Instance {
    const process = new Process(this.#time);
    const instance: Instance = {
      process,
      leaseUntilMs: 0,
      seen: 0,
      keeper: new TokenKeeper({
        source: {
          key: "k",
          fetch: () => this.#fetch(instance, () => this.#account.fetch()),
          force: () => this.#fetch(instance, () => this.#account.force()),
          refreshAheadSeconds: 290,
        },
        store: this.#storeOf(() => instance),
        clock: this.faults.onlyWallClocks ? wallClockOf(process) : process,
        random: () => this.#random(1000) / 1000,
        leaseMs,
        waitMs,
        recheckMs,
      }),
    };
    return instance;
  }

  /** A request to WeChat. Checks that no other process has one under way while its lease lasts. */
  async #fetch<T>(instance: Instance, act: () => T): Promise<T> {
    const now = this.#time.now();
    if (
      this.#arePromisesKept &&
      this.#fetches.some(({ leaseUntilMs, isOver }) => !isOver && now < leaseUntilMs)
    ) {
      this.#report("two processes asked WeChat at once");
    }
    if (this.#arePromisesKept && now >= instance.leaseUntilMs)
      this.#report("a process asked WeChat without a lease");
    const fetch: Fetch = { leaseUntilMs: instance.leaseUntilMs, isOver: false };
    this.#fetches.push(fetch);
    const slowMs = now < this.#slowUntilMs ? 30_000 : 4000;
    return instance.process.ask(this.#random(slowMs), act).finally(() => {
      fetch.isOver = true;
    });
  }

  #storeOf(instance: () => Instance): TokenStore {
    const ask = <T>(act: () => T) => instance().process.ask(this.#random(slowestStoreMs), act);
    return {
      read: () => ask(() => this.#record),
      replace: (_key, record) => ask(() => this.#replace(instance(), record)),
    };
  }

  #replace(instance: Instance, record: TokenRecord): boolean {
    if ((this.#record?.version ?? 0) !== record.version - 1 && !this.faults.looseStore) return false;
    const before = this.#record?.token;
    const { token } = record;
    if (record.leaseUntilMs > 0) instance.leaseUntilMs = record.leaseUntilMs;
    if (before && this.#areVersionsUnique) this.#compare(before, token);
    this.#record = record;
    if (token) this.#written.push({ atMs: this.#time.now(), serial: serial(token.sealed) });
    return true;
  }

  #compare(before: StoredToken, token: StoredToken | undefined): void {
    if (!token) {
      this.#report("a token was lost");
      return;
    }
    if (serial(token.sealed) < serial(before.sealed)) this.#report("an older token replaced a newer one");
    if (token.generation < before.generation) this.#report("generations went back");
    const isSame = token.sealed === before.sealed;
    if (isSame !== (token.generation === before.generation)) this.#report("generation and token disagree");
  }

  #checkForced(): void {
    if (!this.#arePromisesKept) return;
    const { forcedAtMs } = this.#account;
    for (const at of forcedAtMs) {
      const within = forcedAtMs.filter((other) => other >= at && other < at + 86_400_000);
      if (within.length > 20) this.#report("more than 20 forced refreshes in a day");
      if (within.some((other) => other > at && other - at < 30_000)) this.#report("forced twice within 30 s");
    }
  }

  #instance(index: number): Instance {
    const instance = this.#instances[index];
    if (!instance) throw new RangeError(`there is no process ${index}`);
    return instance;
  }

  #report(violation: string): void {
    this.violations.push(violation);
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
