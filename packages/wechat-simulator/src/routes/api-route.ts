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
  /** The method that the call requires. `/sns` takes both. */
  method: "GET" | "POST" | "either";
  /** Values of the request for a fault that echoes them. */
  echoedValues(request: FastifyRequest): EchoedValues;
  /** The account that makes the call, if the call identifies it. That account may look up the rid. */
  appIdOf(request: FastifyRequest): string | undefined;
  /** Performs the call with all its effects. */
  answer(request: FastifyRequest): ApiAnswer;
}

/** Registers one endpoint of WeChat's API; a wrong method is refused. */
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
        const raw = replaceAnswer(fault, CONTENT_TYPE_OF[route.family], route.echoedValues(request));
        // If a body echoes the secret, the log keeps the placeholder.
        log({}, raw.status, undefined, fault.kind === "body" ? fault.body : raw.body.toString());
        return write(raw);
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
      const isAllowed = route.method === "either" || request.method === route.method;
      return isAllowed ? route.answer(request) : wrongMethod;
    }

    /** Serializes the real response, and records the call and its rid. */
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

    /** Sends the real response, delayed or corrupted by the fault if there is one. */
    function finish(answer: ApiAnswer): FastifyReply {
      const raw = toRawAnswer(answer);
      switch (fault?.kind) {
        case "truncated_json":
        case "broken_utf8":
        case "oversized":
          return write({ ...raw, body: corruptBody(fault.kind, raw.body.toString()) });
        case "slow_drip":
          return reply
            .code(raw.status)
            .headers({ "content-type": raw.contentType, "content-length": raw.body.length })
            .send(dripBody(raw.body, fault.ms));
        case "delay":
          // unref: a pending response must not keep a closing simulator alive.
          setTimeout(() => write(raw), fault.ms).unref();
          return reply;
        default:
          return write(raw);
      }
    }

    function write(raw: RawAnswer): FastifyReply {
      // A Buffer, because Fastify adds a charset to the content type of a string.
      return reply.code(raw.status).header("content-type", raw.contentType).send(raw.body);
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
