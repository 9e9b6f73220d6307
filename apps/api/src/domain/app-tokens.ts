import { createHash } from "node:crypto";
import { failAppToken, insertAppToken, leaseAppToken, listAppTokens, storeAppToken } from "../db/tokens.js";
import type { WeChatApp } from "./apps.js";
import { type Deps, later } from "./deps.js";
import { failureRecord, readFailure } from "./failures.js";
import { newId } from "./ids.js";

/** Longer than a call to WeChat may take; a holder that died gives way after it. */
const leaseSeconds = 15;

/** WeChat renews a stable token 5 minutes before it ends: from then on a fetch brings the next one. */
const nearExpirySeconds = 300;

/** A failing app is asked again after 1, 2, 4 … 32 minutes. */
const backoffSeconds = (failuresInRow: number) => 60 * 2 ** Math.min(failuresInRow - 1, 5);

export type AppTokenState = "none" | "fresh" | "near_expiry" | "expired" | "failing";

const appTokenRow = (appId: string) => `app_tokens.token:${appId}:access_token`;

/** Website apps have no global token. */
const appsWithToken = (deps: Deps) => deps.apps.all.filter((app) => app.kind === "official_account");

/** The global token of every configured app as the console shows it: never the token itself. */
export async function listAppTokenStates(deps: Deps) {
  const rows = new Map((await deps.db.run(listAppTokens, {})).map((row) => [row.appId, row]));
  const now = deps.now();
  return deps.apps.all.map((app) => {
    const row = rows.get(app.appId);
    const accessToken =
      app.kind === "website"
        ? null
        : {
            state: row ? stateOf(row, now) : ("none" as AppTokenState),
            source: row?.source ?? "stable_token",
            fingerprint: row?.fingerprint ?? null,
            generation: row?.generation ?? 0,
            fetchedAt: row?.fetchedAt ?? null,
            expiresAt: row?.expiresAt ?? null,
            requestedBy: row?.requestedBy ?? null,
            lastFailureAt: row?.lastFailureAt ?? null,
            lastErrcode: row?.lastErrcode ?? null,
            failuresInRow: row?.failuresInRow ?? 0,
          };
    return { appId: app.appId, key: app.key, kind: app.kind, accessToken };
  });
}

function stateOf(row: { expiresAt: Date | null; failuresInRow: number }, now: Date): AppTokenState {
  if (row.failuresInRow > 0) return "failing";
  if (!row.expiresAt) return "none";
  if (row.expiresAt <= now) return "expired";
  return row.expiresAt <= later(now, nearExpirySeconds) ? "near_expiry" : "fresh";
}

/**
 * Asks WeChat for an app's global token, in normal mode: while one is valid WeChat gives the same one again,
 * so nobody else who holds it loses it. Does nothing while another process is asking.
 *
 * @param requestedBy who wanted it, for the console.
 */
export async function refreshAppToken(deps: Deps, app: WeChatApp, requestedBy: string): Promise<void> {
  const holder = newId(deps.now());
  await deps.db.run(insertAppToken, { appId: app.appId });
  const now = deps.now();
  const until = later(now, leaseSeconds);
  const [lease] = await deps.db.run(leaseAppToken, { appId: app.appId, holder, until, now });
  if (!lease) return;

  const startedAt = performance.now();
  try {
    const { accessToken, expiresInSeconds } = await deps.wechat(app.appId).getStableAccessToken();
    const fetchedAt = deps.now();
    await deps.db.run(storeAppToken, {
      appId: app.appId,
      holder,
      token: deps.keys.encrypt(accessToken, appTokenRow(app.appId)),
      fingerprint: createHash("sha256").update(accessToken).digest("hex").slice(0, 12),
      requestedBy,
      fetchedAt,
      expiresAt: later(fetchedAt, expiresInSeconds),
    });
  } catch (error) {
    const failure = readFailure(error);
    if (!failure) throw error;
    const latencyMs = performance.now() - startedAt;
    await deps.db.batch([
      failAppToken.with({ appId: app.appId, holder, errcode: failure.errcode, now: deps.now() }),
      failureRecord(deps, failure, { appId: app.appId, latencyMs }),
    ]);
    deps.log.warn(
      { event: "app_token_failed", appId: app.appId, errcode: failure.errcode },
      "WeChat gave no global token",
    );
  }
}

/** Keeps every app's token fresh; called now and then by every process, and the leases share the work. */
export async function keepAppTokensFresh(deps: Deps): Promise<void> {
  const rows = new Map((await deps.db.run(listAppTokens, {})).map((row) => [row.appId, row]));
  const now = deps.now();
  for (const app of appsWithToken(deps)) {
    const row = rows.get(app.appId);
    if (row && row.failuresInRow > 0 && row.lastFailureAt) {
      if (later(row.lastFailureAt, backoffSeconds(row.failuresInRow)) > now) continue;
    }
    if (row?.expiresAt && row.expiresAt > later(now, nearExpirySeconds)) continue;
    await refreshAppToken(deps, app, "schedule");
  }
}
