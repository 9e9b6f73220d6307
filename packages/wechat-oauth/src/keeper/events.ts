/** What a keeper did, for logs and metrics. Never a token: its fingerprint is what may be shown. */
export type KeeperEvent = { readonly key: string } & KeeperNews;

/** An event as the keeper words it; whose it is, is added for it. */
export type KeeperNews =
  | ({
      /** WeChat gave a token, which may be the same one again. */
      readonly kind: "fetched";
      readonly isForced: boolean;
      readonly durationMs: number;
    } & TokenFacts)
  /** Another process had fetched a newer one. Told once for each token, not for each `get`. */
  | ({ readonly kind: "reused" } & TokenFacts)
  /** Others were asking WeChat, and this process waited for what they got. */
  | { readonly kind: "waited"; readonly durationMs: number }
  /** This process asked so long that another took over; what it brought was thrown away. */
  | { readonly kind: "lost_lease" }
  | {
      readonly kind: "failed";
      /** As {@link StoredFailure.reason}, `STORE` when the store failed, `DEADLINE` when waiting took too long. */
      readonly reason: string;
      readonly failuresInRow?: number;
      readonly retryAtMs?: number;
    };

interface TokenFacts {
  readonly fingerprint: string;
  readonly generation: number;
  readonly expiresAtMs: number;
}
