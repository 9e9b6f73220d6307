import type { FastifyInstance } from "fastify";
import { parseAppPatch } from "../input/parse-app.js";
import { asRecord, text } from "../input/validate.js";
import type { World } from "../stores/store.js";
import { updateApp, verifyCallbackHost } from "./commands.js";
import { describeApp } from "./state.js";

type Named = { Params: { appId: string } };

/** `/_simulator/apps` */
export function registerControlOfApps(app: FastifyInstance, world: World): void {
  app.patch<Named>("/_simulator/apps/:appId", (request) =>
    describeApp(world, updateApp(world, request.params.appId, parseAppPatch(request.body))),
  );
  app.post<Named>("/_simulator/apps/:appId/callback-hosts", async (request, reply) => {
    const host = text(asRecord(request.body, "the body").host, "host");
    await verifyCallbackHost(world, request.params.appId, host);
    return reply.code(204).send();
  });
}
