import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import {
  corruptBody,
  dripBody,
  type EchoedValues,
  type RawAnswer,
  replaceAnswer,
} from "../faults/corrupt-answer.js";
import type { Fault } from "../faults/fault.js";
import { API_PATHS, type ApiEndpoint } from "../protocol/endpoints.js";
import type { Store } from "../stores/store.js";
import { type ApiAnswer, type ApiFamily, CONTENT_TYPE_OF, refuse, writeAnswer } from "./api-answer.js";
import { bodyText, clientIp } from "./api-request.js";

export interface ApiRoute {
  endpoint: ApiEndpoint;
  family: ApiFamily;
  method: "GET" | "POST";
  /** What the request carried, for a fault that echoes it. */
  echoedValues(request: FastifyRequest): EchoedValues;
  /** The account that makes the call, as far as the call itself tells: who may look its rid up. */
  appIdOf(request: FastifyRequest): string | undefined;
  /** The rule itself: makes the call, spends what it spends. */
  answer(request: FastifyRequest): ApiAnswer;
}

/** One endpoint of WeChat's API, and the refusal of the wrong method. */
export function registerApiRoute(app: FastifyInstance, store: Store, route: ApiRoute): void {
  const wrongMethod =
    route.method === "GET"
      ? refuse(43001, "this call is a GET", "此接口须用 GET")
      : refuse(43002, "this call is a POST", "此接口须用 POST");
  const url = API_PATHS[route.endpoint];
  app.route({ method: ["GET", "POST"], url, handler: (request, reply) => handle(request, reply) });

  function handle(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const startedAt = performance.now();
    const fault = store.faults.take(route.endpoint);
    switch (fault?.kind) {
      case "errcode": {
        const { errcode, errmsg } = fault;
        const reason = { en: "planned fault", zh: "预设的故障" };
        return finish({ errcode, reason, ...(errmsg === undefined ? {} : { errmsg }) });
      }
      case "http_502":
      case "invalid_json":
      case "body": {
        const wire = replaceAnswer(fault, CONTENT_TYPE_OF[route.family], route.echoedValues(request));
        // Of a body that echoes the secret, the log keeps the placeholder.
        log({}, wire.status, undefined, fault.kind === "body" ? fault.body : wire.body.toString());
        return write(wire);
      }
      case "reset": {
        if (fault.when === "after") toRawAnswer(makeCall(), 0);
        else log({}, 0);
        reply.hijack();
        request.raw.socket.resetAndDestroy();
        return reply;
      }
      default:
        return finish(makeCall());
    }

    function makeCall(): ApiAnswer {
      return request.method === route.method ? route.answer(request) : wrongMethod;
    }

    /** The true answer's bytes; its rid can be looked up from now on, and the call stands in the log. */
    function toRawAnswer(answer: ApiAnswer, status = 200): RawAnswer {
      const now = store.clock.nowSeconds();
      const { body, rid } = writeAnswer(answer, route.family, now, store.settings.errmsgTail);
      if (rid !== undefined && route.family === "cgi-bin") {
        store.rids.add(rid, {
          appId: route.appIdOf(request),
          invokeTime: now,
          costMs: Math.ceil(performance.now() - startedAt),
          requestUrl: `${request.protocol}://${request.host}${request.raw.url}`,
          requestBody: bodyText(request),
          responseBody: body,
          clientIp: clientIp(request),
        });
      }
      log(answer, status, rid, body);
      return { status: 200, contentType: CONTENT_TYPE_OF[route.family], body: Buffer.from(body) };
    }

    /** Sends the true answer, late or spoilt where a fault wants it so. */
    function finish(answer: ApiAnswer): FastifyReply {
      const wire = toRawAnswer(answer);
      switch (fault?.kind) {
        case "truncated_json":
        case "broken_utf8":
        case "oversized":
          return write({ ...wire, body: corruptBody(fault.kind, wire.body.toString()) });
        case "slow_drip":
          return reply
            .code(wire.status)
            .headers({ "content-type": wire.contentType, "content-length": wire.body.length })
            .send(dripBody(wire.body, fault.ms));
        case "delay":
          // unref: an answer that nobody waits for any more must not keep a closing simulator alive.
          setTimeout(() => write(wire), fault.ms).unref();
          return reply;
        default:
          return write(wire);
      }
    }

    function write(wire: RawAnswer): FastifyReply {
      // A Buffer, because Fastify adds a charset to the content type of a string.
      return reply.code(wire.status).header("content-type", wire.contentType).send(wire.body);
    }

    function log(answer: ApiAnswer, status: number, rid?: string, body?: string): void {
      logCall(store, route.endpoint, request, { answer, status, rid, body, fault });
    }
  }
}

function logCall(
  store: Store,
  endpoint: ApiEndpoint,
  request: FastifyRequest,
  outcome: {
    answer: ApiAnswer;
    status: number;
    rid: string | undefined;
    body: string | undefined;
    fault: Fault | undefined;
  },
): void {
  const { answer, status, rid, body, fault } = outcome;
  const sent = bodyText(request);
  const url = request.raw.url ?? "";
  const mark = url.indexOf("?");
  store.requests.add({
    at: new Date(store.clock.now()).toISOString(),
    method: request.method,
    endpoint,
    path: API_PATHS[endpoint],
    query: mark === -1 ? "" : url.slice(mark + 1),
    ...(sent === "" ? {} : { body: sent }),
    status,
    ...(body === undefined ? {} : { answer: body }),
    ...(answer.personId === undefined ? {} : { person: answer.personId }),
    ...(answer.errcode === undefined ? {} : { errcode: answer.errcode }),
    ...(rid === undefined ? {} : { rid }),
    ...(answer.reason === undefined ? {} : { reason: answer.reason }),
    ...(fault === undefined ? {} : { fault: fault.kind }),
  });
}
