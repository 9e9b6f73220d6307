import type { FastifyInstance } from "fastify";
import { parseAdvance } from "../input/parse-clock.js";
import { parseSettingsPatch } from "../input/parse-settings.js";
import { asRecord, text } from "../input/validate.js";
import { refuseCrossSite } from "../routes/same-site.js";
import type { Store } from "../stores/store.js";
import { applySettings, endToken } from "./commands.js";
import { registerControlOfApps } from "./control-api-apps.js";
import { registerControlOfFaults } from "./control-api-faults.js";
import { registerControlOfPeople } from "./control-api-people.js";
import { toErrorResponse } from "./error-response.js";
import { describeCredentials } from "./issued-credentials.js";
import { describeState } from "./state.js";

/** The control API: `/_simulator/*` for tests and scripts, JSON in, JSON out. The real WeChat has nothing like it. */
export function registerControlApi(app: FastifyInstance, store: Store): void {
  app.addHook("onRequest", refuseCrossSite);
  app.setErrorHandler((error, _request, reply) => {
    const { status, message } = toErrorResponse(error);
    return reply.code(status).send({ error: message });
  });

  app.get("/_simulator/state", () => describeState(store));

  app.get("/_simulator/requests", () => ({ requests: store.requests.list() }));
  app.delete("/_simulator/requests", (_request, reply) => {
    store.requests.clear();
    return reply.code(204).send();
  });

  app.get("/_simulator/tokens", () => ({ tokens: describeCredentials(store) }));
  app.post("/_simulator/tokens/end", (request, reply) => {
    const token = text(asRecord(request.body, "the body").token, "token");
    if (endToken(store, token)) return reply.code(204).send();
    return reply.code(404).send({ error: "no valid code, token or ticket has this value" });
  });

  app.post("/_simulator/clock", (request) => {
    store.clock.advance(parseAdvance(request.body));
    return { now: new Date(store.clock.now()).toISOString() };
  });

  app.patch("/_simulator/settings", (request) => {
    applySettings(store, parseSettingsPatch(request.body));
    return { ...store.settings };
  });

  app.post("/_simulator/reset", (_request, reply) => {
    store.reset();
    return reply.code(204).send();
  });

  registerControlOfFaults(app, store);
  registerControlOfPeople(app, store);
  registerControlOfApps(app, store);
}
