import { type KeeperClock, systemClock } from "./clock.js";
import type { KeeperEvent, KeeperEventDetails } from "./events.js";
import { memoryStore } from "./memory-store.js";
import type { TokenSource } from "./sources.js";
import type { TokenStore } from "./store.js";

/** What a keeper keeps, where, and how long it waits. */
export interface TokenKeeperOptions<Value extends string = string> {
  source: TokenSource<Value>;
  /**
   * Where processes share the token. Without a store each process fetches its own, which only stable_token allows, and
   * counts its own forced refreshes: many processes whose calls are all refused then exceed WeChat's 20 a day.
   */
  store?: TokenStore | undefined;
  /**
   * How long one refresh may take in all: for other processes, WeChat and the store. Then it fails as `DEADLINE`, and
   * the next caller starts a new one. Default 20000: the lease of a process that crashed (`leaseMs`), and the fetch
   * after it. Each further process that crashes during its fetch adds a lease: two crashes in a row exceed the
   * default, and need `3 * leaseMs`. A caller that joins a refresh waits for the rest of it.
   */
  waitMs?: number | undefined;
  /**
   * How long one process may take for a fetch before another may start one. Default 10000; must be longer than a
   * client's `timeoutMs`, and the same in every process.
   */
  leaseMs?: number | undefined;
  /** For how long `get` may answer without a new read of the store. Default 1000; with 0 each `get` reads it. */
  recheckMs?: number | undefined;
  /** Encrypts a token for the store. */
  seal?: ((token: string) => string | Promise<string>) | undefined;
  /** Undoes `seal`. A token that it cannot open (it throws, or returns undefined) counts as absent. */
  open?: ((sealed: string) => string | undefined | Promise<string | undefined>) | undefined;
  /** Receives the keeper's events. Errors that it throws are ignored. */
  onEvent?: ((event: KeeperEvent) => void) | undefined;
  clock?: KeeperClock | undefined;
  /** 0 to 1, for jitter. */
  random?: (() => number) | undefined;
}

/** The options with their defaults. */
export interface Settings<Value extends string> {
  readonly source: TokenSource<Value>;
  readonly store: TokenStore;
  readonly clock: KeeperClock;
  readonly waitMs: number;
  readonly leaseMs: number;
  readonly recheckMs: number;
  seal(token: string): string | Promise<string>;
  open(sealed: string): string | undefined | Promise<string | undefined>;
  random(): number;
  emit(details: KeeperEventDetails): void;
}

/** @throws {TypeError} an invalid option */
export function toSettings<Value extends string>(options: TokenKeeperOptions<Value>): Settings<Value> {
  const { source, onEvent } = options;
  if (!source.key) throw new TypeError("source.key is empty");
  if (!options.seal !== !options.open) throw new TypeError("seal and open must be given together");
  return {
    source,
    store: options.store ?? memoryStore(),
    clock: options.clock ?? systemClock,
    waitMs: duration("waitMs", options.waitMs ?? 20_000, 1),
    leaseMs: duration("leaseMs", options.leaseMs ?? 10_000, 1),
    recheckMs: duration("recheckMs", options.recheckMs ?? 1000, 0),
    seal: options.seal ?? ((token) => token),
    open: options.open ?? ((sealed) => sealed),
    random: options.random ?? Math.random,
    emit(details) {
      try {
        // An async function fits the type as well, and an unhandled rejection would end a Node process.
        Promise.resolve<unknown>(onEvent?.({ key: source.key, ...details })).catch(() => {});
      } catch {
        // There is nowhere to report it: this callback is the log.
      }
    },
  };
}

function duration(name: string, ms: number, least: number): number {
  // 2^31 - 1 is the longest time setTimeout can count.
  if (ms >= least && ms < 2 ** 31) return ms;
  throw new TypeError(`${name} must be a number of milliseconds, at least ${least}`);
}
