import { type Params, statement } from "./statement.js";

interface OutboxValues {
  id: string;
  type: string;
  at: Date;
  userId: string | null;
  clientId: string | null;
  data: string;
}

/** Written in one batch with the change that it tells of: both or neither. The publisher numbers it later. */
export const insertOutbox = statement("insert_outbox", (orm, t, p: Params<OutboxValues>) =>
  orm
    .insert(t.outbox)
    .values({ id: p.id, type: p.type, at: p.at, userId: p.userId, clientId: p.clientId, data: p.data })
    .returning({ id: t.outbox.id }),
);
