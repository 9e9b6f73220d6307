/** What a keeper did, for logs and metrics. Holds a token's fingerprint, never the token. */
export type KeeperEvent = { readonly key: string } & KeeperEventDetails;

/** An event before the source's key is added. */
export type KeeperEventDetails =
  | ({
      /** This process fetched a token, which may be the same one again. */
      readonly kind: "fetched";
      readonly isForced: boolean;
      readonly durationMs: number;
    } & TokenFields)
  /** Another process had fetched a newer token. Emitted once per token, not per `get`. */
  | ({ readonly kind: "reused" } & TokenFields)
  /** Another process was fetching, and this one waited for the result. */
  | { readonly kind: "waited"; readonly durationMs: number }
  /** The fetch took so long that another process took over; its result was discarded. */
  | { readonly kind: "lost_lease" }
  | {
      readonly kind: "failed";
      /** As {@link StoredFailure.reason}, `STORE` when the store failed, `DEADLINE` when waiting took too long. */
      readonly reason: string;
      readonly failuresInRow?: number;
      readonly retryAtMs?: number;
    };

interface TokenFields {
  readonly fingerprint: string;
  readonly generation: number;
  readonly expiresAtMs: number;
}
