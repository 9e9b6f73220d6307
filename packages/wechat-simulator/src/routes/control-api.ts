import type { FastifyInstance } from "fastify";
import { parseAppPatch } from "../apps-input.js";
import { parseAdvance, parsePersonPatch } from "../control-input.js";
import {
  changePassword,
  createJsCode,
  revoke,
  setFollow,
  UnknownNameError,
  updateApp,
  updatePerson,
  verifyCallbackHost,
} from "../deeds.js";
import { parsePlannedFault } from "../faults.js";
import { asRecord, text } from "../input.js";
import { refuseCrossSite } from "../same-site.js";
import { applySettings } from "../settings.js";
import { parseSettingsPatch } from "../settings-input.js";
import { describeApp, describeState } from "../state.js";
import type { World } from "../world.js";

/** `/_simulator/*` for tests and scripts: JSON in, JSON out. The real WeChat has nothing like it. */
export function registerControlApi(app: FastifyInstance, world: World): void {
  app.addHook("onRequest", refuseCrossSite);
  app.setErrorHandler((error, _request, reply) => {
    const message = error instanceof Error ? error.message : String(error);
    return reply.code(statusOf(error)).send({ error: message });
  });

  app.get("/_simulator/state", () => describeState(world));

  app.get("/_simulator/requests", () => ({ requests: world.requests.list() }));
  app.delete("/_simulator/requests", (_request, reply) => {
    world.requests.clear();
    return reply.code(204).send();
  });

  app.post("/_simulator/faults", (request, reply) => {
    const { endpoint, fault, amount } = parsePlannedFault(request.body);
    world.faults.plan(endpoint, fault, amount);
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

  app.patch("/_simulator/settings", (request) => {
    applySettings(world, parseSettingsPatch(request.body));
    return { ...world.settings };
  });

  app.post("/_simulator/reset", (_request, reply) => {
    world.reset();
    return reply.code(204).send();
  });

  registerPeople(app, world);
  registerApps(app, world);
}

function registerPeople(app: FastifyInstance, world: World): void {
  type Named = { Params: { id: string } };
  const appIdIn = (body: unknown) => text(asRecord(body, "the body").appId, "appId");

  app.patch<Named>("/_simulator/people/:id", (request) =>
    updatePerson(world, request.params.id, parsePersonPatch(request.body)),
  );
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

function registerApps(app: FastifyInstance, world: World): void {
  type Named = { Params: { appId: string } };

  app.patch<Named>("/_simulator/apps/:appId", (request) =>
    describeApp(world, updateApp(world, request.params.appId, parseAppPatch(request.body))),
  );
  app.post<Named>("/_simulator/apps/:appId/callback-hosts", async (request, reply) => {
    const host = text(asRecord(request.body, "the body").host, "host");
    await verifyCallbackHost(world, request.params.appId, host);
    return reply.code(204).send();
  });
}

/** The parsers throw TypeError for what the caller got wrong, Fastify's errors know their status; the rest is ours. */
function statusOf(error: unknown): number {
  if (error instanceof UnknownNameError) return 404;
  if (error instanceof TypeError) return 400;
  return (error as { statusCode?: number }).statusCode ?? 500;
}
