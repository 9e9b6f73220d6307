import { createHash } from "node:crypto";
import { afterEach, beforeEach, vi } from "vitest";
import { type KeeperEvent, TokenKeeper, type TokenKeeperOptions } from "../../src/keeper.js";
import { FakeAccount } from "./fake-account.js";
import { Process, SharedRecords } from "./process.js";
import { VirtualTime } from "./virtual-time.js";

/** Latencies above 0, so that other events can happen in between. */
const storeMs = 2;
const wechatMs = 100;

/** A keeper with the simulated process that it runs in. */
export interface Instance {
  readonly keeper: TokenKeeper;
  readonly process: Process;
  readonly events: KeeperEvent[];
}

/** One account, one store and any number of simulated processes, each with a keeper. */
export class Harness {
  readonly time: VirtualTime = new VirtualTime();
  readonly account: FakeAccount = new FakeAccount(() => this.time.now());
  readonly records: SharedRecords = new SharedRecords();
  /** How long WeChat takes to answer. */
  wechatMs: number = wechatMs;

  startInstance(options: Partial<TokenKeeperOptions> = {}): Instance {
    const process = new Process(this.time);
    const events: KeeperEvent[] = [];
    const keeper = new TokenKeeper({
      source: {
        key: "wx:stable_token",
        fetch: () => process.ask(this.wechatMs, () => this.account.fetch()),
        force: () => process.ask(this.wechatMs, () => this.account.force()),
        refreshAheadSeconds: 290,
      },
      store: this.records.seenBy(process, () => storeMs),
      clock: process,
      random: () => 0.5,
      onEvent: (event) => events.push(event),
      ...options,
    });
    return { keeper, process, events };
  }

  get(instance: Instance): Promise<string> {
    return this.time.until(instance.keeper.get().then(({ value }) => value));
  }

  /** A call with the account's token that takes `callMs`. */
  use(instance: Instance, callMs = 50): Promise<string> {
    return this.time.until(
      instance.keeper.use((token) => instance.process.ask(callMs, () => this.account.answerTo(token))),
    );
  }
}

/** Web Crypto hashes on another thread, which virtual time cannot wait for. */
export function hashSynchronously(): void {
  beforeEach(() => {
    vi.spyOn(crypto.subtle, "digest").mockImplementation(async (_algorithm, data) => {
      const hash = createHash("sha256")
        .update(data as Uint8Array)
        .digest();
      return new Uint8Array(hash).buffer;
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
}

/** What a promise was rejected with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error("it was expected to be rejected");
    },
    (error: unknown) => error,
  );
}
