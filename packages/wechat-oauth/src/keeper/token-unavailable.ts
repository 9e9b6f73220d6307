import { NetworkError, ResponseError, WeChatApiError, WeChatOAuthError } from "../errors.js";
import { safeCause } from "../redact.js";

/**
 * There is no token, and none could be had in time.
 *
 * `reason` is an errcode as text, such as `40164`, or `TIMEOUT` and its like (`explainErrcode` explains both), or
 * `SAME_TOKEN`: WeChat refused a token and then gave it again · `DEADLINE`: others were asking for too long ·
 * `STORE`: the store failed · another error's name. The process that asked WeChat finds the failure in `cause`.
 */
export class TokenUnavailableError extends WeChatOAuthError {
  override readonly name = "TokenUnavailableError" as const;
  constructor(
    readonly reason: string,
    /** Unix ms: WeChat is not asked before. */
    readonly retryAtMs?: number,
    cause?: unknown,
  ) {
    super(`no token: ${reason}`, cause === undefined ? {} : { cause: safeToKeep(cause) });
  }
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
