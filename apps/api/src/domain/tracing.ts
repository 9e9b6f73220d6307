import { type Attributes, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { CallReport } from "@wechat-login/oauth";

/** Where a process has no OpenTelemetry SDK, its spans do nothing. An SDK that is loaded before finds this name. */
const tracer = trace.getTracer("wechat-login");

/** Runs `work` in a span: the calls to WeChat that it makes are the span's children. No error's message enters the span. */
export function inSpan<Result>(name: string, work: (span: Span) => Promise<Result>): Promise<Result> {
  return tracer.startActiveSpan(name, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      fail(span, error instanceof Error ? error.name : "unknown");
      throw error;
    } finally {
      span.end();
    }
  });
}

/** One span for each request to WeChat, made once it has ended. Its attributes hold no secret, token, openid or URL. */
export function traceCall(app: string, call: CallReport): void {
  const { endpoint, attempt, startedAtMs, durationMs, outcome, errcode, code, rid } = call;
  const attributes: Attributes = {
    "wechat.app": app,
    "wechat.endpoint": endpoint,
    "wechat.attempt": attempt,
  };
  if (errcode !== undefined) attributes["wechat.errcode"] = errcode;
  if (rid !== undefined) attributes["wechat.rid"] = rid;
  const span = tracer.startSpan(`wechat ${endpoint}`, {
    kind: SpanKind.CLIENT,
    startTime: startedAtMs,
    attributes,
  });
  if (outcome !== "ok") fail(span, String(errcode ?? code));
  span.end(startedAtMs + durationMs);
}

function fail(span: Span, type: string): void {
  span.setAttribute("error.type", type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
