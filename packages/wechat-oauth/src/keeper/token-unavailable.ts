import { NetworkError, ResponseError, WeChatApiError, WeChatOAuthError } from "../errors.js";
import { readErrmsg, redact, safeCause } from "../redact.js";

/** A call's refusal, without anything secret: a {@link WeChatApiError} as it was, of anything else these alone. */
export interface Refusal {
  readonly errcode: number;
  readonly errmsg: string;
  /** WeChat's request id. */
  readonly rid?: string | undefined;
}

/**
 * There is no token, and none could be had in time.
 *
 * `reason` is an errcode as text, such as `40164`, or `TIMEOUT` and its like (`explainErrcode` explains both), or
 * `SAME_TOKEN`: WeChat refuses a token, and it is too early for another one · `DEADLINE`: others were asking for too long ·
 * `STORE`: the store failed · another error's name. The process that asked WeChat finds the failure in `cause`.
 */
export class TokenUnavailableError extends WeChatOAuthError {
  override readonly name = "TokenUnavailableError" as const;
  /** From `use` alone: what its call was refused with, for which there should have been another token. */
  declare readonly refusal?: Refusal;
  constructor(
    readonly reason: string,
    /** Unix ms: WeChat is not asked before. */
    readonly retryAtMs?: number,
    cause?: unknown,
    refusal?: Refusal,
  ) {
    super(`no token: ${reason}`, cause === undefined ? {} : { cause: safeToKeep(cause) });
    if (refusal) this.refusal = refusal;
  }
}

/** WeChat's ways to say that a global token is not, or no longer, good. */
const refusals: readonly unknown[] = [40001, 40014, 42001];

/** In an error that was thrown, or in an answer that was returned: calls of one's own may do either. */
export function readRefusal(outcome: unknown, token: string): Refusal | undefined {
  if (typeof outcome !== "object" || outcome === null || !("errcode" in outcome)) return undefined;
  if (!refusals.includes(outcome.errcode)) return undefined;
  if (outcome instanceof WeChatApiError) return outcome;
  const { errcode, errmsg, rid } = outcome as Record<keyof Refusal, unknown>;
  return {
    errcode: errcode as number,
    ...readErrmsg(errmsg, [token]),
    ...(typeof rid === "string" && { rid: redact(rid, [token]).slice(0, 64) }),
  };
}

/** In one word, without anything secret. */
export function reasonOf(error: unknown): string {
  if (error instanceof WeChatApiError) return String(error.errcode);
  if (error instanceof NetworkError || error instanceof ResponseError) return error.code;
  if (error instanceof TokenUnavailableError) return error.reason;
  return error instanceof Error ? error.name : "Error";
}

/** Stores put whole commands and statements into their messages, and those hold the token: only name and code stay. */
function safeToKeep(error: unknown): unknown {
  if (error instanceof WeChatOAuthError) return error;
  const copy = safeCause(error, []);
  copy.message = "(its message may hold the token)";
  delete copy.cause;
  return copy;
}
