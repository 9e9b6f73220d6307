import { setImmediate as yieldToRequests } from "node:timers/promises";
import { StaleDataError } from "../../db/database.js";
import { deleteBatchSize } from "../../db/delete-batch.js";
import { lockHostClient } from "../../db/hosts.js";
import { type BoundStatement, required } from "../../db/statement.js";
import {
  deleteDeliveriesOf,
  deleteEndpoint,
  findEndpoint,
  insertEndpoint,
  listDeliveries,
  listEndpoints,
  resendDelivery,
  rotateEndpointSecret,
  updateEndpoint,
} from "../../db/webhooks.js";
import type { Settings } from "../../env.js";
import { type AuditEvent, type AuditedActor, auditRecord, byOf, recordAudit } from "../audit.js";
import { type Deps, later } from "../deps.js";
import { readHostClient } from "../hosts/clients.js";
import { HostError } from "../hosts/host-error.js";
import { newId } from "../ids.js";
import { type Endpoint, sendSigned } from "./deliver.js";
import type { EventType } from "./outbox.js";
import { isRefusedIp } from "./webhook-addresses.js";
import { encryptWebhookSecret } from "./webhook-secrets.js";
import { newWebhookSecret } from "./webhook-signature.js";

/** So many endpoints a host may have. */
const maxEndpoints = 10;

/** How long the secret before signs as well. */
const rotationSeconds = 86_400;

/** An endpoint as its host reads it: without its secret. */
export const toWebhook = (row: Endpoint) => ({
  id: row.id,
  url: row.url,
  types: JSON.parse(row.types) as EventType[],
  enabled: row.disabledAt === null,
  createdAt: row.createdAt.toISOString(),
  failingSince: row.failingSince?.toISOString() ?? null,
  disabledAt: row.disabledAt?.toISOString() ?? null,
  disabledReason: row.disabledReason as "host" | "gone" | "failing" | null,
});

export type Webhook = ReturnType<typeof toWebhook>;

/** @throws {HostError} input_invalid */
export function checkWebhookUrl(
  { production, webhookPrivateCidrs }: Pick<Settings, "production" | "webhookPrivateCidrs">,
  text: string,
): string {
  const refuse = (what: string): never => {
    throw new HostError("input_invalid", `url: ${what}`);
  };
  if (!URL.canParse(text)) return refuse("Send an absolute address, such as https://shop.example/webhooks.");
  const url = new URL(text);
  if (url.protocol !== "https:" && (production || url.protocol !== "http:")) return refuse("Use https.");
  if (url.username || url.password || url.hash) return refuse("Leave out user name, password and fragment.");
  if (isRefusedIp(url, webhookPrivateCidrs)) {
    return refuse(
      "This address is not public. The operator of this system can allow it (WEBHOOK_PRIVATE_CIDRS).",
    );
  }
  return url.href;
}

/**
 * @returns the endpoint, and its secret, to be shown once: the database keeps it encrypted.
 * @throws {HostError} input_invalid · conflict
 * @throws {DatabaseError}
 */
export async function createWebhook(
  deps: Deps,
  {
    clientId,
    url,
    types,
    by,
  }: { clientId: string; url: string; types: readonly EventType[]; by?: AuditedActor },
): Promise<Webhook & { secret: string }> {
  const now = deps.now();
  const id = newId(now);
  const secret = newWebhookSecret();
  const insert = insertEndpoint.with({
    id,
    clientId,
    url: checkWebhookUrl(deps.settings, url),
    types: JSON.stringify(types),
    secret: encryptWebhookSecret(deps, id, secret),
    now,
    max: maxEndpoints,
  });
  // Two that are made at once are counted one after the other.
  const before = [lockHostClient.with({ id: clientId })];
  const row = await write(deps, insert, { by, before, event: "host.create_webhook", target: id });
  if (!row) throw new HostError("conflict", `There are ${maxEndpoints} webhooks already: delete one first.`);
  return { ...toWebhook(row), secret };
}

/** @throws {DatabaseError} */
export const listWebhooks = async (deps: Deps, clientId: string): Promise<Webhook[]> =>
  (await deps.db.run(listEndpoints, { clientId })).map(toWebhook);

interface OfClient {
  id: string;
  clientId: string;
  /** The operator who acts: in the audit log. What a host does to its own webhooks is not. */
  by?: AuditedActor;
}

/** @returns the first row that was changed; undefined if there was none to change. */
async function write<Row>(
  deps: Deps,
  step: BoundStatement<Row>,
  {
    by,
    before = [],
    ...entry
  }: {
    by: AuditedActor | undefined;
    before?: readonly BoundStatement<unknown>[];
    event: AuditEvent;
    target: string;
  },
): Promise<Row | undefined> {
  const entries = by ? [auditRecord(deps, { ...byOf(by), ...entry })] : [];
  try {
    const answers = await deps.db.batch([...before, required(step), ...entries]);
    return (answers[before.length] as Row[])[0];
  } catch (error) {
    if (error instanceof StaleDataError) return undefined;
    throw error;
  }
}

const found = <Row>(row: Row | undefined): Row => {
  if (row === undefined) throw new HostError("not_found", "There is no such webhook: see GET /webhooks.");
  return row;
};

/** Nothing is sent for a host application that is disabled. */
async function requireEnabledHost(deps: Deps, clientId: string): Promise<void> {
  if (await readHostClient(deps, clientId)) return;
  throw new HostError("conflict", "The host application is disabled: enable it first.");
}

/**
 * Changes what is given. Enabling it begins its three days anew; what happened while it was disabled is in the feed only.
 *
 * @throws {HostError} input_invalid · not_found
 * @throws {DatabaseError}
 */
export async function updateWebhook(
  deps: Deps,
  change: OfClient & {
    url?: string | undefined;
    types?: readonly EventType[] | undefined;
    enabled?: boolean | undefined;
  },
): Promise<Webhook> {
  const { id, clientId, url, types, enabled, by } = change;
  const update = updateEndpoint.with({
    id,
    clientId,
    url: url === undefined ? null : checkWebhookUrl(deps.settings, url),
    types: types === undefined ? null : JSON.stringify(types),
    enabled: enabled === undefined ? null : Number(enabled),
    now: deps.now(),
  });
  return toWebhook(found(await write(deps, update, { by, event: "host.update_webhook", target: id })));
}

/**
 * Deletes an endpoint with its deliveries, in batches.
 *
 * @throws {HostError} not_found
 * @throws {DatabaseError}
 */
export async function deleteWebhook(deps: Deps, { id, clientId, by }: OfClient): Promise<void> {
  await updateWebhook(deps, { id, clientId, enabled: false });
  while ((await deps.db.run(deleteDeliveriesOf, { endpointId: id })).length >= deleteBatchSize) {
    await yieldToRequests();
  }
  const remove = deleteEndpoint.with({ id, clientId });
  await write(deps, remove, { by, event: "host.delete_webhook", target: id });
}

/**
 * Makes another secret. The one before signs as well for a day.
 *
 * @throws {HostError} not_found
 * @throws {DatabaseError}
 */
export async function rotateWebhookSecret(
  deps: Deps,
  { id, clientId, by }: OfClient,
): Promise<{ secret: string; previousUntil: string }> {
  const secret = newWebhookSecret();
  const previousUntil = later(deps.now(), rotationSeconds);
  const encrypted = encryptWebhookSecret(deps, id, secret);
  const rotate = rotateEndpointSecret.with({ id, clientId, secret: encrypted, previousUntil });
  found(await write(deps, rotate, { by, event: "host.rotate_webhook_secret", target: id }));
  return { secret, previousUntil: previousUntil.toISOString() };
}

/**
 * Sends a message of the type `webhook.test` now, once, and says what became of it.
 *
 * @throws {HostError} not_found · conflict
 * @throws {DatabaseError}
 */
export async function testWebhook(deps: Deps, { id, clientId, by }: OfClient) {
  const endpoint = found((await deps.db.run(findEndpoint, { id, clientId }))[0]);
  await requireEnabledHost(deps, clientId);
  if (deps.deliverySlots.freeFor(id, { isFailing: false }) === 0) {
    throw new HostError(
      "conflict",
      "Other messages are on their way to this webhook: try again in a moment.",
    );
  }
  // Before it is sent, because it cannot be taken back.
  if (by) await recordAudit(deps, { ...byOf(by), event: "host.test_webhook", target: id });
  const now = deps.now();
  const message = { type: "webhook.test", timestamp: now.toISOString(), data: {} };
  const { status, error } = await deps.deliverySlots.take(id, () =>
    sendSigned(deps, endpoint, { id: `evt_${newId(now)}`, body: JSON.stringify(message) }),
  );
  return { delivered: error === null, status, error };
}

/**
 * The deliveries of an endpoint, the newest event first.
 *
 * @throws {HostError} not_found
 * @throws {DatabaseError}
 */
export async function listWebhookDeliveries(
  deps: Deps,
  { id, clientId, before, limit }: OfClient & { before: number; limit: number },
) {
  found((await deps.db.run(findEndpoint, { id, clientId }))[0]);
  const rows = await deps.db.run(listDeliveries, { endpointId: id, before, limit: limit + 1 });
  const items = rows.slice(0, limit).map(({ delivery, eventId, type }) => ({
    id: delivery.id,
    eventId,
    number: delivery.eventNumber ?? 0,
    type: type as EventType,
    state: delivery.state,
    attempts: delivery.attempts,
    createdAt: delivery.createdAt.toISOString(),
    nextAttemptAt: delivery.nextAttemptAt?.toISOString() ?? null,
    lastAttemptAt: delivery.lastAttemptAt?.toISOString() ?? null,
    status: delivery.lastStatus,
    error: delivery.lastError,
    durationMs: delivery.durationMs,
  }));
  return { items, nextCursor: rows.length > limit ? String(items.at(-1)?.number) : null };
}

/**
 * Lets a delivery be sent again at once, with all its tries.
 *
 * @throws {HostError} not_found · conflict
 * @throws {DatabaseError}
 */
export async function resendWebhook(
  deps: Deps,
  { id, clientId, deliveryId, by }: OfClient & { deliveryId: string },
): Promise<void> {
  const endpoint = found((await deps.db.run(findEndpoint, { id, clientId }))[0]);
  if (endpoint.disabledAt) throw new HostError("conflict", "This webhook is disabled: enable it first.");
  await requireEnabledHost(deps, clientId);
  const resend = resendDelivery.with({ id: deliveryId, endpointId: id, now: deps.now() });
  const row = await write(deps, resend, { by, event: "host.resend_webhook", target: id });
  if (!row) throw new HostError("not_found", "There is no such delivery of this webhook.");
}
