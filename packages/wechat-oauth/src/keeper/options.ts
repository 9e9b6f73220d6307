import { type KeeperClock, systemClock } from "./clock.js";
import type { KeeperEvent, KeeperNews } from "./events.js";
import { memoryStore } from "./memory-store.js";
import type { TokenSource } from "./sources.js";
import type { TokenStore } from "./store.js";

/** What a keeper keeps, where, and how patiently. */
export interface TokenKeeperOptions<Value extends string = string> {
  source: TokenSource<Value>;
  /**
   * Where processes meet. Without one each process fetches for itself, which suits stable_token alone, and counts
   * forced refreshes for itself: many processes whose calls are all refused pass WeChat's 20 a day without a store.
   */
  store?: TokenStore | undefined;
  /**
   * How long one search waits for others, for WeChat and for the store, whatever hangs; then it fails as `DEADLINE`,
   * and the next caller begins a new one. Default 20000: the lease of a process that died (`leaseMs`), and the fetch
   * after it. Each further process that dies in a row while it asks adds a lease: two of them outlast the default,
   * and to wait for those, too, takes `3 * leaseMs`. A caller who joins a search waits for what is left of it.
   */
  waitMs?: number | undefined;
  /**
   * Within it a fetch must be over; then another process may ask. Default 10000: longer than a client's `timeoutMs`.
   * The same in every process.
   */
  leaseMs?: number | undefined;
  /** How old this process's knowledge of the store may be when it hands out a token. Default 1000; 0 always looks. */
  recheckMs?: number | undefined;
  /** Encrypts a token for the store. */
  seal?: ((token: string) => string | Promise<string>) | undefined;
  /** Undoes `seal`. What it cannot open (it throws, or gives undefined) counts as absent. */
  open?: ((sealed: string) => string | undefined | Promise<string | undefined>) | undefined;
  /** Told what the keeper does. What it throws is ignored. */
  onEvent?: ((event: KeeperEvent) => void) | undefined;
  clock?: KeeperClock | undefined;
  /** 0 to 1, for jitter. */
  random?: (() => number) | undefined;
}

/** The options with nothing left open. */
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
  tell(news: KeeperNews): void;
}

/** @throws {TypeError} an option that can never work */
export function toSettings<Value extends string>(options: TokenKeeperOptions<Value>): Settings<Value> {
  const { source, onEvent } = options;
  if (!source.key) throw new TypeError("the source has no key");
  if (!options.seal !== !options.open) throw new TypeError("seal and open go together");
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
    tell(news) {
      try {
        // An async function fits the type, too: its rejection would otherwise end a Node process.
        Promise.resolve<unknown>(onEvent?.({ key: source.key, ...news })).catch(() => {});
      } catch {
        // Nobody is left to tell: this is the log itself.
      }
    },
  };
}

function duration(name: string, ms: number, least: number): number {
  // 2^31 - 1 is the longest time setTimeout can count.
  if (ms >= least && ms < 2 ** 31) return ms;
  throw new TypeError(`${name} must be a number of milliseconds, at least ${least}`);
}
