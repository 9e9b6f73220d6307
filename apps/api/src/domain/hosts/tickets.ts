import { deleteExpiredTicket, insertTicket, redeemTicket } from "../../db/tickets.js";
import { type Deps, later } from "../deps.js";
import { hashSecret } from "../key-ring.js";
import { HostError } from "./host-error.js";
import { findHostUser, signedInUser } from "./host-user.js";
import type { HostContext } from "./operation.js";

/** Long enough for a redirect and a call between two servers, too short for a link that is passed on. */
const ticketSeconds = 60;

/** The host application that a browser returns to with a ticket. */
export interface HostReturn {
  clientId: string;
  /** Of the nonce that the host keeps in this browser's cookie. */
  nonceHash: string;
}

/** The host application in the columns of a sign-in. */
export const hostOf = ({
  clientId,
  nonceHash,
}: {
  clientId: string | null;
  nonceHash: string | null;
}): HostReturn | undefined => (clientId !== null && nonceHash !== null ? { clientId, nonceHash } : undefined);

/** What the host generates for each sign-in; its hash is stored. URL-safe, so that it looks alike in a link, a cookie and JSON. */
export const isNonce = (text: unknown): text is string =>
  typeof text === "string" && /^[A-Za-z0-9._~-]{16,200}$/.test(text);

/** A ticket as a statement for the batch that signs the person in. */
export function ticketRecord(
  deps: Pick<Deps, "now">,
  {
    ticket,
    host,
    ...about
  }: { ticket: string; host: HostReturn; userId: string; signInId: string; isNew: boolean },
) {
  const now = deps.now();
  const isNew = about.isNew ? 1 : 0;
  const expiresAt = later(now, ticketSeconds);
  return insertTicket.with({ ...about, ...host, ticketHash: hashSecret(ticket), isNew, now, expiresAt });
}

/**
 * Trades a ticket for who signed in, once. All refusals are alike, so that they tell nothing of a ticket that is another
 * host's.
 *
 * @throws {HostError} ticket_invalid
 * @throws {DatabaseError}
 */
export async function redeem(
  { deps, caller }: HostContext,
  { ticket, nonce }: { ticket: string; nonce: string },
) {
  const clientId = caller.client.id;
  const [ticketHash, now] = [hashSecret(ticket), deps.now()];
  const nonceHash = hashSecret(nonce);
  const [redeemed] = await deps.db.run(redeemTicket, { ticketHash, clientId, nonceHash, now });
  // Once refused as expired it stays so, also if the clock is set back.
  if (!redeemed) await deps.db.run(deleteExpiredTicket, { ticketHash, now });
  // Meanwhile the person may have been blocked, erased or merged into another user.
  const user = redeemed && (await findHostUser(deps, caller, redeemed.userId));
  if (user?.status !== "active") {
    throw new HostError(
      "ticket_invalid",
      "This ticket cannot be redeemed with this key and nonce: it works once, for 60 seconds, for the client and the nonce of the link that the browser began with. Send the browser through /login/wechat again.",
    );
  }
  const { signInId, isNew } = redeemed as NonNullable<typeof redeemed>;
  deps.log.info({ event: "ticket_redeemed", clientId, signInId, userId: user.id }, "a ticket was redeemed");
  return { ...signedInUser(user), isNew: isNew === 1 };
}
