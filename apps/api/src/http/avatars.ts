import type { FastifyInstance } from "fastify";
import { avatarOfBinding } from "../domain/console/people.js";
import type { Deps } from "../domain/deps.js";
import { AvatarPictures } from "../domain/identity/avatar-pictures.js";
import { isId } from "../domain/ids.js";
import { requireRole } from "../domain/operators/roles.js";
import { authenticateOperator } from "./authentication.js";
import type { Cookies } from "./cookies.js";
import { refuseOperator } from "./refuse-operator.js";

/** The browser asks again each time whether it may still show it: after signing out it may not. */
const caching = "private, no-cache";

/**
 * `GET /admin/avatars/<binding>`: a person's picture, from this origin. Not for viewers, from whom pictures are kept as nicknames
 * are. Without a picture the answer is 404, whatever the reason.
 */
export function avatarRoutes(
  app: FastifyInstance,
  {
    deps,
    cookies,
    pictures = new AvatarPictures(deps.settings),
  }: {
    deps: Deps;
    cookies: Cookies;
    pictures?: AvatarPictures;
  },
): void {
  app.get("/admin/avatars/:bindingId", { compress: false }, async (request, reply) => {
    try {
      requireRole({ log: request.log }, await authenticateOperator(deps, cookies, request), "operator");
      const { bindingId } = request.params as { bindingId: string };
      const picture = isId(bindingId)
        ? await pictures.find(await avatarOfBinding(deps, bindingId))
        : undefined;
      if (!picture) {
        return await reply.code(404).header("cache-control", "private, max-age=60").send();
      }
      reply
        .headers({ "cache-control": caching, etag: picture.etag })
        // Opened by itself it is a document of this origin.
        .header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox");
      if (request.headers["if-none-match"] === picture.etag) return await reply.code(304).send();
      return await reply.type(picture.type).send(picture.bytes);
    } catch (error) {
      return refuseOperator(request, reply, error);
    }
  });
}
