import type { FastifyInstance } from "fastify";
import type { Apps } from "../domain/apps.js";

/**
 * Serves the files by which WeChat verifies who owns a domain: `/MP_verify_<16 characters>.txt`, whose whole content is
 * the 16 characters of its name. It must be reachable without a redirect.
 */
export function verifyFileRoutes(app: FastifyInstance, apps: Apps): void {
  const names = new Set(apps.all.flatMap((wechatApp) => wechatApp.verifyFiles));
  app.get("/:file(^MP_verify_[A-Za-z0-9]{16}\\.txt$)", async (request, reply) => {
    const { file } = request.params as { file: string };
    if (!names.has(file)) return reply.callNotFound();
    return reply.type("text/plain; charset=utf-8").send(file.slice("MP_verify_".length, -".txt".length));
  });
}
