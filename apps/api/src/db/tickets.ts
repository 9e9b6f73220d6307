import { and, eq, gt, inArray, isNull, lte, sql } from "drizzle-orm";
import { deleteBatchSize } from "./delete-batch.js";
import { encoded, type Params, statement } from "./statement.js";

interface TicketValues {
  ticketHash: string;
  clientId: string;
  nonceHash: string;
  userId: string;
  signInId: string;
  isNew: number;
  now: Date;
  expiresAt: Date;
}

/** It touches no row if this ticket was made before: its time does not begin anew. */
export const insertTicket = statement("insert_ticket", (orm, t, p: Params<TicketValues>) =>
  orm
    .insert(t.tickets)
    .values({
      ticketHash: p.ticketHash,
      clientId: p.clientId,
      nonceHash: p.nonceHash,
      userId: p.userId,
      signInId: p.signInId,
      isNew: p.isNew,
      createdAt: p.now,
      expiresAt: p.expiresAt,
    })
    .onConflictDoNothing()
    .returning({ signInId: t.tickets.signInId }),
);

/** One statement, so of any number of requests at the same time exactly one gets the row. A wrong client or nonce spends nothing. */
export const redeemTicket = statement(
  "redeem_ticket",
  (orm, t, p: Params<{ ticketHash: string; clientId: string; nonceHash: string; now: Date }>) =>
    orm
      .update(t.tickets)
      .set({ redeemedAt: sql`${encoded(t.tickets.redeemedAt, p.now)}` })
      .where(
        and(
          eq(t.tickets.ticketHash, p.ticketHash),
          eq(t.tickets.clientId, p.clientId),
          eq(t.tickets.nonceHash, p.nonceHash),
          isNull(t.tickets.redeemedAt),
          gt(t.tickets.expiresAt, encoded(t.tickets.expiresAt, p.now)),
        ),
      )
      .returning({ userId: t.tickets.userId, signInId: t.tickets.signInId, isNew: t.tickets.isNew }),
);

export const deleteExpiredTicket = statement(
  "delete_expired_ticket",
  (orm, t, p: Params<{ ticketHash: string; now: Date }>) =>
    orm
      .delete(t.tickets)
      .where(
        and(
          eq(t.tickets.ticketHash, p.ticketHash),
          lte(t.tickets.expiresAt, encoded(t.tickets.expiresAt, p.now)),
        ),
      )
      .returning({ signInId: t.tickets.signInId }),
);

export const deleteExpiredTickets = statement("delete_expired_tickets", (orm, t, p: Params<{ now: Date }>) =>
  orm
    .delete(t.tickets)
    .where(
      inArray(
        t.tickets.ticketHash,
        orm
          .select({ ticketHash: t.tickets.ticketHash })
          .from(t.tickets)
          .where(lte(t.tickets.expiresAt, encoded(t.tickets.expiresAt, p.now)))
          .limit(deleteBatchSize),
      ),
    )
    .returning({ signInId: t.tickets.signInId }),
);
