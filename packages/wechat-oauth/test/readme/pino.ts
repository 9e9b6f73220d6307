import type { CallReport } from "wechat-oauth";

/** The part of a pino logger that is used. */
interface Logger {
  debug(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** One line for each request; failures at `warn`. The report's fields are safe to keep as they are. */
export function logCalls(logger: Logger, appId: string): (call: CallReport) => void {
  return (call) => {
    const level = call.outcome === "ok" ? "debug" : "warn";
    logger[level]({ appId, ...call }, `wechat ${call.endpoint} ${call.outcome}`);
  };
}
