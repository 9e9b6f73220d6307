import type { FastifyInstance } from "fastify";
import { parsePlannedFault } from "../faults/parse-fault.js";
import type { Store } from "../stores/store.js";

/** `/_simulator/faults` */
export function registerControlOfFaults(app: FastifyInstance, store: Store): void {
  app.get("/_simulator/faults", () => ({ faults: store.faults.listNumbered() }));

  app.post("/_simulator/faults", (request, reply) => {
    const { endpoint, fault, amount } = parsePlannedFault(request.body);
    store.faults.plan(endpoint, fault, amount);
    return reply.code(201).send({ faults: store.faults.list() });
  });

  app.delete("/_simulator/faults", (_request, reply) => {
    store.faults.clear();
    return reply.code(204).send();
  });

  app.delete<{ Params: { id: string } }>("/_simulator/faults/:id", (request, reply) => {
    if (store.faults.cancel(Number(request.params.id))) return reply.code(204).send();
    return reply.code(404).send({ error: "no planned fault has this id" });
  });
}
