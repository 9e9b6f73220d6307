import type { Database } from "../../src/db/database.js";
import type { Tables } from "../../src/db/schema.js";
import type { Deps } from "../../src/domain/deps.js";
import type { WebhookAnswer } from "../../src/domain/events/webhook-client.js";
import { encryptWebhookSecret } from "../../src/domain/events/webhook-secrets.js";
import { type DomainHarness, startDomainHarness, visitor } from "./domain-harness.js";
import { addRows, rowsOf } from "./rows.js";

type Endpoint = Tables["webhookEndpoints"]["$inferInsert"];
type Delivery = Tables["webhookDeliveries"]["$inferInsert"];
type Clock = Pick<Deps, "keys" | "now">;

/** The secret of each endpoint here: `whsec_` and what it is called in base64. */
export const secretOf = (endpointId: string): string => `whsec_${Buffer.from(endpointId).toString("base64")}`;

const addHosts = (db: Database, at: Date, ids: readonly string[]): Promise<void> =>
  addRows(
    db,
    "hostClients",
    ids.map((id) => ({ id, name: `The ${id}`, origins: "[]", redirectPaths: "[]", createdAt: at })),
  );

/** The row of an endpoint of the host `shop` for all types, unless `about` says otherwise. */
export const endpointRow = (deps: Clock, about: Partial<Endpoint> & { id: string }): Endpoint => ({
  ...{ clientId: "shop", url: `https://shop.example/${about.id}`, types: "[]", createdAt: deps.now() },
  secret: encryptWebhookSecret(deps, about.id, secretOf(about.id)),
  ...about,
});

/** The row of a delivery that is due now, unless `about` says otherwise. */
export const deliveryRow = (
  deps: Clock,
  about: Partial<Delivery> & { id: string; endpointId: string },
): Delivery => ({
  ...{ eventNumber: 1, state: "pending", attempts: 0, createdAt: deps.now(), nextAttemptAt: deps.now() },
  ...about,
});

/** Events with these numbers, in the feed of every host. */
export const addEvents = (db: Database, at: Date, numbers: readonly number[]): Promise<void> =>
  addRows(
    db,
    "outbox",
    numbers.map((number) => ({
      ...{ id: `evt_${number}`, number, type: "user.updated" as const, at, userId: "alice" },
      data: '{"nickname":true}',
    })),
  );

/** What the audit log has, without ids and times. */
export const auditEntries = async (db: Database) =>
  (await rowsOf(db, "auditLog")).map(({ operatorId, event, target, result, ip }) => [
    ...[operatorId, event, target, result, ip],
  ]);

/** An entry about what the operator of `byOlga` did. */
export const entryOf = (event: string, target: string) => ["olga", event, target, "ok", visitor.ip];

export const byOlga = { operatorId: "olga", visitor };

/** What was posted, and what the receivers answer: 204 until a test sets another one. */
function receivers() {
  const posts: { url: string; headers: Record<string, string>; body: string }[] = [];
  const state = { posts, answer: { status: 204, error: null } as WebhookAnswer };
  const webhooks: Deps["webhooks"] = {
    async post(url, headers, body) {
      posts.push({ url, headers, body });
      return state.answer;
    },
  };
  return Object.assign(state, { webhooks });
}

/** Two hosts, `shop` and `forum`, on an empty database. */
export async function startWebhooks() {
  const harness: DomainHarness = await startDomainHarness();
  const receiver = receivers();
  const deps: Deps = { ...harness.deps, webhooks: receiver.webhooks };
  const at = deps.now();
  await addHosts(deps.db, at, ["shop", "forum"]);
  return { harness, deps, receiver, at };
}

export type Webhooks = Awaited<ReturnType<typeof startWebhooks>>;

/** The same with an endpoint of each host: `hook`, and `foreign` of the forum. */
export async function startTwoWebhooks() {
  const started = await startWebhooks();
  await addRows(started.deps.db, "webhookEndpoints", [
    endpointRow(started.deps, { id: "hook" }),
    endpointRow(started.deps, { id: "foreign", clientId: "forum" }),
  ]);
  return started;
}
