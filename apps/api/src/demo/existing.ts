import type { Database } from "../db/database.js";

/** The host application of the demo. That it is there means that the week is. */
export const hostClientId = "demo-shop";

/** Who and what was there before the demo, by their ids: it changes none of them. */
export interface Existing {
  users: ReadonlySet<string>;
  channels: ReadonlySet<string>;
  isWeekThere: boolean;
}

export async function readExisting(db: Database): Promise<Existing> {
  const [users, channels, hosts] = await Promise.all([
    db.consoleQuery((orm, { users: t }) => orm.select({ id: t.id }).from(t)),
    db.consoleQuery((orm, { alertChannels: t }) => orm.select({ id: t.id }).from(t)),
    db.consoleQuery((orm, { hostClients: t }) => orm.select({ id: t.id }).from(t)),
  ]);
  return {
    users: new Set(users.map(({ id }) => id)),
    channels: new Set(channels.map(({ id }) => id)),
    isWeekThere: hosts.some(({ id }) => id === hostClientId),
  };
}
