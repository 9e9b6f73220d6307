import { findSignIn } from "../../db/sign-ins.js";
import type { BoundStatement } from "../../db/statement.js";
import type { Deps } from "../deps.js";
import { readHostClient } from "../hosts/clients.js";
import { type HostReturn, hostOf, isNonce, ticketRecord } from "../hosts/tickets.js";
import { hashSecret } from "../key-ring.js";
import { hostReturnTo, safeReturnTo, withParameter } from "../return-to.js";
import { findSession } from "../sessions/sessions.js";
import { findQuestion } from "./questions.js";
import { findMatchingSecret } from "./start.js";
import type { ClaimedAuthorizationRequest } from "./types.js";

/**
 * Where a browser goes that an authorization request signed in: to a host application with a ticket.
 *
 * @returns also the ticket as a statement for the batch; none where no host waits for it.
 */
export function returnFrom(
  deps: Deps,
  {
    stateHash,
    browserSecret,
    signInId,
    returnTo,
    host,
  }: Pick<ClaimedAuthorizationRequest, "stateHash" | "browserSecret" | "signInId" | "returnTo" | "host">,
  { userId, isNew }: { userId: string; isNew: boolean },
): { returnTo: string; records: BoundStatement<unknown>[] } {
  if (!host) return { returnTo, records: [] };
  const ticket = deps.keys.ticket(stateHash, browserSecret);
  const records = [ticketRecord(deps, { ticket, host, userId, signInId, isNew })];
  return { returnTo: withParameter(returnTo, "ticket", ticket), records };
}

/** The same address, with the same ticket, once it is stored: also for a repeated callback. */
export const returnAgain = (
  deps: Deps,
  { stateHash, returnTo, host }: { stateHash: string; returnTo: string; host?: HostReturn | undefined },
  browserSecret: string,
): string =>
  host ? withParameter(returnTo, "ticket", deps.keys.ticket(stateHash, browserSecret)) : returnTo;

/** What is wrong with a link of a host application. Its developer reads it on the page and in the log. */
export type HostLinkProblem = "CLIENT_UNKNOWN" | "RETURN_TO_NOT_ALLOWED" | "NONCE_INVALID";

export interface LinkTarget {
  returnTo: string;
  host?: HostReturn | undefined;
}

/**
 * Reads where a link to `/login/wechat` asks to end: at a host application if it names a client, or the earlier sign-in
 * (`again`) of this browser, which a failure page names instead of a nonce; else on this origin.
 *
 * @returns undefined if this browser began no such earlier sign-in, or it was deleted.
 * @throws {DatabaseError}
 */
export async function readLinkTarget(
  deps: Deps,
  query: Record<string, unknown>,
  browserSecrets: readonly string[],
): Promise<LinkTarget | { problem: HostLinkProblem } | undefined> {
  const { client, return_to: asked, nonce, again } = query;
  if (again !== undefined) return findEarlierTarget(deps, again, browserSecrets);
  if (client === undefined) return { returnTo: safeReturnTo(asked, deps.settings.publicUrl) };
  const found = await findTarget(deps, client, asked);
  if ("problem" in found) return found;
  if (!isNonce(nonce)) return { problem: "NONCE_INVALID" };
  return { ...found, host: { clientId: String(client), nonceHash: hashSecret(nonce) } };
}

async function findTarget(
  deps: Deps,
  clientId: unknown,
  asked: unknown,
): Promise<{ returnTo: string } | { problem: HostLinkProblem }> {
  const client = typeof clientId === "string" ? await readHostClient(deps, clientId) : undefined;
  if (!client) return { problem: "CLIENT_UNKNOWN" };
  const returnTo = hostReturnTo(asked, client, deps.settings.publicUrl);
  return returnTo === undefined ? { problem: "RETURN_TO_NOT_ALLOWED" } : { returnTo };
}

async function findEarlierTarget(
  deps: Deps,
  signInId: unknown,
  browserSecrets: readonly string[],
): Promise<LinkTarget | { problem: HostLinkProblem } | undefined> {
  const [signIn] = typeof signInId === "string" ? await deps.db.run(findSignIn, { id: signInId }) : [];
  const host = signIn && hostOf(signIn);
  if (!host || !findMatchingSecret(signIn.browserHash, browserSecrets)) return undefined;
  // The client may have been changed or disabled since.
  const found = await findTarget(deps, host.clientId, signIn.returnTo);
  return "problem" in found ? found : { ...found, host };
}

/**
 * Makes the ticket of a person whom the sign-in has signed in, and who does not answer its question: the one that was made
 * with the session has expired while they read the page.
 *
 * @returns undefined if no host waits, or this browser is not signed in by that sign-in.
 * @throws {DatabaseError}
 */
export async function leaveQuestion(
  deps: Deps,
  {
    signInId,
    browserSecrets,
    sessionSecret,
  }: { signInId: string; browserSecrets: readonly string[]; sessionSecret: string | undefined },
): Promise<string | undefined> {
  const [signIn] = await deps.db.run(findSignIn, { id: signInId });
  const host = signIn && hostOf(signIn);
  const browserSecret = signIn && findMatchingSecret(signIn.browserHash, browserSecrets);
  if (!host || browserSecret === undefined || signIn.expiresAt <= deps.now()) return undefined;
  const session = await findSession(deps, sessionSecret);
  if (!session || !(await findQuestion(deps, signInId, sessionSecret))) return undefined;
  const about = {
    stateHash: `question.${signInId}`,
    browserSecret,
    signInId,
    returnTo: signIn.returnTo,
    host,
  };
  const { returnTo, records } = returnFrom(deps, about, { userId: session.userId, isNew: false });
  await deps.db.batch(records);
  return returnTo;
}
