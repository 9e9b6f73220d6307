import { countEndpoints, countKeys, findAnyHostClient, listDeliveryRows } from "../../db/console/hosts.js";
import { listHostClients } from "../../db/hosts.js";
import type { DeliveryState } from "../../db/schema.js";
import { findEndpoint } from "../../db/webhooks.js";
import { cursorsOf, pageOf } from "../cursor.js";
import type { Deps } from "../deps.js";
import { listWebhooks } from "../events/webhook-endpoints.js";
import { listKeys } from "../hosts/api-keys.js";
import { toHostClient } from "../hosts/clients.js";
import type { PageInput } from "./view.js";

/** All host applications with what they have, by their ids: they are as few as the sites of a company. */
export async function listHostsWithCounts(deps: Deps) {
  const [clients, keys, endpoints] = await Promise.all([
    deps.db.run(listHostClients, {}),
    deps.db.run(countKeys, {}),
    deps.db.run(countEndpoints, {}),
  ]);
  return clients.map((row) => {
    const ofKeys = keys.find(({ clientId }) => clientId === row.id);
    const ofEndpoints = endpoints.find(({ clientId }) => clientId === row.id);
    return {
      ...toHostClient(row),
      createdAt: row.createdAt,
      disabledAt: row.disabledAt,
      keys: ofKeys?.keys ?? 0,
      lastUsedAt: ofKeys?.lastUsedAt ?? null,
      webhooks: ofEndpoints?.webhooks ?? 0,
      disabledWebhooks: ofEndpoints?.disabled ?? 0,
    };
  });
}

/** One host application with its keys and webhooks; undefined if there is none. */
export async function getHost(deps: Deps, id: string) {
  const [row] = await deps.db.run(findAnyHostClient, { id });
  if (!row) return undefined;
  const [keys, webhooks] = await Promise.all([listKeys(deps, id), listWebhooks(deps, id)]);
  const { createdAt, disabledAt } = row;
  return { ...toHostClient(row), createdAt, disabledAt, keys, webhooks };
}

/** What was sent to a webhook, newest first; undefined if the host application has no such webhook. */
export async function listDeliveriesPage(
  deps: Deps,
  {
    cursor,
    limit,
    ...filter
  }: PageInput & { clientId: string; webhookId: string; state?: DeliveryState | undefined },
) {
  const { clientId, webhookId, state } = filter;
  const cursors = cursorsOf(deps.keys, { list: "deliveries", ...filter });
  const after = cursors.read(cursor);
  if ((await deps.db.run(findEndpoint, { id: webhookId, clientId })).length === 0) return undefined;
  const found = await listDeliveryRows(
    deps.db,
    { endpointId: webhookId, state },
    { after, limit: limit + 1 },
  );
  return pageOf(found, limit, cursors, ({ createdAt, id }) => ({ at: createdAt, id }));
}
