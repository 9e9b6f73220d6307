import type { Operation } from "../operation.js";
import { getAppToken, reportAppTokenInvalid, signPageForJsSdk } from "./apps.js";
import { createLink, getLink } from "./bind-links.js";
import { getClient } from "./client.js";
import { listEvents } from "./events.js";
import { removeUserExternalId, setUserExternalId } from "./external-ids.js";
import { importHostUsers } from "./import-users.js";
import { mergeUser, undoUserMerge } from "./merges.js";
import { introspectSession } from "./sessions.js";
import { redeemTicket } from "./tickets.js";
import { block, endSessions, erase, unbindUser, unblock } from "./user-acts.js";
import { getUser, listUsers } from "./users.js";
import { webhookOperations } from "./webhooks.js";

/** The host API, one entry an operation: http/host-api and trpc/routers/host.ts serve each of them. */
export const operations = [
  ...[getAppToken, reportAppTokenInvalid, signPageForJsSdk],
  ...[getClient, redeemTicket, introspectSession, createLink, getLink],
  ...[listUsers, getUser, setUserExternalId, removeUserExternalId, importHostUsers],
  ...[unbindUser, block, unblock, endSessions, erase, mergeUser, undoUserMerge],
  ...[listEvents, ...webhookOperations],
] satisfies readonly Operation[];
