import type { FastifyReply, FastifyRequest, RouteHandlerMethod } from "fastify";
import { API_PATHS, type ApiEndpoint } from "../endpoints.js";
import type { Fault } from "../faults.js";
import { maskSecret } from "../request-log.js";
import type { World } from "../world.js";
import { type ApiAnswer, type ApiFamily, CONTENT_TYPE_OF, writeAnswer } from "./api-answer.js";
import { type Carried, replaceAnswer, spoilBody, type WireAnswer } from "./fault-wire.js";

/** Parameters of a call, wherever it carried them; a repeated one counts once. */
export type Parameters = Record<string, string | undefined>;

export interface ApiRoute {
  endpoint: ApiEndpoint;
  family: ApiFamily;
  /** What the request carried, for a fault that echoes it. */
  carried(request: FastifyRequest): Carried;
  /** The rule itself: makes the call, spends what it spends. */
  answer(request: FastifyRequest): ApiAnswer;
}

/** One endpoint of WeChat's API: planned faults, the answer on the wire, a line in the request log. */
export function apiRoute(world: World, route: ApiRoute): RouteHandlerMethod {
  const { endpoint, family } = route;
  const contentType = CONTENT_TYPE_OF[family];

  return (request, reply) => {
    const fault = world.faults.take(endpoint);
    switch (fault?.kind) {
      case undefined: {
        const { wire, answer } = makeCall(request);
        return send(request, reply, wire, answer);
      }
      case "errcode": {
        const { errcode, errmsg } = fault;
        const reason = { en: "planned fault", zh: "预设的故障" };
        const answer = { errcode, reason, ...(errmsg === undefined ? {} : { errmsg }) };
        return send(request, reply, wireOf(answer), answer, fault);
      }
      case "http_502":
      case "invalid_json":
      case "body":
        return send(request, reply, replaceAnswer(fault, contentType, route.carried(request)), {}, fault);
      case "truncated_json":
      case "broken_utf8":
      case "oversized": {
        const answer = route.answer(request);
        const trueBody = writeAnswer(answer, family, world.clock.nowSeconds());
        return send(
          request,
          reply,
          { status: 200, contentType, body: spoilBody(fault.kind, trueBody) },
          answer,
          fault,
        );
      }
      case "delay": {
        const { wire, answer } = makeCall(request);
        log(request, wire.status, answer, fault);
        // unref: an answer that nobody waits for any more must not keep a closing simulator alive.
        setTimeout(() => write(reply, wire), fault.ms).unref();
        return reply;
      }
      case "reset": {
        const answer = fault.when === "after" ? route.answer(request) : {};
        log(request, 0, answer, fault);
        reply.hijack();
        request.raw.socket.resetAndDestroy();
        return reply;
      }
    }
  };

  function makeCall(request: FastifyRequest): { wire: WireAnswer; answer: ApiAnswer } {
    const answer = route.answer(request);
    return { wire: wireOf(answer), answer };
  }

  function wireOf(answer: ApiAnswer): WireAnswer {
    return {
      status: 200,
      contentType,
      body: Buffer.from(writeAnswer(answer, family, world.clock.nowSeconds())),
    };
  }

  function send(
    request: FastifyRequest,
    reply: FastifyReply,
    wire: WireAnswer,
    answer: ApiAnswer,
    fault?: Fault,
  ) {
    log(request, wire.status, answer, fault);
    return write(reply, wire);
  }

  function write(reply: FastifyReply, wire: WireAnswer): FastifyReply {
    // A Buffer, because Fastify adds a charset to the content type of a string.
    return reply.code(wire.status).header("content-type", wire.contentType).send(wire.body);
  }

  function log(request: FastifyRequest, status: number, answer: ApiAnswer, fault?: Fault): void {
    const url = request.raw.url ?? "";
    const mark = url.indexOf("?");
    world.requests.add({
      at: new Date(world.clock.now()).toISOString(),
      method: request.method,
      endpoint,
      path: API_PATHS[endpoint],
      query: mark === -1 ? "" : maskSecret(url.slice(mark + 1)),
      status,
      ...(answer.personId === undefined ? {} : { person: answer.personId }),
      ...(answer.errcode === undefined ? {} : { errcode: answer.errcode }),
      ...(answer.reason === undefined ? {} : { reason: answer.reason }),
      ...(fault === undefined ? {} : { fault: fault.kind }),
    });
  }
}

/** The query of a GET call. */
export function queryParameters(request: FastifyRequest): Parameters {
  const parameters: Parameters = {};
  for (const [name, value] of Object.entries(request.query as Record<string, string | string[]>)) {
    parameters[name] = Array.isArray(value) ? value[0] : value;
  }
  return parameters;
}
