import type { CallReport } from "@wechat-login/oauth";

/** The part of a pino logger that is needed. */
interface Logger {
  debug(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** One line per request, failures at `warn`. All fields of the report are safe to log. */
export function logCalls(logger: Logger): (call: CallReport) => void {
  return (call) => {
    const level = call.outcome === "ok" ? "debug" : "warn";
    logger[level](call, `wechat ${call.endpoint} ${call.outcome}`);
  };
}
