import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { DatabaseError } from "../domain/deps.js";
import { requestNumber } from "../domain/request-number.js";
import { defaultReturnTo } from "../domain/return-to.js";
import { sendProblem } from "./host-api/problems.js";
import { hostApiPath } from "./host-api/routes.js";
import type { PageSlots } from "./page-contract.js";
import type { SendPage } from "./pages.js";

/** The pages for a request that no route answered. */
type ErrorPageName = "busy" | "server-error" | "too-many-requests" | "not-found" | "invalid-callback";

/** A browser asks for a page, a script for JSON. */
const wantsPage = (request: FastifyRequest) =>
  request.method === "GET" && request.headers.accept?.includes("text/html");

/** Answers an uncaught error with a page or JSON, a fixed text and the request number, and logs one line. */
export function handleErrors(app: FastifyInstance, sendPage: SendPage): void {
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    const status = isUnavailable(error) ? 503 : (error.statusCode ?? 500);
    if (status >= 500) request.log.error({ event: "request_failed", err: error }, "a request failed");
    else request.log.info({ event: "request_refused", code: error.code }, "a request was refused");
    if (wantsPage(request)) {
      try {
        return await sendPage(request, reply, pageFor(status), slots(request, pageFor(status)));
      } catch (cause) {
        // For example, the pages are not built: Fastify would answer with this error's message, which holds a path.
        request.log.error({ event: "page_failed", err: cause }, "an error page could not be made");
      }
    }
    return sendFixedText(request, reply, status);
  });

  app.setNotFoundHandler(async (request, reply) => {
    if (wantsPage(request))
      return sendPage(request, reply, "not-found", {
        ...slots(request, "not-found"),
        retry: defaultReturnTo,
      });
    return sendFixedText(request, reply, 404);
  });
}

/** For an address that the router cannot parse: it bypasses the hooks and handlers of `handleErrors`. */
export function refuseAddress(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  if (request.url.startsWith(`${hostApiPath}/`)) return sendProblem(request, reply, error);
  request.log.info({ event: "request_refused", code: error.code }, "a request was refused");
  return sendFixedText(request, reply, error.statusCode ?? 400);
}

function sendFixedText(request: FastifyRequest, reply: FastifyReply, status: number): FastifyReply {
  return reply.code(status).send({ error: textFor(status), requestId: request.id });
}

/**
 * An empty `href` leads to the same address: a sign-in keeps its app and its destination, and the code of a callback is not
 * repeated in the page.
 */
const slots = (request: FastifyRequest, page: ErrorPageName): PageSlots<ErrorPageName> => ({
  number: requestNumber(request.id, page),
  errcode: "",
  retry: "",
  self: "",
});

/** A statement that the database refused is a bug: a retry does not help. */
const isUnavailable = (error: unknown) => error instanceof DatabaseError && error.reason !== "rejected";

function pageFor(status: number): ErrorPageName {
  if (status === 503) return "busy";
  if (status >= 500) return "server-error";
  if (status === 429) return "too-many-requests";
  return status === 404 ? "not-found" : "invalid-callback";
}

function textFor(status: number): string {
  if (status === 404) return "There is nothing here.";
  if (status === 413) return "The body is too large.";
  if (status === 415) return "Send application/json.";
  if (status === 429) return "Too many requests. Try again in a minute.";
  if (status === 503) return "The service is busy. Try again in a moment.";
  return status >= 500 ? "Something went wrong here." : "The request cannot be understood.";
}
