import { randomBytes } from "node:crypto";
import cookie from "@fastify/cookie";
import {
  createState,
  type Grant,
  type Refusal,
  readCallback,
  readUserAgent,
  WeChatOAuthError,
} from "@wechat-login/oauth";
import fastify, { type FastifyError, type FastifyInstance } from "fastify";
import { ExpiringMap } from "./expiring-map.js";
import { failurePage, failures, homePage } from "./pages.js";
import { People, type Person } from "./people.js";
import { connectWeChat, type WeChatSettings } from "./wechat.js";

type CallbackResult = { kind: "signed_in"; session: string } | { kind: keyof typeof failures };

/** One redirect to WeChat and back. Every repeated callback gets the result of the first one. */
interface AuthorizationRequest {
  readonly inWeChat: boolean;
  result?: Promise<CallbackResult>;
}

const authorizationSeconds = 600;
const sessionSeconds = 7 * 86_400;

export interface AppOptions extends WeChatSettings {
  /** The origin that browsers use; its host must be set in WeChat's consoles. */
  publicUrl: string;
  now?: () => number;
  /** Receives log lines. Without it nothing is logged. */
  log?: { write(line: string): void };
}

export function buildApp({ publicUrl, now = Date.now, log, ...settings }: AppOptions) {
  // A callback's URL contains a code, so requests are logged without their query.
  const req = ({ method, url }: { method: string; url: string }) => ({ method, path: url.split("?", 1)[0] });
  const app: FastifyInstance = fastify({ logger: log ? { stream: log, serializers: { req } } : false });
  const wechat = connectWeChat({ ...settings, onCall: (call) => app.log.info(call, "called WeChat") });
  const authorizationRequests = new ExpiringMap<AuthorizationRequest>(authorizationSeconds * 1000, now);
  const sessions = new ExpiringMap<Person>(sessionSeconds * 1000, now);
  const people = new People();

  // Lax, because people come back from another site. Browsers require https for Secure and for the __Host- prefix.
  const secure = publicUrl.startsWith("https:");
  const cookies = { path: "/", httpOnly: true, sameSite: "lax", secure } as const;
  const [browserCookie, sessionCookie] = secure
    ? ["__Host-browser", "__Host-session"]
    : ["browser", "session"];

  app.register(cookie);
  app.addHook("onRequest", async (_, reply) => {
    reply.header("cache-control", "no-store").header("referrer-policy", "same-origin");
  });

  app.setErrorHandler<FastifyError>((error, request, reply) => {
    request.log.error(error); // the library's errors contain no secret, code or token
    const status = error instanceof WeChatOAuthError ? 502 : (error.statusCode ?? 500);
    return reply.code(status).type("text/html").send(failurePage("failed"));
  });

  app.get("/", async (request, reply) =>
    reply.type("text/html").send(homePage(sessions.get(request.cookies[sessionCookie]))),
  );

  app.get("/login", async (request, reply) => {
    // One secret for all tabs of a browser. A state is valid only together with it.
    const known = request.cookies[browserCookie] ?? "";
    const browser = /^[0-9a-f]{32}$/.test(known) ? known : createState();
    // "wechat" or "wechat_devtools".
    const inWeChat = readUserAgent(request.headers["user-agent"]).client.startsWith("wechat");
    const state = createState();
    authorizationRequests.set(`${state}.${browser}`, { inWeChat });
    reply.setCookie(browserCookie, browser, { ...cookies, maxAge: authorizationSeconds });
    return reply.redirect(wechat.authorizeUrl(state, `${publicUrl}/login/callback`, inWeChat), 302);
  });

  app.get("/login/callback", async (request, reply) => {
    const browser = request.cookies[browserCookie];
    const callback = await readCallback(request.url, {
      claimState: (state) => authorizationRequests.get(`${state}.${browser}`),
    });
    const result = callback.kind === "mismatch" ? callback : await resultOf(callback);
    if (result.kind !== "signed_in") {
      return reply.code(failures[result.kind].status).type("text/html").send(failurePage(result.kind));
    }
    reply.setCookie(sessionCookie, result.session, { ...cookies, maxAge: sessionSeconds });
    return reply.redirect("/", 303);
  });

  /**
   * WeChat on Android may request a callback twice, and people go back and reload. `??=` claims the authorization
   * request in one step: the first callback request does the work, all get its result, and no code is exchanged twice.
   */
  function resultOf(
    callback: Grant<AuthorizationRequest> | Refusal<AuthorizationRequest>,
  ): Promise<CallbackResult> {
    const authorization = callback.claim;
    authorization.result ??=
      callback.kind === "grant" ? signIn(callback) : Promise.resolve({ kind: "refused" });
    return authorization.result;
  }

  async function signIn(grant: Grant<AuthorizationRequest>): Promise<CallbackResult> {
    try {
      const identity = await wechat.identify(grant);
      if (!identity) return { kind: "snapshot" };
      const session = randomBytes(32).toString("base64url");
      sessions.set(session, people.recognize(identity));
      return { kind: "signed_in", session };
    } catch (error) {
      app.log.error(error, "a sign-in failed");
      return { kind: "failed" };
    }
  }

  app.get("/follower", async (request, reply) => {
    const person = sessions.get(request.cookies[sessionCookie]);
    if (!person) return reply.redirect("/", 303);
    return { follows: (await wechat.isFollower(person.openids)) ?? "unknown" };
  });

  // The content type of a form without fields.
  app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_, __, done) =>
    done(null),
  );
  // SameSite=Lax prevents other sites from sending this form with our cookie.
  app.post("/logout", async (request, reply) => {
    sessions.delete(request.cookies[sessionCookie]);
    return reply.clearCookie(sessionCookie, cookies).redirect("/", 303);
  });

  return app;
}
