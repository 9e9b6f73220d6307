import { listIncidents } from "../../db/console/alert-incidents.js";
import { criticalKinds } from "../alerts/message.js";
import { cursorsOf, pageOf } from "../cursor.js";
import type { Deps } from "../deps.js";
import { explanationOf, type PageInput } from "./view.js";

/** What channels were told of, the newest first. */
export async function listIncidentsPage(deps: Deps, { cursor, limit }: PageInput) {
  const cursors = cursorsOf(deps.keys, { list: "alert_incidents" });
  const rows = await listIncidents(deps.db, { after: cursors.read(cursor), limit: limit + 1 });
  const page = pageOf({ rows }, limit, cursors, ({ openedAt, id }) => ({ at: openedAt, id }));
  const items = page.items.map(({ appId, toldAt, lastAt, ...incident }) => ({
    ...incident,
    ...{ appId, appKey: appId && deps.apps.keyOf(appId) },
    isCritical: criticalKinds.has(incident.kind),
    name: explanationOf(incident.errcode)?.name ?? null,
  }));
  return { ...page, items };
}
