import type { FastifyInstance } from "fastify";
import { asRecord, text } from "../input.js";
import { endLife, listLives } from "../panel/lives.js";
import { createPerson } from "../panel/new-person.js";
import { refuseCrossSite } from "../same-site.js";
import type { World } from "../world.js";

/** What the panel can do and the rest of `/_simulator/*` does not cover, for scripts: JSON in, JSON out. */
export function registerOperatorApi(app: FastifyInstance, world: World): void {
  app.addHook("onRequest", refuseCrossSite);
  app.setErrorHandler((error, _request, reply) => {
    const status = error instanceof TypeError ? 400 : ((error as { statusCode?: number }).statusCode ?? 500);
    return reply.code(status).send({ error: error instanceof Error ? error.message : String(error) });
  });

  app.get("/_simulator/tokens", () => ({
    tokens: listLives(world).map(({ endsAtMs, ...life }) => ({
      ...life,
      endsAt: new Date(endsAtMs).toISOString(),
    })),
  }));
  app.post("/_simulator/tokens/end", (request, reply) => {
    const token = text(asRecord(request.body, "the body").token, "token");
    if (endLife(world, token)) return reply.code(204).send();
    return reply.code(404).send({ error: "nothing of this WeChat's lives under that value" });
  });

  app.get("/_simulator/faults", () => ({ faults: world.faults.listNumbered() }));
  app.delete<{ Params: { id: string } }>("/_simulator/faults/:id", (request, reply) => {
    if (world.faults.cancel(Number(request.params.id))) return reply.code(204).send();
    return reply.code(404).send({ error: "no planned fault has this number" });
  });

  app.post("/_simulator/people", (request, reply) => reply.code(201).send(createPerson(world, request.body)));
}
