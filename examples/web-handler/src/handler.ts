import { createState, type Grant, readCallback, readUserAgent } from "@wechat-login/oauth";
import { cookiesFor } from "./cookies.ts";
import { json, type PageName, page, redirect } from "./responses.ts";
import type { AuthorizationRequest, CallbackResult, Stores } from "./stores.ts";
import { connectWeChat, type WeChatSettings } from "./wechat.ts";

export interface LoginOptions extends WeChatSettings, Stores {
  /** The origin that browsers use; its host must be set in WeChat's consoles. */
  publicUrl: string;
  /** Where a person goes after the sign-in. Default `/`. */
  homePath?: string;
  /** Receives the error of a failed sign-in. The library's errors contain no secret, code or token. */
  onError?: (error: unknown) => void;
}

export type LoginHandler = (request: Request) => Promise<Response>;

const authorizationSeconds = 600;
const sessionSeconds = 7 * 86_400;

/** `GET /login`, `GET /login/callback`, `GET /login/me` → `{ personId }` or null, `POST /login/sign-out`. */
export function createLoginHandler(options: LoginOptions): LoginHandler {
  const { publicUrl, authorizationRequests, sessions, people, homePath = "/", onError } = options;
  const wechat = connectWeChat(options);
  const cookies = cookiesFor(publicUrl);

  async function start(request: Request): Promise<Response> {
    // One secret for all tabs of a browser. A state is valid only together with it.
    const known = cookies.read(request, "browser");
    const browser = /^[0-9a-f]{32}$/.test(known) ? known : createState();
    const state = createState();
    const { client } = readUserAgent(request.headers.get("user-agent") ?? "");
    const authorization = { inWeChat: client.startsWith("wechat") }; // "wechat" or "wechat_devtools"
    const key = await requestKey(`${state}.${browser}`);
    await authorizationRequests.create(key, authorization, authorizationSeconds);
    const location = wechat.authorizeUrl(state, `${publicUrl}/login/callback`, authorization);
    return redirect(302, location, cookies.write("browser", browser, authorizationSeconds));
  }

  async function callback(request: Request): Promise<Response> {
    const { searchParams } = new URL(request.url);
    const secret = `${searchParams.get("state")}.${cookies.read(request, "browser")}`;
    const key = await requestKey(secret);
    const read = await readCallback(searchParams, { claimState: () => authorizationRequests.claim(key) });
    if (read.kind === "mismatch") {
      // WeChat on Android may request a callback twice, and people go back and reload: all get the first result.
      return answer((await authorizationRequests.findResult(key)) ?? "mismatch", secret);
    }
    const result = read.kind === "refusal" ? "refused" : await signIn(read, secret);
    await authorizationRequests.finish(key, result);
    return answer(result, secret);
  }

  async function signIn(grant: Grant<AuthorizationRequest>, secret: string): Promise<CallbackResult> {
    try {
      const identity = await wechat.identify(grant);
      if (!identity) return "snapshot";
      const personId = await people.recognize(identity);
      await sessions.create(await sha256(await sessionSecret(secret)), personId, sessionSeconds);
      return "signed_in";
    } catch (error) {
      onError?.(error);
      return "failed";
    }
  }

  async function answer(result: "signed_in" | PageName, secret: string): Promise<Response> {
    if (result !== "signed_in") return page(result);
    return redirect(303, homePath, cookies.write("session", await sessionSecret(secret), sessionSeconds));
  }

  async function me(request: Request): Promise<Response> {
    const personId = await sessions.find(await sha256(cookies.read(request, "session")));
    return json(personId === undefined ? null : { personId });
  }

  // SameSite=Lax prevents other sites from sending this request with our cookie.
  async function signOut(request: Request): Promise<Response> {
    await sessions.delete(await sha256(cookies.read(request, "session")));
    return redirect(303, homePath, cookies.write("session", "", 0));
  }

  const routes = new Map([
    ["GET /login", start],
    ["GET /login/callback", callback],
    ["GET /login/me", me],
    ["POST /login/sign-out", signOut],
  ]);
  return async (request) => {
    const route = routes.get(`${request.method} ${new URL(request.url).pathname}`);
    return route ? route(request) : new Response("Not found\n", { status: 404 });
  };
}

/** @param secret the state and the browser's secret: a state alone, which appears in URLs, is not enough */
function requestKey(secret: string): Promise<string> {
  return sha256(`authorization.${secret}`);
}

/** Derived from the state and the browser's secret, so that a repeated callback sets the same cookie without storage. */
function sessionSecret(secret: string): Promise<string> {
  return sha256(`session.${secret}`);
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
