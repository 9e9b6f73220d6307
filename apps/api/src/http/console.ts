import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply } from "fastify";
import { allowStyleNonce } from "./headers.js";

export const builtAdminFolder = fileURLToPath(new URL("../../../admin/dist", import.meta.url));

/** Serves what `vite build` made of apps/login and apps/admin: named files, and the console's one page. */
export async function builtFiles(
  app: FastifyInstance,
  folders: { admin: string; login: string },
): Promise<void> {
  const plain = { index: false, dotfiles: "ignore", redirect: false, cacheControl: false } as const;
  const served = { ...plain, setHeaders: keepWhatIsHashed } as const;
  await app.register(fastifyStatic, {
    ...served,
    root: `${folders.login}/assets`,
    prefix: "/login-ui/assets/",
  });
  await app.register(fastifyStatic, {
    ...served,
    root: `${folders.admin}/assets`,
    prefix: "/admin/assets/",
    decorateReply: false,
  });
  const index = await readFile(`${folders.admin}/index.html`, "utf8").catch(() => undefined);

  app.get("/admin", async (_request, reply) => reply.redirect("/admin/", 302));
  app.get("/admin/*", async (request, reply) => {
    const { "*": path } = request.params as { "*": string };
    // A path with a dot asks for a file: a missing one is missing, not the start page.
    if (path.includes(".")) return sendRootFile(path);
    if (index === undefined) return reply.callNotFound();
    const nonce = allowStyleNonce(reply);
    return reply
      .header("cache-control", "no-store")
      .type("text/html; charset=utf-8")
      .send(index.replaceAll("__CSP_NONCE__", nonce));

    async function sendRootFile(name: string) {
      const type = rootFileTypes[/\.[a-z]+$/.exec(name)?.[0] ?? ""];
      if (type === undefined || !/^[\w-]+\.[a-z]+$/.test(name)) return reply.callNotFound();
      const body = await readFile(`${folders.admin}/${name}`).catch(() => undefined);
      return body === undefined
        ? reply.callNotFound()
        : reply.type(type).header("cache-control", "no-cache").send(body);
    }
  });
}

/** A file whose name holds a hash of its content never changes; any other is asked for again. */
function keepWhatIsHashed(reply: FastifyReply, path: string): void {
  const hashed = /-[\w-]{8}\.\w+$/.test(path);
  void reply.header("cache-control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
}

/** The few files beside the console's index.html: its icon, and the theme script that runs before it paints. */
const rootFileTypes: Record<string, string> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".ico": "image/x-icon",
  ".png": "image/png",
};
