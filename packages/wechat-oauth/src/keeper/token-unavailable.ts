import { NetworkError, ResponseError, WeChatApiError, WeChatOAuthError } from "../errors.js";
import { readErrmsg, redact, safeCause } from "../redact.js";

/** A call's refusal, without secrets: a {@link WeChatApiError} unchanged, of any other value these fields alone. */
export interface Refusal {
  readonly errcode: number;
  readonly errmsg: string;
  /** WeChat's request id. */
  readonly rid?: string | undefined;
}

/**
 * There is no token, and none could be fetched in time.
 *
 * `reason` is an errcode as text, such as `40164`, or a code such as `TIMEOUT` (`explainErrcode` explains both), or
 * `SAME_TOKEN`: WeChat refuses the token, and it is too early to force another · `DEADLINE`: the refresh took longer
 * than `waitMs` · `STORE`: the store failed · another error's name. `cause` holds the failure in the process that
 * called WeChat.
 */
export class TokenUnavailableError extends WeChatOAuthError {
  override readonly name = "TokenUnavailableError" as const;
  /** Set by `use` only: the refusal of its first run, which made another token necessary. */
  declare readonly refusal?: Refusal;
  constructor(
    readonly reason: string,
    /** Unix ms: no process calls WeChat before this time. */
    readonly retryAtMs?: number,
    cause?: unknown,
    refusal?: Refusal,
  ) {
    super(`no token: ${reason}`, cause === undefined ? {} : { cause: toSafeCause(cause) });
    if (refusal) this.refusal = refusal;
  }
}

/** The errcodes for a global token that is invalid or expired. */
const invalidTokenErrcodes: readonly unknown[] = [40001, 40014, 42001];

/** Finds a refusal in a thrown error or a returned answer: a caller's own functions may do either. */
export function readRefusal(outcome: unknown, token: string): Refusal | undefined {
  if (typeof outcome !== "object" || outcome === null || !("errcode" in outcome)) return undefined;
  if (!invalidTokenErrcodes.includes(outcome.errcode)) return undefined;
  if (outcome instanceof WeChatApiError) return outcome;
  const { errcode, errmsg, rid } = outcome as Record<keyof Refusal, unknown>;
  return {
    errcode: errcode as number,
    ...readErrmsg(errmsg, [token]),
    ...(typeof rid === "string" && { rid: redact(rid, [token]).slice(0, 64) }),
  };
}

/** One word for logs and the store, without secrets. */
export function reasonOf(error: unknown): string {
  if (error instanceof WeChatApiError) return String(error.errcode);
  if (error instanceof NetworkError || error instanceof ResponseError) return error.code;
  if (error instanceof TokenUnavailableError) return error.reason;
  return error instanceof Error ? error.name : "Error";
}

/** Keeps only name and code: store clients put whole commands into their messages, and those hold the token. */
function toSafeCause(error: unknown): unknown {
  if (error instanceof WeChatOAuthError) return error;
  const copy = safeCause(error, []);
  copy.message = "(its message may hold the token)";
  delete copy.cause;
  return copy;
}
