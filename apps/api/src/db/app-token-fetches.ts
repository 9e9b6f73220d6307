import { count, gte, inArray, lt } from "drizzle-orm";
import { deleteBatchSize } from "./delete-batch.js";
import type { AppTokenKind } from "./schema.js";
import { encoded, type Params, statement } from "./statement.js";

export interface AppTokenFetchValues {
  id: string;
  appId: string;
  kind: AppTokenKind;
  at: Date;
  source: string;
  requestedBy: string;
  latencyMs: number;
  generation: number | null;
  errcode: string | null;
}

export const insertAppTokenFetch = statement(
  "insert_app_token_fetch",
  (orm, t, p: Params<AppTokenFetchValues>) =>
    orm
      .insert(t.appTokenFetches)
      .values({
        id: p.id,
        appId: p.appId,
        kind: p.kind,
        at: p.at,
        source: p.source,
        requestedBy: p.requestedBy,
        latencyMs: p.latencyMs,
        generation: p.generation,
        errcode: p.errcode,
      })
      .returning({ id: t.appTokenFetches.id }),
);

/** How often WeChat was asked since a moment, for each token and for each of those who asked. */
export const countAppTokenFetches = statement(
  "count_app_token_fetches",
  (orm, { appTokenFetches: f }, p: Params<{ since: Date }>) =>
    orm
      .select({ appId: f.appId, kind: f.kind, requestedBy: f.requestedBy, fetches: count() })
      .from(f)
      .where(gte(f.at, encoded(f.at, p.since)))
      .groupBy(f.appId, f.kind, f.requestedBy),
);

export const deleteAppTokenFetchesBefore = statement(
  "delete_app_token_fetches_before",
  (orm, { appTokenFetches: f }, p: Params<{ before: Date }>) =>
    orm
      .delete(f)
      .where(
        inArray(
          f.id,
          orm
            .select({ id: f.id })
            .from(f)
            .where(lt(f.at, encoded(f.at, p.before)))
            .limit(deleteBatchSize),
        ),
      )
      .returning({ id: f.id }),
);
