import { createState, type Grant, readCallback, readUserAgent } from "wechat-oauth";
import { cookiesFor } from "./cookies.js";
import { json, type PageName, page, redirect } from "./responses.js";
import type { Ending, Stores, Trip } from "./stores.js";
import { connectWeChat, type WeChatSettings } from "./wechat.js";

export interface LoginOptions extends WeChatSettings, Stores {
  /** The origin that browsers see; its host is the one that WeChat's consoles know. */
  publicUrl: string;
  /** Where a person goes once signed in. `/` unless told. */
  homePath?: string;
  /** Told why a sign-in failed. The library's errors hold no secret, code or token. */
  onError?: (error: unknown) => void;
}

export type LoginHandler = (request: Request) => Promise<Response>;

const tripSeconds = 600;
const sessionSeconds = 7 * 86_400;

/** `GET /login`, `GET /login/callback`, `GET /login/me` → `{ personId }` or null, `POST /login/sign-out`. */
export function createLoginHandler(options: LoginOptions): LoginHandler {
  const { publicUrl, trips, sessions, people, homePath = "/", onError } = options;
  const wechat = connectWeChat(options);
  const cookies = cookiesFor(publicUrl);

  async function start(request: Request): Promise<Response> {
    // One secret for all tabs of a browser. A state is good beside it, and in no other browser.
    const known = cookies.read(request, "browser");
    const browser = /^[0-9a-f]{32}$/.test(known) ? known : createState();
    const state = createState();
    const { client } = readUserAgent(request.headers.get("user-agent") ?? "");
    const trip = { inWeChat: client.startsWith("wechat") }; // and its developer tools
    await trips.begin(await tripKey(`${state}.${browser}`), trip, tripSeconds);
    const location = wechat.authorizeUrl(state, `${publicUrl}/login/callback`, trip);
    return redirect(302, location, cookies.write("browser", browser, tripSeconds));
  }

  async function callback(request: Request): Promise<Response> {
    const { searchParams } = new URL(request.url);
    const secret = `${searchParams.get("state")}.${cookies.read(request, "browser")}`;
    const key = await tripKey(secret);
    const read = await readCallback(searchParams, { claimState: () => trips.claim(key) });
    if (read.kind === "mismatch") {
      // Android delivers twice, people go back and refresh: all end where the first delivery did.
      return answer((await trips.findEnding(key)) ?? "mismatch", secret);
    }
    const ending = read.kind === "refusal" ? "refused" : await signIn(read, secret);
    await trips.end(key, ending);
    return answer(ending, secret);
  }

  async function signIn(grant: Grant<Trip>, secret: string): Promise<Ending> {
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

  async function answer(end: "signed_in" | PageName, secret: string): Promise<Response> {
    if (end !== "signed_in") return page(end);
    return redirect(303, homePath, cookies.write("session", await sessionSecret(secret), sessionSeconds));
  }

  async function me(request: Request): Promise<Response> {
    const personId = await sessions.find(await sha256(cookies.read(request, "session")));
    return json(personId === undefined ? null : { personId });
  }

  // SameSite=Lax: no other site can send this with our cookie.
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

/** @param secret the state and the browser's secret: a state alone, which stands in URLs, finds nothing */
function tripKey(secret: string): Promise<string> {
  return sha256(`trip.${secret}`);
}

/** Follows from what the browser has: a second delivery sets the very same cookie, although nobody stored it. */
function sessionSecret(secret: string): Promise<string> {
  return sha256(`session.${secret}`);
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
