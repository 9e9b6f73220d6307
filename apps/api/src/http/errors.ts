import type { FastifyError, FastifyInstance, FastifyRequest } from "fastify";
import { DatabaseError } from "../domain/deps.js";
import { type PageName, type PageSource, sendPage } from "./pages.js";

/** A person asks for a page; a script, for JSON. */
const wantsPage = (request: FastifyRequest) =>
  request.method === "GET" && (request.headers.accept ?? "").includes("text/html");

/** What nobody caught: a page or JSON with a fixed text and the request's number, and one line in the log. */
export function handleErrors(app: FastifyInstance, pages: PageSource): void {
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    const status = error instanceof DatabaseError ? 503 : (error.statusCode ?? 500);
    if (status >= 500) request.log.error({ event: "request_failed", err: error }, "a request failed");
    else request.log.info({ event: "request_refused", code: error.code }, "a request was refused");
    if (wantsPage(request)) return await sendPage(pages, request, reply, pageFor(status), slots(request));
    return reply.code(status).send({ error: textFor(status), requestId: request.id });
  });

  app.setNotFoundHandler(async (request, reply) => {
    if (wantsPage(request)) return sendPage(pages, request, reply, "not-found", slots(request));
    return reply.code(404).send({ error: textFor(404), requestId: request.id });
  });
}

const slots = (request: FastifyRequest) => ({ number: request.id, retry: "/" });

function pageFor(status: number): PageName {
  if (status === 503) return "busy";
  if (status >= 500) return "server-error";
  return status === 429 ? "too-many-requests" : "not-found";
}

function textFor(status: number): string {
  if (status === 404) return "There is nothing here.";
  if (status === 413) return "The body is too large.";
  if (status === 415) return "Send application/json.";
  if (status === 429) return "Too many requests. Try again in a minute.";
  if (status === 503) return "The service is busy. Try again in a moment.";
  return status >= 500 ? "Something went wrong here." : "The request cannot be understood.";
}
