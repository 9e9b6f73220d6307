import type { FastifyInstance } from "fastify";
import { parseAdvance, parsePersonPatch, parseSettingsPatch } from "../control-input.js";
import { parsePlannedFault } from "../faults.js";
import { refuseCrossSite } from "../same-site.js";
import { applySettings } from "../settings.js";
import { describeState } from "../state.js";
import type { World } from "../world.js";

/** `/_simulator/*` for tests and scripts: JSON in, JSON out. The real WeChat has nothing like it. */
export function registerControlApi(app: FastifyInstance, world: World): void {
  app.addHook("onRequest", refuseCrossSite);
  app.setErrorHandler((error, _request, reply) => {
    // The parsers throw TypeError for what the caller got wrong; anything else is ours.
    const isCallers =
      error instanceof TypeError || (error as { statusCode?: number }).statusCode !== undefined;
    const status = (error as { statusCode?: number }).statusCode ?? (isCallers ? 400 : 500);
    return reply.code(status).send({ error: error instanceof Error ? error.message : String(error) });
  });

  app.get("/_simulator/state", () => describeState(world));

  app.get("/_simulator/requests", () => ({ requests: world.requests.list() }));
  app.delete("/_simulator/requests", (_request, reply) => {
    world.requests.clear();
    return reply.code(204).send();
  });

  app.post("/_simulator/faults", (request, reply) => {
    const { endpoint, fault, remaining } = parsePlannedFault(request.body);
    world.faults.plan(endpoint, fault, remaining);
    return reply.code(201).send({ faults: world.faults.list() });
  });
  app.delete("/_simulator/faults", (_request, reply) => {
    world.faults.clear();
    return reply.code(204).send();
  });

  app.post("/_simulator/clock", (request) => {
    world.clock.advance(parseAdvance(request.body));
    return { now: new Date(world.clock.now()).toISOString() };
  });

  app.patch<{ Params: { id: string } }>("/_simulator/people/:id", (request, reply) => {
    const person = world.people.update(request.params.id, parsePersonPatch(request.body));
    return person ?? reply.code(404).send({ error: "nobody here has this person id" });
  });

  app.patch("/_simulator/settings", (request) => {
    applySettings(world, parseSettingsPatch(request.body));
    return { ...world.settings };
  });
}
