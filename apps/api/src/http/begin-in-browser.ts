import type { FastifyReply, FastifyRequest } from "fastify";
import { isSecret, newSecret } from "../domain/key-ring.js";
import type { Settings } from "../env.js";
import type { Cookies } from "./cookies.js";

const yearSeconds = 365 * 86_400;

/**
 * Begins something that only this browser can finish. One secret for all that it begins: two tabs finish in either order, and
 * cookies stay few.
 */
export async function beginInBrowser<Started extends { signInId: string }>(
  { settings, cookies }: { settings: Settings; cookies: Cookies },
  request: FastifyRequest,
  reply: FastifyReply,
  begin: (browserSecret: string) => Promise<Started>,
): Promise<Started> {
  const lasting = cookies.read(request, "browser");
  const known = isSecret(lasting) ? lasting : undefined;
  const secret = known ?? newSecret();
  const started = await begin(secret);
  if (known) cookies.set(reply, "browser", known, yearSeconds);
  else cookies.setBrowserSecret(reply, secret, { id: started.signInId, seconds: settings.stateTtlSeconds });
  return started;
}
