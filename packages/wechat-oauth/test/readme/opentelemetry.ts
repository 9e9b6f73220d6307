import type { CallReport } from "@wechat-login/oauth";

/** The part of an OpenTelemetry tracer that is needed: pass `trace.getTracer("@wechat-login/oauth")`. */
interface Tracer {
  startSpan(
    name: string,
    options: { kind: number; startTime: number; attributes: Record<string, string | number> },
  ): { setStatus(status: { code: number }): unknown; end(endTime: number): void };
}

/** One span per request. No attribute contains a secret, a token or a URL. */
export function traceCalls(tracer: Tracer): (call: CallReport) => void {
  return ({ appId, endpoint, attempt, startedAtMs, durationMs, outcome, errcode, code, rid }) => {
    const span = tracer.startSpan(`wechat ${endpoint}`, {
      kind: 2, // SpanKind.CLIENT
      startTime: startedAtMs,
      attributes: {
        "wechat.app_id": appId,
        "wechat.endpoint": endpoint,
        "wechat.attempt": attempt,
        ...(errcode !== undefined && { "wechat.errcode": errcode }),
        ...(rid !== undefined && { "wechat.rid": rid }),
        ...(outcome !== "ok" && { "error.type": String(errcode ?? code) }),
      },
    });
    if (outcome !== "ok") span.setStatus({ code: 2 }); // SpanStatusCode.ERROR
    span.end(startedAtMs + durationMs);
  };
}
