import type { FastifyInstance } from "fastify";
import type { VerifyFile } from "../env-verify-files.js";

/** Serves the files by which WeChat verifies who owns a domain, byte for byte: each at the root, without a redirect. */
export function verifyFileRoutes(app: FastifyInstance, files: readonly VerifyFile[]): void {
  for (const { name, content } of files) {
    app.get(`/${name}`, async (_request, reply) => reply.type("text/plain; charset=utf-8").send(content));
  }
}
