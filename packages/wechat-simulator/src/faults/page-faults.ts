import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { dripBody, replaceAnswer } from "./corrupt-answer.js";
import type { Fault } from "./fault.js";

/** A fault that lets the visit take effect and changes how the response is sent. */
export type ResponseFault = Extract<Fault, { kind: "delay" | "slow_drip" | "reset" }>;

/** Delays, drips or drops the responses to page visits that a fault has hit. */
export class PageResponseFaults {
  readonly #hits = new WeakMap<FastifyRequest, ResponseFault>();

  constructor(app: FastifyInstance) {
    app.addHook("onSend", (request, _reply, payload, done) => {
      const fault = this.#hits.get(request);
      if (!fault) {
        done(null, payload);
        return;
      }
      if (fault.kind === "reset") {
        request.raw.socket.resetAndDestroy(); // without done(): the client is gone
        return;
      }
      const body = typeof payload === "string" ? Buffer.from(payload) : undefined;
      if (fault.kind === "slow_drip" && body) {
        done(null, dripBody(body, fault.ms));
        return;
      }
      // A redirect has no body to drip: it is sent when the last byte would have been.
      // unref: a pending response must not keep a closing simulator alive.
      setTimeout(() => done(null, payload), fault.ms).unref();
    });
  }

  add(request: FastifyRequest, fault: ResponseFault): void {
    this.#hits.set(request, fault);
  }
}

/** Sends a response in place of the page; the visit has no effect. */
export function replacePage(
  reply: FastifyReply,
  fault: Extract<Fault, { kind: "http_502" | "body" }>,
): FastifyReply {
  const wire = replaceAnswer(fault, "text/html; charset=utf-8", {});
  return reply
    .code(wire.status)
    .headers({
      "content-type": wire.contentType,
      "cache-control": "no-store",
      // A test's own markup must not act as a page of the panel's origin.
      "content-security-policy": "sandbox",
    })
    .send(wire.body);
}
