import type { Database } from "../../src/db/database.js";
import { insertFailure } from "../../src/db/failures.js";
import { insertAuthorizationRequest, insertSignIn } from "../../src/db/sign-ins.js";

// Rows as the domain writes them, with defaults for the fields that a test does not need.

export const at = (milliseconds: number) => new Date(1_700_000_000_000 + milliseconds);

/** An attempt that counts for a minute. */
export const attempt = (key: string) => ({
  ...{ key, now: at(0) },
  ...{ expiresAt: at(60_000), latestEnd: at(60_000) },
});

export const signInRow = (
  about: { id?: string; browserHash?: string; sessionUserId?: string; now?: Date; expiresAt?: Date } = {},
) =>
  insertSignIn.with({
    id: "sign-in",
    purpose: "sign_in",
    appId: "wx1",
    returnTo: "/",
    browserHash: "browser",
    ip: null,
    userAgent: null,
    sessionUserId: null,
    sessionId: null,
    clientId: null,
    nonceHash: null,
    bindLinkId: null,
    now: at(0),
    expiresAt: at(600_000),
    ...about,
  });

export const authorizationRequestRow = (
  about: { stateHash?: string; signInId?: string; expiresAt?: Date } = {},
) =>
  insertAuthorizationRequest.with({
    stateHash: "state",
    signInId: "sign-in",
    scope: "snsapi_base",
    now: at(0),
    expiresAt: at(600_000),
    ...about,
  });

export const addFailure = (db: Database, id: string, moment: Date) =>
  db.run(insertFailure, {
    id,
    at: moment,
    appId: "wx1",
    endpoint: "sns/userinfo",
    errcode: "40003",
    errmsg: "invalid openid",
    rid: null,
    openid: null,
    attempt: 1,
    latencyMs: 12,
    signInId: null,
    request: null,
    answer: null,
  });
