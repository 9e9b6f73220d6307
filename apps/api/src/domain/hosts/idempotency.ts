import {
  claimIdempotencyKey,
  completeIdempotencyKey,
  findIdempotencyKey,
  releaseIdempotencyKey,
} from "../../db/idempotency-keys.js";
import { type Deps, later } from "../deps.js";
import { hashSecret } from "../key-ring.js";
import type { HostCaller } from "./api-keys.js";
import { HostError } from "./host-error.js";
import type { Operation } from "./operation.js";

const keptSeconds = 86_400;

/** A request that never ended, because its process died, holds its key this long. */
const abandonedSeconds = 60;

/** In the table's column: everything else is not kept. */
const statusOk = 200;

interface Request {
  caller: HostCaller;
  operation: Operation;
  /** After it was checked, which puts the fields in the order of the operation. */
  input: Record<string, unknown>;
  /** The Idempotency-Key header. */
  key: string;
}

/**
 * Runs an operation once for an Idempotency-Key: the same request with it, within 24 hours, gets the first one's answer. An
 * answer's secrets are not kept, so they are shown the first time only.
 *
 * A refused or failed request gives its key back. One whose process died gives it back after a minute: what it made before it
 * died, if anything, is then up to the operation.
 *
 * @throws {HostError} idempotency_key_reused for another request, idempotency_in_progress while the first one runs
 * @throws {DatabaseError}
 */
export async function runOnce(
  deps: Deps,
  request: Request,
  run: () => Promise<unknown>,
): Promise<{ answer: unknown; isReplayed: boolean }> {
  if (!/^[\x21-\x7e]{1,200}$/.test(request.key)) {
    throw new HostError(
      "input_invalid",
      "Idempotency-Key: 1 to 200 visible ASCII characters, such as a UUID.",
    );
  }
  const clientId = request.caller.client.id;
  const now = deps.now();
  const claim = {
    ...{ clientId, key: request.key, requestHash: hashOf(request), now },
    expiresAt: later(now, keptSeconds),
    abandonedBefore: later(now, -abandonedSeconds),
  };
  if ((await deps.db.run(claimIdempotencyKey, claim)).length === 0) {
    return { answer: await earlierAnswer(deps, request, claim), isReplayed: true };
  }
  const mine = { clientId, key: request.key, claimedAt: now };
  let answer: unknown;
  try {
    answer = await run();
  } catch (error) {
    // If this fails too, the key is released after a minute.
    await deps.db.run(releaseIdempotencyKey, mine).catch(() => {});
    throw error;
  }
  await deps.db.run(completeIdempotencyKey, {
    ...mine,
    status: statusOk,
    answer: JSON.stringify(withoutSecrets(request.operation, answer)),
    userId: userNamedBy(request, answer),
  });
  return { answer, isReplayed: false };
}

async function earlierAnswer(
  deps: Deps,
  { operation }: Request,
  { clientId, key, requestHash }: { clientId: string; key: string; requestHash: string },
): Promise<unknown> {
  const [first] = await deps.db.run(findIdempotencyKey, { clientId, key });
  if (first && first.requestHash !== requestHash) {
    throw new HostError(
      "idempotency_key_reused",
      "This Idempotency-Key was used for another request: take a new one for each.",
    );
  }
  // Without a row, the first one gave the key back at this moment.
  if (first === undefined || first.answer === null) {
    throw new HostError("idempotency_in_progress", "The first request with this key has not ended yet.", {
      retryAfterSeconds: 1,
    });
  }
  const { secretFields = [] } = operation;
  const answer = JSON.parse(first.answer);
  if (secretFields.length === 0) return answer;
  return { ...answer, note: `${secretFields.join(", ")} was in the first answer and is shown once.` };
}

/**
 * Another body is another request. So is the same one by a key that may see more or less: an answer never passes on what its
 * reader's scopes do not cover.
 */
function hashOf({ caller, operation, input }: Request): string {
  return hashSecret(JSON.stringify([operation.name, [...caller.scopes].sort(), input]));
}

function withoutSecrets({ secretFields = [] }: Operation, answer: unknown): unknown {
  const isKept = ([name]: [string, unknown]) => !secretFields.includes(name);
  return Object.fromEntries(Object.entries(answer as object).filter(isKept));
}

/** By which an erasure finds the row. */
function userNamedBy({ operation, input }: Request, answer: unknown): string | null {
  const { userId } = answer as { userId?: unknown };
  if (typeof userId === "string") return userId;
  return operation.path.startsWith("/users/{id}") ? String(input.id) : null;
}
