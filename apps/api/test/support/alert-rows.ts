import type { Tables } from "../../src/db/schema.js";
import { encryptOf } from "../../src/domain/alerts/channel-secrets.js";
import type { Deps } from "../../src/domain/deps.js";
import { addRows } from "./rows.js";

type Channel = Tables["alertChannels"]["$inferInsert"];
type Incident = Tables["alertIncidents"]["$inferInsert"];

/** Adds a channel of the kind webhook in English and UTC, without quiet hours, unless `about` says otherwise. */
export const addChannel = (deps: Deps, { id, ...about }: Partial<Channel> & { id: string }): Promise<void> =>
  addRows(deps.db, "alertChannels", [
    {
      ...{ id, kind: "webhook", name: id, host: "chat.example", createdAt: deps.now() },
      url: encryptOf(deps, "url", id, `https://chat.example/${id}`),
      secret: encryptOf(deps, "secret", id, "whsec_c2VjcmV0"),
      ...{ language: "en", timeZone: "UTC", failures: 0, ...about },
    },
  ]);

/** The row of an incident of the kind quota that began now, unless `about` says otherwise. */
export const incidentRow = (deps: Pick<Deps, "now">, about: Partial<Incident> & { id: string }): Incident => {
  const at = deps.now();
  return { kind: "quota", subject: about.id, openedAt: at, lastAt: at, toldAt: at, ...about };
};
