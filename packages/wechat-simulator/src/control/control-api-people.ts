import type { FastifyInstance } from "fastify";
import { parseNewPerson, parsePersonPatch } from "../input/parse-person.js";
import { asRecord, text } from "../input/validate.js";
import type { World } from "../stores/store.js";
import {
  changePassword,
  createJsCode,
  createPerson,
  deletePerson,
  revoke,
  setFollow,
  updatePerson,
} from "./commands.js";

type Named = { Params: { id: string } };

/** `/_simulator/people` */
export function registerControlOfPeople(app: FastifyInstance, world: World): void {
  const appIdIn = (body: unknown) => text(asRecord(body, "the body").appId, "appId");

  app.post("/_simulator/people", (request, reply) =>
    reply.code(201).send(createPerson(world, parseNewPerson(request.body))),
  );
  app.patch<Named>("/_simulator/people/:id", (request) =>
    updatePerson(world, request.params.id, parsePersonPatch(request.body)),
  );
  app.delete<Named>("/_simulator/people/:id", (request, reply) => {
    deletePerson(world, request.params.id);
    return reply.code(204).send();
  });
  app.post<Named>("/_simulator/people/:id/follow", (request, reply) => {
    setFollow(world, request.params.id, appIdIn(request.body), true);
    return reply.code(204).send();
  });
  app.post<Named>("/_simulator/people/:id/unfollow", (request, reply) => {
    setFollow(world, request.params.id, appIdIn(request.body), false);
    return reply.code(204).send();
  });
  app.post<Named>("/_simulator/people/:id/revoke", (request, reply) => {
    revoke(world, request.params.id, appIdIn(request.body));
    return reply.code(204).send();
  });
  app.post<Named>("/_simulator/people/:id/change-password", (request, reply) => {
    changePassword(world, request.params.id);
    return reply.code(204).send();
  });
  app.post<Named>("/_simulator/people/:id/js-code", (request, reply) =>
    reply.code(201).send({ code: createJsCode(world, request.params.id, appIdIn(request.body)) }),
  );
}
