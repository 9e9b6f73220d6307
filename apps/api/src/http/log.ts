import type { FastifyInstance } from "fastify";

interface LoggedError {
  [field: string]: unknown;
  type: string;
  message: string;
  code?: string;
  stack: string;
  cause?: LoggedError;
}

/**
 * Bounds what a log line may contain, whatever the caller logs: no URL (WeChat's hold secrets and codes), no header,
 * no body; of an error its type, code, message, stack and causes, and no other field.
 *
 * @param secrets values that are always redacted, such as the app secrets.
 */
export function loggerOptions(
  level: string,
  secrets: readonly string[],
  stream: { write(line: string): void } = process.stdout,
) {
  const clean = (text: string) => redact(text, secrets);
  return {
    level,
    stream: ignoreWriteErrors(stream),
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    serializers: {
      req: (request: { method: string }) => ({ method: request.method }),
      res: (reply: { statusCode: number }) => ({ statusCode: reply.statusCode }),
      err: (error: unknown) => errorFields(error, clean),
    },
    formatters: { bindings: () => ({}) },
  };
}

/** A full disk or a closed pipe must not fail a request, and there is nowhere left to report it. */
function ignoreWriteErrors(stream: { write(line: string): void }) {
  return {
    write(line: string) {
      try {
        stream.write(line);
      } catch {}
    },
  };
}

/** Writes one line for each request: with the route's pattern, never with the requested URL. */
export function logRequests(app: FastifyInstance): void {
  app.addHook("onResponse", async (request, reply) => {
    request.log.info(
      {
        event: "request",
        method: request.method,
        route: request.routeOptions.url ?? "(none)",
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        ip: request.ip,
      },
      "request",
    );
  });
}

const parameters =
  /\b(secret|code|state|access_token|refresh_token|ticket|js_code|session_key|token|password)=[^&\s"']+/gi;

/** The text without the values of secret parameters and without the given secrets. */
export function redact(text: string, secrets: readonly string[]): string {
  const withoutParameters = text.replace(parameters, "$1=[redacted]");
  return secrets.reduce((rest, secret) => rest.replaceAll(secret, "[redacted]"), withoutParameters);
}

function errorFields(error: unknown, clean: (text: string) => string, depth = 0): LoggedError {
  if (!(error instanceof Error)) {
    return { type: typeof error, message: "a value that is not an Error was thrown", stack: "" };
  }
  const { code } = error as { code?: unknown };
  return {
    type: error.name,
    message: clean(error.message),
    ...(typeof code === "string" ? { code } : {}),
    stack: clean(error.stack ?? ""),
    ...(error.cause !== undefined && depth < 5 ? { cause: errorFields(error.cause, clean, depth + 1) } : {}),
  };
}
