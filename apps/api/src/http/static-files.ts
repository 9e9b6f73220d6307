import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply } from "fastify";
import { allowStyleNonce } from "./headers.js";

export const builtAdminFolder = fileURLToPath(new URL("../../../admin/dist", import.meta.url));

/**
 * Serves what `vite build` wrote for apps/login and apps/admin: their assets, and the console's one page.
 *
 * The build wrote a compressed copy beside each asset; the client's Accept-Encoding decides which one is sent.
 */
export async function staticFiles(
  app: FastifyInstance,
  folders: { admin: string; login: string },
): Promise<void> {
  const options = {
    index: false,
    dotfiles: "ignore",
    preCompressed: true,
    setHeaders: setCacheHeaders,
  } as const;
  await app.register(fastifyStatic, {
    ...options,
    root: `${folders.login}/assets`,
    prefix: "/login/assets/",
  });
  await app.register(fastifyStatic, {
    ...options,
    root: `${folders.admin}/assets`,
    prefix: "/admin/assets/",
    decorateReply: false,
  });
  const index = await readFile(`${folders.admin}/index.html`, "utf8").catch(() => undefined);

  app.get("/admin", async (_request, reply) => reply.redirect("/admin/", 302));
  app.get("/admin/*", async (request, reply) => {
    const { "*": path } = request.params as { "*": string };
    // A path with a dot names a file: a missing file is a 404, not the start page.
    if (path.includes(".")) {
      return rootFile.test(path) ? reply.sendFile(path, folders.admin) : reply.callNotFound();
    }
    if (index === undefined) return reply.callNotFound();
    const nonce = allowStyleNonce(reply);
    return reply.type("text/html; charset=utf-8").send(index.replaceAll("__CSP_NONCE__", nonce));
  });
}

/** The few files beside the console's index.html: its icon, and the theme script that runs before it paints. */
const rootFile = /^[\w-]+\.(js|css|svg|ico|png)$/;

/** A file whose name holds a hash of its content never changes; the browser asks again for any other. */
function setCacheHeaders(reply: FastifyReply, path: string): void {
  const hashed = /-[\w-]{8}\.\w+(\.(br|gz))?$/.test(path);
  void reply.header("cache-control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
}
