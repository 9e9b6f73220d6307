import { expireBindLink, findBindLink, findBindLinkBySecret, insertBindLink } from "../../db/bind-links.js";
import type { UserStatus } from "../../db/schema.js";
import { DatabaseError, type Deps, later } from "../deps.js";
import { newId } from "../ids.js";
import { hashSecret, isSecret, newSecret } from "../key-ring.js";
import { hostReturnTo } from "../return-to.js";
import { HostError } from "./host-error.js";
import type { HostContext } from "./operation.js";

/** Also the life of its cookie. */
export const bindLinkSeconds = 600;

/** Where a bind link leads, without its secret. */
export const bindLinkPath = "/login/bind";

/** By which a user of a host application connects WeChat, once. */
export interface BindLink {
  id: string;
  clientId: string;
  /** Null if the host application is disabled. */
  clientName: string | null;
  externalId: string;
  label: string;
  returnTo: string;
  nonceHash: string;
  createdAt: Date;
  expiresAt: Date;
  /** When it ended. It was used only if `usedBy` says by whom. */
  usedAt: Date | null;
  usedBy: string | null;
  /** The user whom the host calls `externalId`, if there is one yet. */
  ownerId: string | null;
  ownerStatus: UserStatus | null;
}

/**
 * Makes a link for one user of the caller's host application.
 *
 * @throws {HostError} return_to_not_allowed
 * @throws {DatabaseError}
 */
export async function createBindLink(
  { deps, caller }: HostContext,
  asked: { externalId: string; label: string; returnTo: string; nonce: string },
): Promise<{ id: string; url: string; expiresAt: string }> {
  const { publicUrl } = deps.settings;
  const returnTo = hostReturnTo(asked.returnTo, caller.client, publicUrl);
  if (returnTo === undefined) {
    throw new HostError(
      "return_to_not_allowed",
      "returnTo is not at an origin and redirect path of this host application. GET /client lists them.",
    );
  }
  const now = deps.now();
  const id = newId(now);
  const secret = newSecret();
  const expiresAt = later(now, bindLinkSeconds);
  await deps.db.run(insertBindLink, {
    ...{ id, secretHash: hashSecret(secret), clientId: caller.client.id, nonceHash: hashSecret(asked.nonce) },
    ...{ externalId: asked.externalId, label: asked.label, returnTo, now, expiresAt },
  });
  return {
    id,
    url: new URL(`${bindLinkPath}/${secret}`, publicUrl).href,
    expiresAt: expiresAt.toISOString(),
  };
}

/** Whether it still binds: it was not used, it has not expired, and its host application is not disabled. */
export const isOpen = (link: BindLink, now: Date): boolean =>
  link.usedAt === null && link.expiresAt > now && link.clientName !== null;

/**
 * The link behind a secret, whatever its state.
 *
 * @throws {DatabaseError}
 */
export async function findBindLinkOf(deps: Deps, secret: string | undefined): Promise<BindLink | undefined> {
  if (!isSecret(secret)) return undefined;
  const [link] = await deps.db.run(findBindLinkBySecret, { secretHash: hashSecret(secret) });
  return link && endIfExpired(deps, link);
}

/**
 * The link with this id, whatever its state.
 *
 * @throws {DatabaseError}
 */
export async function findBindLinkById(deps: Deps, id: string): Promise<BindLink | undefined> {
  const [link] = await deps.db.run(findBindLink, { id });
  return link && endIfExpired(deps, link);
}

/** Its time is over, and the caller says so: it must not go on if the clock is set back. */
async function endIfExpired(deps: Deps, link: BindLink): Promise<BindLink> {
  const now = deps.now();
  if (link.usedAt !== null || link.expiresAt > now) return link;
  await deps.db.run(expireBindLink, { id: link.id, now }).catch((error: unknown) => {
    // It is over all the same, and a database that can only be read must not keep that from being told.
    if (!(error instanceof DatabaseError)) throw error;
  });
  return { ...link, usedAt: link.expiresAt };
}

/**
 * What became of one of the caller's links: a host learns it here even if the browser never came back.
 *
 * @throws {HostError} not_found
 * @throws {DatabaseError}
 */
export async function readBindLink({ deps, caller }: HostContext, id: string) {
  const [found] = await deps.db.run(findBindLink, { id });
  if (found?.clientId !== caller.client.id) {
    throw new HostError(
      "not_found",
      "There is no bind link with this id. One is kept for a day after it expired.",
    );
  }
  const {
    externalId,
    createdAt,
    expiresAt,
    usedAt,
    usedBy: userId,
  } = await endIfExpired(deps, found as BindLink);
  const unused = usedAt === null ? ("open" as const) : ("expired" as const);
  return {
    id,
    state: userId === null ? unused : ("used" as const),
    externalId,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    usedAt: userId === null ? null : (usedAt?.toISOString() ?? null),
    userId,
  };
}
