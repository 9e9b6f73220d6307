import { randomBytes } from "node:crypto";
import { findApiKey, insertApiKey, listApiKeys, noteKeyUse, revokeApiKey } from "../../db/hosts.js";
import { required } from "../../db/statement.js";
import { type AuditedActor, auditRecord, byOf, writeAct } from "../audit.js";
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
  {
    clientId,
    scopes,
    cidrs,
    by,
  }: {
    clientId: string;
    scopes: readonly HostScope[];
    cidrs: readonly string[];
    by?: AuditedActor;
  },
): Promise<{ id: string; key: string }> {
  const now = deps.now();
  const id = newId(now);
  const key = `${keyPrefix}${randomBytes(32).toString("base64url")}`;
  const insert = insertApiKey.with({
    id,
    clientId,
    keyHash: hashSecret(key),
    hint: key.slice(-4),
    scopes: JSON.stringify(scopes),
    cidrs: JSON.stringify(cidrs),
    now,
  });
  await deps.db.batch([insert, auditRecord(deps, { ...byOf(by), event: "host.create_key", target: id })]);
  return { id, key };
}

/** The keys of a host, revoked ones too, as people may see them. */
export async function listKeys(deps: Deps, clientId: string) {
  const rows = await deps.db.run(listApiKeys, { clientId });
  return rows.map((row) => ({
    ...row,
    scopes: JSON.parse(row.scopes) as HostScope[],
    cidrs: JSON.parse(row.cidrs) as string[],
  }));
}

/**
 * From now on the key is refused, on every process.
 *
 * @returns false if there is no such key, or it was revoked already.
 * @throws {DatabaseError}
 */
export function revokeKey(deps: Deps, id: string, by?: AuditedActor): Promise<boolean> {
  const entry = { ...byOf(by), event: "host.revoke_key", target: id } as const;
  return writeAct(deps, [required(revokeApiKey.with({ id, now: deps.now() })), auditRecord(deps, entry)]);
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
export async function noteKeyUsed(deps: Deps, { keyId, lastUsedAt }: HostCaller): Promise<void> {
  const now = deps.now();
  const before = later(now, -noteUseSeconds);
  if (lastUsedAt === null || lastUsedAt < before) await deps.db.run(noteKeyUse, { id: keyId, now, before });
}
