import { TokenUnavailableError } from "@wechat-login/oauth/keeper";
import { AccountOperations, type RecordedRequest } from "@wechat-login/oauth/operations";
import { findFailure } from "../../db/console/failures.js";
import { type AuditedActor, actorId, recordAudit } from "../audit.js";
import { type Deps, later } from "../deps.js";
import { readFailure } from "../failures/failures.js";
import { throttle } from "../throttle.js";

/** So long WeChat keeps its record of a failed call. */
const recordedSeconds = 7 * 86_400;

/**
 * Whether WeChat can be asked for its record of a failed call: it keeps those of `/cgi-bin/*` for seven days, and shows them to
 * the holder of the app's global token. Null without a rid.
 */
export function lookUpStateOf(
  deps: Pick<Deps, "apps" | "now">,
  { appId, endpoint, rid, at }: { appId: string; endpoint: string; rid: string | null; at: Date },
): "possible" | "not_recorded" | "too_old" | null {
  if (rid === null) return null;
  const hasToken = deps.apps.byAppId(appId)?.kind === "official_account";
  if (!hasToken || !endpoint.startsWith("cgi-bin/")) return "not_recorded";
  return at < later(deps.now(), -recordedSeconds) ? "too_old" : "possible";
}

export type LookUp = { found: true; recorded: RecordedRequest } | { found: false; errcode: string };

/**
 * Asks WeChat for its record of a failed call by its rid: the call counts against the app's daily quota, and is in the audit
 * log.
 *
 * @returns undefined if there is no such failure, or WeChat has no record of its kind
 * @throws {ThrottledError} more than ten times a minute, for an app
 * @throws {DatabaseError}
 */
export async function lookUpRid(
  deps: Deps,
  { id, by }: { id: string; by: AuditedActor },
): Promise<LookUp | undefined> {
  const [failure] = await deps.db.run(findFailure, { id });
  if (!failure?.rid || lookUpStateOf(deps, failure) !== "possible") return undefined;
  const { appId, rid } = failure;
  await throttle(deps, `look-up:${appId}`, { max: 10, windowSeconds: 60 });
  const result = await askFor(deps, appId, rid);
  await recordAudit(deps, {
    ...{ operatorId: actorId(by), visitor: by.visitor, event: "errors.look_up", target: id },
    ...(result.found ? {} : { result: "refused" as const, errcode: result.errcode }),
  });
  return result;
}

async function askFor(deps: Deps, appId: string, rid: string): Promise<LookUp> {
  const operations = new AccountOperations(deps.wechat(appId));
  try {
    const recorded = await deps
      .appToken(appId)
      .use((accessToken) => operations.getRequest({ accessToken, rid }));
    return { found: true, recorded };
  } catch (error) {
    if (error instanceof TokenUnavailableError) return { found: false, errcode: error.reason };
    const failure = readFailure(error);
    if (!failure) throw error;
    return { found: false, errcode: failure.errcode };
  }
}
