import { deleteBatchSize } from "../db/delete-batch.js";
import {
  countBlockedIdentities,
  countOlderSeals,
  listEncryptedSecrets,
  listEncryptedTokens,
  reencryptSecrets,
  reencryptTokens,
} from "../db/encrypted.js";
import { listEncryptedFactors, reencryptFactor } from "../db/operator-factors.js";
import type { BoundStatement } from "../db/statement.js";
import type { Deps } from "./deps.js";
import { webhookSecretRow } from "./events/webhook-secrets.js";
import { factorRow } from "./operators/factors.js";
import { userTokenRow } from "./tokens/user-tokens.js";

type Rotation = Pick<Deps, "db" | "keys">;

export interface RotatedKeys {
  /** Rows that are under the newest key now and were not before. */
  reencrypted: number;
  /** Rows under a key that is not in SECRET_KEYS, or damaged: they stay as they are. */
  unreadable: number;
  /** For what the older keys are still needed. */
  sealedEntries: number;
  blockedIdentities: number;
}

/**
 * Encrypts again, under the newest key, what an older one encrypted. It may run beside the service: each row is written only if it
 * is still what was read. If it is interrupted, the next call skips what is done. No one is signed out: of a session the database
 * has a hash, which is of no key.
 *
 * @throws {DatabaseError}
 */
export async function rotateKeys(deps: Rotation): Promise<RotatedKeys> {
  const counts = { reencrypted: 0, unreadable: 0 };
  for (let after = ""; ; ) {
    const page = await deps.db.run(listEncryptedTokens, { after });
    const steps = page.map((row) => planTokens(deps, row));
    await write(deps, steps, counts);
    const last = page.at(-1);
    if (!last || page.length < deleteBatchSize) break;
    after = last.bindingId;
  }
  const secrets = await deps.db.run(listEncryptedSecrets, {});
  await write(
    deps,
    secrets.map((row) => planSecrets(deps, row)),
    counts,
  );
  const factors = await deps.db.run(listEncryptedFactors, {});
  await write(
    deps,
    factors.map((row) => planFactor(deps, row)),
    counts,
  );
  const [seals] = await deps.db.run(countOlderSeals, { newest: `${deps.keys.ids[0]}.` });
  const [blocked] = await deps.db.run(countBlockedIdentities, {});
  return { ...counts, sealedEntries: seals?.count ?? 0, blockedIdentities: blocked?.count ?? 0 };
}

/** What one row needs: nothing, a statement, or a key that is not there. */
type Plan = "current" | "unreadable" | BoundStatement<unknown>;

async function write(
  { db }: Rotation,
  plans: readonly Plan[],
  counts: { reencrypted: number; unreadable: number },
) {
  const steps = plans.filter((plan) => typeof plan !== "string");
  const rows = steps.length === 0 ? [] : await db.batch(steps);
  counts.reencrypted += rows.flat().length;
  counts.unreadable += plans.filter((plan) => plan === "unreadable").length;
}

function planTokens(
  { keys }: Rotation,
  row: { bindingId: string; accessToken: string; refreshToken: string },
): Plan {
  const { bindingId, accessToken: accessTokenBefore, refreshToken: refreshTokenBefore } = row;
  if (isCurrent(keys, accessTokenBefore) && isCurrent(keys, refreshTokenBefore)) return "current";
  const accessToken = reencrypt(keys, accessTokenBefore, userTokenRow(bindingId, "access_token"));
  const refreshToken = reencrypt(keys, refreshTokenBefore, userTokenRow(bindingId, "refresh_token"));
  if (accessToken === undefined || refreshToken === undefined) return "unreadable";
  return reencryptTokens.with({
    bindingId,
    accessToken,
    refreshToken,
    accessTokenBefore,
    refreshTokenBefore,
  });
}

function planSecrets(
  { keys }: Rotation,
  {
    id,
    secret: secretBefore,
    previousSecret: before,
  }: { id: string; secret: string; previousSecret: string | null },
): Plan {
  if (isCurrent(keys, secretBefore) && (before === null || isCurrent(keys, before))) return "current";
  const secret = reencrypt(keys, secretBefore, webhookSecretRow(id));
  if (secret === undefined) return "unreadable";
  // One that cannot be read signs nothing any more, and its day ends by itself.
  const previousSecret = before === null ? null : (reencrypt(keys, before, webhookSecretRow(id)) ?? before);
  return reencryptSecrets.with({ id, secret, previousSecret, secretBefore });
}

function planFactor({ keys }: Rotation, { id, secret: secretBefore }: { id: string; secret: string }): Plan {
  if (isCurrent(keys, secretBefore)) return "current";
  const secret = reencrypt(keys, secretBefore, factorRow(id));
  return secret === undefined ? "unreadable" : reencryptFactor.with({ id, secret, secretBefore });
}

const isCurrent = (keys: Deps["keys"], encrypted: string) => encrypted.startsWith(`${keys.ids[0]}.`);

function reencrypt(keys: Deps["keys"], encrypted: string, row: string): string | undefined {
  const text = keys.decrypt(encrypted, row);
  return text === undefined ? undefined : keys.encrypt(text, row);
}
