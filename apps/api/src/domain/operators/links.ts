import { StaleDataError } from "../../db/database.js";
import { lockOperators } from "../../db/operator-changes.js";
import {
  deleteExpiredOperatorLink,
  findOperatorByUsername,
  findOperatorLink,
  insertOperator,
  insertOperatorLink,
  resetOperator,
  spendOperatorLink,
} from "../../db/operators.js";
import { required } from "../../db/statement.js";
import type { Settings } from "../../env.js";
import { auditRecord } from "../audit.js";
import { type Deps, later, type Visitor } from "../deps.js";
import { newId } from "../ids.js";
import { hashSecret, isSecret, newSecret } from "../key-ring.js";
import { releaseAttempt, throttle } from "../throttle.js";
import { checkPassword, OperatorError, parseUsername } from "./accounts.js";
import { endSessionsAndChallenges } from "./factors.js";
import { recordStranger } from "./floods.js";
import { hashPassword } from "./password-hash.js";
import { type Admitted, admitOperator } from "./pending-sign-ins.js";
import { type OperatorRole, roleRank } from "./roles.js";
import { attemptLimit } from "./sessions.js";

export const linkSeconds = 15 * 60;

/** Makes the secret of a one-time link for any name, valid for 15 minutes. The link holds it; it is stored hashed. */
export async function createOperatorLink(deps: Deps, role: OperatorRole): Promise<string> {
  const { secret, insert } = newLink(deps, { role });
  await deps.db.batch([insert]);
  return secret;
}

/**
 * A new link, as a statement for the batch of the act that makes it.
 *
 * @param link.username the only name that it works for, as it is stored.
 */
export function newLink(deps: Deps, { role, username }: { role: OperatorRole; username?: string }) {
  const secret = newSecret();
  const now = deps.now();
  const expiresAt = later(now, linkSeconds);
  const secretHash = linkHash(secret, username);
  return { secret, expiresAt, insert: insertOperatorLink.with({ secretHash, role, now, expiresAt }) };
}

/** A link for one name is stored under a hash over that name too: with another name there is no such link. */
const linkHash = (secret: string, username?: string): string =>
  hashSecret(username === undefined ? secret : `${secret} ${username}`);

/** The address that the operator opens. Browsers do not send its fragment. */
export const linkUrl = ({ publicUrl }: Pick<Settings, "publicUrl">, secret: string): string =>
  `${new URL("/admin/set-up", publicUrl).href}#${secret}`;

/**
 * Redeems a one-time link: makes an operator with that name, or gives the existing one a new password and ends its
 * sessions. An operator who has a second factor is still asked for it. A link of a lower role cannot take over an operator of a higher one.
 *
 * @throws {OperatorError} link_invalid · password_unfit · username_unfit; the link is not spent
 * @throws {ThrottledError}
 * @throws {DatabaseError}
 */
export async function redeemOperatorLink(
  deps: Deps,
  given: { secret: string; username: string; password: string },
  visitor: Visitor,
): Promise<Admitted> {
  const username = parseUsername(given.username);
  checkPassword(deps, username, given.password);
  const linkKey = `operator-link:${visitor.source}`;
  await throttle(deps, linkKey, attemptLimit);
  if (!isSecret(given.secret)) return denyLink(deps, username, visitor, new OperatorError("link_invalid"));
  const secretHashes = [linkHash(given.secret), linkHash(given.secret, username)];

  let passwordHash: string | undefined;
  for (let triesLeft = 3; ; triesLeft--) {
    // Before the password is hashed, which is slow on purpose: a guessed link costs next to nothing.
    const { secretHash, role, existing } = await checkLink(deps, { secretHashes, username, visitor });
    passwordHash ??= await hashPassword(given.password, deps.passwordCost);
    const now = deps.now();
    const operator = existing ?? { id: newId(now), username, role };
    const account = existing
      ? resetOperator.with({ ...existing, currentHash: existing.passwordHash, passwordHash })
      : insertOperator.with({ ...operator, passwordHash, now });
    let admitted: Admitted;
    try {
      const { id, role } = operator;
      admitted = await admitOperator(deps, { id, username, role }, visitor, {
        always: [
          lockOperators.with({}),
          required(spendOperatorLink.with({ secretHash, now })),
          required(account),
          ...endSessionsAndChallenges(username),
          auditRecord(deps, { operatorId: null, event: "operator.redeem_link", target: username, visitor }),
        ],
        ifSignedIn: [],
        ifPending: [],
      });
    } catch (error) {
      // Another request spent the link, or changed the operator of this name, while the password was hashed.
      if (error instanceof StaleDataError && triesLeft > 1) continue;
      throw error;
    }
    await releaseAttempt(deps, linkKey);
    deps.log.info(
      { event: "operator_link_redeemed", operatorId: operator.id },
      "an operator link was redeemed",
    );
    return admitted;
  }
}

/** @throws {OperatorError} link_invalid · username_unfit */
async function checkLink(
  deps: Deps,
  {
    secretHashes,
    username,
    visitor,
  }: { secretHashes: readonly string[]; username: string; visitor: Visitor },
) {
  const now = deps.now();
  const [[existing], ...found] = await Promise.all([
    deps.db.run(findOperatorByUsername, { username }),
    ...secretHashes.map((secretHash) => deps.db.run(findOperatorLink, { secretHash, now })),
  ]);
  const [link] = found.flat();
  if (!link) {
    for (const secretHash of secretHashes) await deps.db.run(deleteExpiredOperatorLink, { secretHash, now });
    return denyLink(deps, username, visitor, new OperatorError("link_invalid"));
  }
  if (existing && roleRank[existing.role] > roleRank[link.role]) {
    const error = new OperatorError("username_unfit", "this name is taken; choose another");
    return denyLink(deps, username, visitor, error);
  }
  return { ...link, existing };
}

/** Records a refused link. */
async function denyLink(
  deps: Deps,
  username: string,
  visitor: Visitor,
  error: OperatorError,
): Promise<never> {
  const event = "operator.redeem_link";
  await recordStranger(deps, { event, target: username, visitor });
  deps.log.warn({ event: "operator_link_denied", ip: visitor.ip }, "an operator link was denied");
  throw error;
}
