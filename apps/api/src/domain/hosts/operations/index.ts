import type { Operation } from "../operation.js";
import { createLink, getLink } from "./bind-links.js";
import { getClient } from "./client.js";
import { getUser, listUsers } from "./users.js";

/** The host API, one entry an operation: http/host-api and trpc/routers/host.ts serve each of them. */
export const operations: readonly Operation[] = [getClient, listUsers, getUser];
