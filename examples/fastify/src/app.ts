import { randomBytes } from "node:crypto";
import cookie from "@fastify/cookie";
import fastify, { type FastifyError, type FastifyInstance } from "fastify";
import {
  createState,
  type Grant,
  type Refusal,
  readCallback,
  readUserAgent,
  WeChatOAuthError,
} from "wechat-oauth";
import { ExpiringMap } from "./expiring-map.js";
import { failurePage, failures, homePage } from "./pages.js";
import { People, type Person } from "./people.js";
import { connectWeChat, type WeChatSettings } from "./wechat.js";

type Ending = { kind: "signed_in"; session: string } | { kind: keyof typeof failures };

/** One way to WeChat and back. Every delivery of its callback ends where the first one did. */
interface Trip {
  readonly inWeChat: boolean;
  ending?: Promise<Ending>;
}

const tripSeconds = 600;
const sessionSeconds = 7 * 86_400;

export interface AppOptions extends WeChatSettings {
  /** The origin that browsers see; its host is the one that WeChat's consoles know. */
  publicUrl: string;
  now?: () => number;
  /** Where log lines go; nowhere unless told. */
  log?: { write(line: string): void };
}

export function buildApp({ publicUrl, now = Date.now, log, ...settings }: AppOptions) {
  // A callback's URL holds a code: requests are logged without their query.
  const req = ({ method, url }: { method: string; url: string }) => ({ method, path: url.split("?", 1)[0] });
  const app: FastifyInstance = fastify({ logger: log ? { stream: log, serializers: { req } } : false });
  const wechat = connectWeChat({ ...settings, onCall: (call) => app.log.info(call, "called WeChat") });
  const trips = new ExpiringMap<Trip>(tripSeconds * 1000, now);
  const sessions = new ExpiringMap<Person>(sessionSeconds * 1000, now);
  const people = new People();

  // Lax, because people come back from another site. Browsers want https for Secure and for the prefix.
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
    request.log.error(error); // the library's errors hold no secret, code or token
    const status = error instanceof WeChatOAuthError ? 502 : (error.statusCode ?? 500);
    return reply.code(status).type("text/html").send(failurePage("failed"));
  });

  app.get("/", async (request, reply) =>
    reply.type("text/html").send(homePage(sessions.get(request.cookies[sessionCookie]))),
  );

  app.get("/login", async (request, reply) => {
    // One secret for all tabs of a browser. A state is good beside it, and in no other browser.
    const known = request.cookies[browserCookie] ?? "";
    const browser = /^[0-9a-f]{32}$/.test(known) ? known : createState();
    // WeChat, and its developer tools.
    const inWeChat = readUserAgent(request.headers["user-agent"]).client.startsWith("wechat");
    const state = createState();
    trips.set(`${state}.${browser}`, { inWeChat });
    reply.setCookie(browserCookie, browser, { ...cookies, maxAge: tripSeconds });
    return reply.redirect(wechat.authorizeUrl(state, `${publicUrl}/login/callback`, inWeChat), 302);
  });

  app.get("/login/callback", async (request, reply) => {
    const browser = request.cookies[browserCookie];
    const callback = await readCallback(request.url, {
      claimState: (state) => trips.get(`${state}.${browser}`),
    });
    const ending = callback.kind === "mismatch" ? callback : await endOf(callback);
    if (ending.kind !== "signed_in") {
      return reply.code(failures[ending.kind].status).type("text/html").send(failurePage(ending.kind));
    }
    reply.setCookie(sessionCookie, ending.session, { ...cookies, maxAge: sessionSeconds });
    return reply.redirect("/", 303);
  });

  /**
   * Android delivers a callback twice, people go back and refresh. `??=` spends the trip in one step: the first
   * delivery does the work, all get its end, and no code is exchanged twice.
   */
  function endOf(callback: Grant<Trip> | Refusal<Trip>): Promise<Ending> {
    const trip = callback.claim;
    trip.ending ??= callback.kind === "grant" ? signIn(callback) : Promise.resolve({ kind: "refused" });
    return trip.ending;
  }

  async function signIn(grant: Grant<Trip>): Promise<Ending> {
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

  // What a browser sends a form without fields as.
  app.addContentTypeParser("application/x-www-form-urlencoded", { parseAs: "string" }, (_, __, done) =>
    done(null),
  );
  // SameSite=Lax: no other site can send this form with our cookie.
  app.post("/logout", async (request, reply) => {
    sessions.delete(request.cookies[sessionCookie]);
    return reply.clearCookie(sessionCookie, cookies).redirect("/", 303);
  });

  return app;
}
