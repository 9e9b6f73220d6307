import type { FastifyInstance } from "fastify";
import type { Deps } from "../domain/deps.js";
import { type OwnProfileRefresh, refreshOwnProfile } from "../domain/identity/own-profile.js";
import { ThrottledError } from "../domain/throttle.js";
import { authenticateUser } from "./authentication.js";
import type { Cookies } from "./cookies.js";
import { limitOf } from "./rate-limit.js";
import { redirect } from "./redirect.js";
import { sameOriginFormsOnly } from "./same-origin.js";

export const refreshProfilePath = "/login/account/refresh-profile";

const noticeOf = {
  updated: "profile-updated",
  unchanged: "profile-unchanged",
  not_allowed: "profile-not-allowed",
  unanswered: "profile-unanswered",
  too_soon: "profile-too-soon",
} as const satisfies Record<OwnProfileRefresh | "too_soon", string>;

/** What the account page says, if its address names one of these. */
export const readNotice = (asked: unknown): string =>
  Object.values(noticeOf).find((notice) => notice === asked) ?? "";

/** The form of the account page that reads the person's profile again: it works without JavaScript. */
export async function profileFormRoutes(
  app: FastifyInstance,
  { deps, cookies }: { deps: Deps; cookies: Cookies },
): Promise<void> {
  await app.register(async (scope) => {
    scope.addHook("onRequest", sameOriginFormsOnly(deps.settings.publicUrl));
    // The form has no fields, so its body is not read.
    scope.addContentTypeParser("application/x-www-form-urlencoded", { bodyLimit: 1024 }, (_, body, done) => {
      body.resume();
      done(null);
    });
    const config = limitOf(deps.settings, "refresh-profile");
    scope.post(refreshProfilePath, { config }, async (request, reply) => {
      const session = await authenticateUser(deps, cookies, request);
      if (!session) return redirect(reply, 303, "/");
      const result = await refreshOwnProfile({ ...deps, log: request.log }, session.userId).catch(
        (error: unknown) => {
          if (error instanceof ThrottledError) return "too_soon" as const;
          throw error;
        },
      );
      return redirect(reply, 303, `/?notice=${noticeOf[result]}`);
    });
  });
}
