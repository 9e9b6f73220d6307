import type { FastifyInstance } from "fastify";
import { parseNewPerson, parsePersonPatch } from "../input/parse-person.js";
import { asRecord, text } from "../input/validate.js";
import type { Store } from "../stores/store.js";
import {
  changePassword,
  createJsCode,
  createPerson,
  deletePerson,
  revoke,
  setFollow,
  updatePerson,
} from "./commands.js";

type PersonParams = { Params: { id: string } };

/** `/_simulator/people` */
export function registerControlOfPeople(app: FastifyInstance, store: Store): void {
  const appIdIn = (body: unknown) => text(asRecord(body, "the body").appId, "appId");

  app.post("/_simulator/people", (request, reply) =>
    reply.code(201).send(createPerson(store, parseNewPerson(request.body))),
  );
  app.patch<PersonParams>("/_simulator/people/:id", (request) =>
    updatePerson(store, request.params.id, parsePersonPatch(request.body)),
  );
  app.delete<PersonParams>("/_simulator/people/:id", (request, reply) => {
    deletePerson(store, request.params.id);
    return reply.code(204).send();
  });
  app.post<PersonParams>("/_simulator/people/:id/follow", (request, reply) => {
    setFollow(store, request.params.id, appIdIn(request.body), true);
    return reply.code(204).send();
  });
  app.post<PersonParams>("/_simulator/people/:id/unfollow", (request, reply) => {
    setFollow(store, request.params.id, appIdIn(request.body), false);
    return reply.code(204).send();
  });
  app.post<PersonParams>("/_simulator/people/:id/revoke", (request, reply) => {
    revoke(store, request.params.id, appIdIn(request.body));
    return reply.code(204).send();
  });
  app.post<PersonParams>("/_simulator/people/:id/change-password", (request, reply) => {
    changePassword(store, request.params.id);
    return reply.code(204).send();
  });
  app.post<PersonParams>("/_simulator/people/:id/js-code", (request, reply) =>
    reply.code(201).send({ code: createJsCode(store, request.params.id, appIdIn(request.body)) }),
  );
}
