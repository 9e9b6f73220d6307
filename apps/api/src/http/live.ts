import { PassThrough } from "node:stream";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { createLiveTails, type Ticker } from "../domain/console/live-tail.js";
import type { Deps } from "../domain/deps.js";
import { isId } from "../domain/ids.js";
import { requireRole } from "../domain/operators/roles.js";
import { watchOperator } from "../domain/operators/sessions.js";
import { AppError } from "../trpc/errors.js";
import { authenticateOperator } from "./authentication.js";
import type { Cookies } from "./cookies.js";
import { refuseOperator } from "./refuse-operator.js";
import { isForeign, refuseForeign } from "./same-origin.js";

/** More tabs than operators have open; each costs a connection and little else. */
const mostListeners = 100;

/** Often enough that no proxy and no timeout of this server takes the connection for idle. */
const heartbeatMs = 10_000;

interface LiveParts {
  deps: Deps;
  cookies: Cookies;
  /** The real ones, unless a test has its own. */
  look?: Ticker | undefined;
  beat?: Ticker | undefined;
}

const everyHeartbeat: Ticker = (tick) => {
  const timer = setInterval(() => void tick(), heartbeatMs);
  return { stop: () => clearInterval(timer) };
};

/**
 * `GET /admin/live/<list>`: server-sent events, each of which says that the list has newer rows, and which one is the newest. A
 * connection that was lost goes on from the id that the browser saw last. No row is in them: the console reads the list.
 */
export function liveRoutes(
  app: FastifyInstance,
  { deps, cookies, look, beat = everyHeartbeat }: LiveParts,
): void {
  const tails = createLiveTails(deps.db, look);
  const open = new Set<PassThrough>();
  // A browser that is told of the end connects again, to a process that still answers.
  app.addHook("preClose", async () => {
    for (const stream of open) stream.end();
  });

  app.get("/admin/live/:list", { exposeHeadRoute: false, compress: false }, async (request, reply) => {
    if (isForeign(request, deps.settings.publicUrl)) return refuseForeign(request, reply);
    try {
      const found = await authenticateOperator(deps, cookies, request);
      const operator = requireRole({ log: request.log }, found, "viewer");
      const tail = tails.get((request.params as { list: string }).list);
      if (!tail) throw new AppError("not_found", { detail: "There is no such list to watch." });
      if (open.size >= mostListeners) throw new AppError("too_many_lists");

      const events = new PassThrough();
      const write = latestOnly(events);
      events.write("retry: 2000\n\n");
      const stopListening = tail.listen(
        (id) => write(`id: ${id}\nevent: newer\ndata:\n\n`),
        afterOf(request),
      );
      const heart = beat(async () => {
        const now = await watchOperator(deps, cookies.read(request, "operator")).catch(() => operator);
        if (now?.id === operator.id && now.role === operator.role && !now.mustEnrol) write(":\n\n");
        // The browser would connect again by itself, and be refused.
        else events.end("event: end\ndata:\n\n");
      });
      open.add(events);
      events.once("close", () => {
        open.delete(events);
        stopListening();
        heart.stop();
      });
      return await reply
        .type("text/event-stream; charset=utf-8")
        .header("x-accel-buffering", "no")
        .send(events);
    } catch (error) {
      return refuseOperator(request, reply, error);
    }
  });
}

/** A listener that reads slowly has one event waiting, the latest: the ones before say nothing that it does not. */
export function latestOnly(stream: PassThrough): (text: string) => void {
  let waiting: string | undefined;
  stream.on("drain", () => {
    const text = waiting;
    waiting = undefined;
    if (text !== undefined) stream.write(text);
  });
  return (text) => {
    if (stream.writableEnded || stream.destroyed) return;
    if (stream.writableNeedDrain) waiting = text;
    else stream.write(text);
  };
}

/** The row that the browser knows: from a connection before, or as the page asks. */
function afterOf({ headers, query }: FastifyRequest): string | undefined {
  const given = headers["last-event-id"] ?? (query as { after?: unknown }).after;
  return isId(given) ? given : undefined;
}
