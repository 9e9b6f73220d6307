import { and, eq, isNotNull, isNull, lt, or, sql } from "drizzle-orm";
import { encoded, type Params, statement } from "./statement.js";

// Host applications and their keys. Lists of texts are JSON.

interface HostClientValues {
  id: string;
  name: string;
  origins: string;
  redirectPaths: string;
  now: Date;
}

/** It touches no row if the id is taken. */
export const insertHostClient = statement("insert_host_client", (orm, t, p: Params<HostClientValues>) =>
  orm
    .insert(t.hostClients)
    .values({ id: p.id, name: p.name, origins: p.origins, redirectPaths: p.redirectPaths, createdAt: p.now })
    .onConflictDoNothing()
    .returning({ id: t.hostClients.id }),
);

export const findHostClient = statement("find_host_client", (orm, t, p: Params<{ id: string }>) =>
  orm
    .select()
    .from(t.hostClients)
    .where(and(eq(t.hostClients.id, p.id), isNull(t.hostClients.disabledAt))),
);

export const listHostClients = statement("list_host_clients", (orm, t) =>
  orm.select().from(t.hostClients).orderBy(t.hostClients.id),
);

/** Null leaves a value as it is. */
export const updateHostClient = statement(
  "update_host_client",
  (
    orm,
    t,
    p: Params<{ id: string; name: string | null; origins: string | null; redirectPaths: string | null }>,
  ) =>
    orm
      .update(t.hostClients)
      .set({
        name: sql`coalesce(${p.name}, ${t.hostClients.name})`,
        origins: sql`coalesce(${p.origins}, ${t.hostClients.origins})`,
        redirectPaths: sql`coalesce(${p.redirectPaths}, ${t.hostClients.redirectPaths})`,
      })
      .where(eq(t.hostClients.id, p.id))
      .returning({ id: t.hostClients.id }),
);

/** It touches no row if the host is disabled already. */
export const disableHostClient = statement(
  "disable_host_client",
  (orm, t, p: Params<{ id: string; now: Date }>) =>
    orm
      .update(t.hostClients)
      .set({ disabledAt: sql`${encoded(t.hostClients.disabledAt, p.now)}` })
      .where(and(eq(t.hostClients.id, p.id), isNull(t.hostClients.disabledAt)))
      .returning({ id: t.hostClients.id }),
);

/** It touches no row unless the host is disabled. */
export const enableHostClient = statement("enable_host_client", (orm, t, p: Params<{ id: string }>) =>
  orm
    .update(t.hostClients)
    .set({ disabledAt: null })
    .where(and(eq(t.hostClients.id, p.id), isNotNull(t.hostClients.disabledAt)))
    .returning({ id: t.hostClients.id }),
);

/** Changes nothing, and holds the row until the batch is written: what is limited for each client is counted one at a time. */
export const lockHostClient = statement("lock_host_client", (orm, t, p: Params<{ id: string }>) =>
  orm
    .update(t.hostClients)
    .set({ name: sql`${t.hostClients.name}` })
    .where(eq(t.hostClients.id, p.id))
    .returning({ id: t.hostClients.id }),
);

interface ApiKeyValues {
  id: string;
  clientId: string;
  keyHash: string;
  hint: string;
  scopes: string;
  cidrs: string;
  now: Date;
}

export const insertApiKey = statement("insert_api_key", (orm, t, p: Params<ApiKeyValues>) =>
  orm
    .insert(t.apiKeys)
    .values({
      id: p.id,
      clientId: p.clientId,
      keyHash: p.keyHash,
      hint: p.hint,
      scopes: p.scopes,
      cidrs: p.cidrs,
      createdAt: p.now,
    })
    .returning({ id: t.apiKeys.id }),
);

/** With its client, unless one of the two was revoked or disabled. */
export const findApiKey = statement("find_api_key", (orm, t, p: Params<{ keyHash: string }>) =>
  orm
    .select({ key: t.apiKeys, client: t.hostClients })
    .from(t.apiKeys)
    .innerJoin(t.hostClients, eq(t.hostClients.id, t.apiKeys.clientId))
    .where(
      and(eq(t.apiKeys.keyHash, p.keyHash), isNull(t.apiKeys.revokedAt), isNull(t.hostClients.disabledAt)),
    ),
);

/** It touches no row if the last use was noted since `before`: a busy key is not written with each request. */
export const noteKeyUse = statement(
  "note_key_use",
  (orm, t, p: Params<{ id: string; now: Date; before: Date }>) =>
    orm
      .update(t.apiKeys)
      .set({ lastUsedAt: sql`${encoded(t.apiKeys.lastUsedAt, p.now)}` })
      .where(
        and(
          eq(t.apiKeys.id, p.id),
          or(isNull(t.apiKeys.lastUsedAt), lt(t.apiKeys.lastUsedAt, encoded(t.apiKeys.lastUsedAt, p.before))),
        ),
      )
      .returning({ id: t.apiKeys.id }),
);

/** The oldest first; all that people may see of a key. */
export const listApiKeys = statement("list_api_keys", (orm, t, p: Params<{ clientId: string }>) =>
  orm
    .select({
      id: t.apiKeys.id,
      hint: t.apiKeys.hint,
      scopes: t.apiKeys.scopes,
      cidrs: t.apiKeys.cidrs,
      createdAt: t.apiKeys.createdAt,
      lastUsedAt: t.apiKeys.lastUsedAt,
      revokedAt: t.apiKeys.revokedAt,
    })
    .from(t.apiKeys)
    .where(eq(t.apiKeys.clientId, p.clientId))
    .orderBy(t.apiKeys.id),
);

/** It touches no row if the key was revoked already. */
export const revokeApiKey = statement("revoke_api_key", (orm, t, p: Params<{ id: string; now: Date }>) =>
  orm
    .update(t.apiKeys)
    .set({ revokedAt: sql`${encoded(t.apiKeys.revokedAt, p.now)}` })
    .where(and(eq(t.apiKeys.id, p.id), isNull(t.apiKeys.revokedAt)))
    .returning({ id: t.apiKeys.id }),
);
