import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { dripBody, replaceAnswer } from "./corrupt-answer.js";
import type { Fault } from "./fault.js";

/** A fault that lets the visit happen and then spoils how it is answered. */
export type ResponseFault = Extract<Fault, { kind: "delay" | "slow_drip" | "reset" }>;

/** Spoils the answers to those visits of a page that a fault has hit. */
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
        request.raw.socket.resetAndDestroy(); // and never done: there is nobody left to answer
        return;
      }
      const body = typeof payload === "string" ? Buffer.from(payload) : undefined;
      if (fault.kind === "slow_drip" && body) {
        done(null, dripBody(body, fault.ms));
        return;
      }
      // A redirect has no body that could drip: it comes when the last byte would have.
      // unref: an answer that nobody waits for any more must not keep a closing simulator alive.
      setTimeout(() => done(null, payload), fault.ms).unref();
    });
  }

  add(request: FastifyRequest, fault: ResponseFault): void {
    this.#hits.set(request, fault);
  }
}

/** An answer in place of the page: nothing is done, and nobody is asked. */
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
      // Whatever a test wants a browser to see here, it is no page of the panel's origin.
      "content-security-policy": "sandbox",
    })
    .send(wire.body);
}
