import type { FastifyInstance } from "fastify";
import { parseAppPatch } from "../input/parse-app.js";
import { asRecord, text } from "../input/validate.js";
import type { Store } from "../stores/store.js";
import { updateApp, verifyCallbackHost } from "./commands.js";
import { describeApp } from "./state.js";

type AppParams = { Params: { appId: string } };

/** `/_simulator/apps` */
export function registerControlOfApps(app: FastifyInstance, store: Store): void {
  app.patch<AppParams>("/_simulator/apps/:appId", (request) =>
    describeApp(store, updateApp(store, request.params.appId, parseAppPatch(request.body))),
  );
  app.post<AppParams>("/_simulator/apps/:appId/callback-hosts", async (request, reply) => {
    const host = text(asRecord(request.body, "the body").host, "host");
    await verifyCallbackHost(store, request.params.appId, host);
    return reply.code(204).send();
  });
}
