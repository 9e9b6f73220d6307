import { and, eq, gt, inArray, isNull, lt, lte, type SQL, sql } from "drizzle-orm";
import { deleteBatchSize } from "./delete-batch.js";
import type { Tables } from "./schema.js";
import { encoded, type Orm, type Params, statement } from "./statement.js";

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

/** Links in whatever state, each with its host application and the user whom it is made for, if there is one yet. */
function selectLinks(orm: Orm, t: Tables, where: SQL) {
  const { bindLinks: b, hostClients, externalUsers, users } = t;
  return orm
    .select(columnsOf(t))
    .from(b)
    .leftJoin(hostClients, and(eq(hostClients.id, b.clientId), isNull(hostClients.disabledAt)))
    .leftJoin(
      externalUsers,
      and(eq(externalUsers.clientId, b.clientId), eq(externalUsers.externalId, b.externalId)),
    )
    .leftJoin(users, eq(users.id, externalUsers.userId))
    .where(where);
}

export const findBindLink = statement("find_bind_link", (orm, t, p: Params<{ id: string }>) =>
  selectLinks(orm, t, eq(t.bindLinks.id, p.id)),
);

export const findBindLinkBySecret = statement(
  "find_bind_link_by_secret",
  (orm, t, p: Params<{ secretHash: string }>) =>
    selectLinks(orm, t, eq(t.bindLinks.secretHash, p.secretHash)),
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

/** Ends a link whose time is over, so that it stays over when the clock is set back, unused. */
export const expireBindLink = statement("expire_bind_link", (orm, t, p: Params<{ id: string; now: Date }>) =>
  orm
    .update(t.bindLinks)
    .set({ usedAt: sql`${t.bindLinks.expiresAt}` })
    .where(
      and(
        eq(t.bindLinks.id, p.id),
        isNull(t.bindLinks.usedAt),
        lte(t.bindLinks.expiresAt, encoded(t.bindLinks.expiresAt, p.now)),
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
