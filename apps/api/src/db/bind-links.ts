import { and, eq, gt, inArray, isNull, lt, sql } from "drizzle-orm";
import { deleteBatchSize } from "./delete-batch.js";
import type { Tables } from "./schema.js";
import { encoded, type Params, statement } from "./statement.js";

interface BindLinkValues {
  id: string;
  secretHash: string;
  clientId: string;
  externalId: string;
  label: string;
  returnTo: string;
  nonceHash: string;
  now: Date;
  expiresAt: Date;
}

export const insertBindLink = statement("insert_bind_link", (orm, t, p: Params<BindLinkValues>) =>
  orm
    .insert(t.bindLinks)
    .values({
      id: p.id,
      secretHash: p.secretHash,
      clientId: p.clientId,
      externalId: p.externalId,
      label: p.label,
      returnTo: p.returnTo,
      nonceHash: p.nonceHash,
      createdAt: p.now,
      expiresAt: p.expiresAt,
    })
    .returning({ id: t.bindLinks.id }),
);

const columnsOf = ({ bindLinks: b, hostClients, users }: Tables) => ({
  id: b.id,
  clientId: b.clientId,
  /** Null if the host application is disabled. */
  clientName: hostClients.name,
  externalId: b.externalId,
  label: b.label,
  returnTo: b.returnTo,
  nonceHash: b.nonceHash,
  createdAt: b.createdAt,
  expiresAt: b.expiresAt,
  usedAt: b.usedAt,
  usedBy: b.userId,
  /** The user who has this external id already. */
  ownerId: users.id,
  ownerStatus: users.status,
});

const ofLink = ({ bindLinks: b, hostClients, externalUsers, users }: Tables) => ({
  client: and(eq(hostClients.id, b.clientId), isNull(hostClients.disabledAt)),
  external: and(eq(externalUsers.clientId, b.clientId), eq(externalUsers.externalId, b.externalId)),
  owner: eq(users.id, externalUsers.userId),
});

/** Whatever its state, with its host application and the user whom it is made for, if there is one yet. */
export const findBindLink = statement("find_bind_link", (orm, t, p: Params<{ id: string }>) =>
  orm
    .select(columnsOf(t))
    .from(t.bindLinks)
    .leftJoin(t.hostClients, ofLink(t).client)
    .leftJoin(t.externalUsers, ofLink(t).external)
    .leftJoin(t.users, ofLink(t).owner)
    .where(eq(t.bindLinks.id, p.id)),
);

export const findBindLinkBySecret = statement(
  "find_bind_link_by_secret",
  (orm, t, p: Params<{ secretHash: string }>) =>
    orm
      .select(columnsOf(t))
      .from(t.bindLinks)
      .leftJoin(t.hostClients, ofLink(t).client)
      .leftJoin(t.externalUsers, ofLink(t).external)
      .leftJoin(t.users, ofLink(t).owner)
      .where(eq(t.bindLinks.secretHash, p.secretHash)),
);

/** A step that a batch requires: it touches no row if the link was used or has expired. */
export const claimBindLink = statement(
  "claim_bind_link",
  (orm, t, p: Params<{ id: string; userId: string; now: Date }>) =>
    orm
      .update(t.bindLinks)
      .set({ usedAt: sql`${encoded(t.bindLinks.usedAt, p.now)}`, userId: sql`${p.userId}` })
      .where(
        and(
          eq(t.bindLinks.id, p.id),
          isNull(t.bindLinks.usedAt),
          gt(t.bindLinks.expiresAt, encoded(t.bindLinks.expiresAt, p.now)),
        ),
      )
      .returning({ id: t.bindLinks.id }),
);

export const deleteBindLinksBefore = statement(
  "delete_bind_links_before",
  (orm, t, p: Params<{ before: Date }>) =>
    orm
      .delete(t.bindLinks)
      .where(
        inArray(
          t.bindLinks.id,
          orm
            .select({ id: t.bindLinks.id })
            .from(t.bindLinks)
            .where(lt(t.bindLinks.expiresAt, encoded(t.bindLinks.expiresAt, p.before)))
            .limit(deleteBatchSize),
        ),
      )
      .returning({ id: t.bindLinks.id }),
);
