import type { FastifyInstance } from "fastify";
import { parsePlannedFault } from "../faults/parse-fault.js";
import type { World } from "../stores/store.js";

/** `/_simulator/faults` */
export function registerControlOfFaults(app: FastifyInstance, world: World): void {
  app.get("/_simulator/faults", () => ({ faults: world.faults.listNumbered() }));

  app.post("/_simulator/faults", (request, reply) => {
    const { endpoint, fault, amount } = parsePlannedFault(request.body);
    world.faults.plan(endpoint, fault, amount);
    return reply.code(201).send({ faults: world.faults.list() });
  });

  app.delete("/_simulator/faults", (_request, reply) => {
    world.faults.clear();
    return reply.code(204).send();
  });

  app.delete<{ Params: { id: string } }>("/_simulator/faults/:id", (request, reply) => {
    if (world.faults.cancel(Number(request.params.id))) return reply.code(204).send();
    return reply.code(404).send({ error: "no planned fault has this number" });
  });
}
