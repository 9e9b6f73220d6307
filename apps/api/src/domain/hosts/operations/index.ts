import type { Operation } from "../operation.js";
import { getClient } from "./client.js";
import { listEvents } from "./events.js";
import { webhookOperations } from "./webhooks.js";

/** The host API, one entry an operation: http/host-api and trpc/routers/host.ts serve each of them. */
export const operations: readonly Operation[] = [getClient, listEvents, ...webhookOperations];
