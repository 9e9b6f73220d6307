import type { Operation } from "../operation.js";
import { getAppToken, reportAppTokenInvalid, signPageForJsSdk } from "./apps.js";
import { getClient } from "./client.js";

/** The host API, one entry an operation: http/host-api and trpc/routers/host.ts serve each of them. */
export const operations: readonly Operation[] = [
  getClient,
  getAppToken,
  reportAppTokenInvalid,
  signPageForJsSdk,
];
