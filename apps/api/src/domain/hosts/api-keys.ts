import { randomBytes } from "node:crypto";
import { findApiKey, insertApiKey, noteKeyUse } from "../../db/hosts.js";
import { type Deps, later } from "../deps.js";
import { newId } from "../ids.js";
import { hashSecret } from "../key-ring.js";
import { type HostClient, toHostClient } from "./clients.js";
import type { HostScope } from "./scopes.js";

/** By which secret scanners recognize a key. */
const keyPrefix = "wlk_";

const noteUseSeconds = 60;

/** Who calls the host API, and what they may do. */
export interface HostCaller {
  client: HostClient;
  keyId: string;
  scopes: readonly HostScope[];
  /** Networks; empty: from anywhere. */
  cidrs: readonly string[];
  lastUsedAt: Date | null;
}

/**
 * Makes a key of a host application.
 *
 * @returns the key, to be shown once: the database keeps its hash only.
 * @throws {DatabaseError}
 */
export async function createApiKey(
  deps: Deps,
  { clientId, scopes, cidrs }: { clientId: string; scopes: readonly HostScope[]; cidrs: readonly string[] },
): Promise<{ id: string; key: string }> {
  const now = deps.now();
  const id = newId(now);
  const key = `${keyPrefix}${randomBytes(32).toString("base64url")}`;
  await deps.db.run(insertApiKey, {
    id,
    clientId,
    keyHash: hashSecret(key),
    hint: key.slice(-4),
    scopes: JSON.stringify(scopes),
    cidrs: JSON.stringify(cidrs),
    now,
  });
  return { id, key };
}

/**
 * @returns undefined if there is no such key, or it was revoked, or its client is disabled.
 * @throws {DatabaseError}
 */
export async function findCaller(deps: Deps, key: string | undefined): Promise<HostCaller | undefined> {
  if (!key?.startsWith(keyPrefix)) return undefined;
  const [found] = await deps.db.run(findApiKey, { keyHash: hashSecret(key) });
  if (!found) return undefined;
  const { id, scopes, cidrs, lastUsedAt } = found.key;
  return {
    client: toHostClient(found.client),
    keyId: id,
    scopes: JSON.parse(scopes),
    cidrs: JSON.parse(cidrs),
    lastUsedAt,
  };
}

/**
 * Notes that a key was used, at most once a minute: a busy key is not written with each request.
 *
 * @throws {DatabaseError}
 */
export async function noteUse(deps: Deps, { keyId, lastUsedAt }: HostCaller): Promise<void> {
  const now = deps.now();
  const before = later(now, -noteUseSeconds);
  if (lastUsedAt === null || lastUsedAt < before) await deps.db.run(noteKeyUse, { id: keyId, now, before });
}
