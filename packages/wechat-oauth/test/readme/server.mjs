import { createServer } from "node:http";
import { createState, readCallback, WeChatOAuthClient, websiteAuthorizeUrl } from "@wechat-login/oauth";

const { PORT = "4000", SIMULATOR_URL = "http://127.0.0.1:4010" } = process.env;
const wechat = new WeChatOAuthClient({
  appId: "wx51a0b1c2d3e4f502", // the simulator's website app
  appSecret: "5d0c1a7e0000000000000000000000b2", // a real secret stays on the server, outside the code
  apiUrl: SIMULATOR_URL,
});
// With more than one server, keep both in a shared store with expiry.
const pending = new Map(); // authorization requests, by state
const sessions = new Map(); // signed-in people, by the secret in their cookie

async function handle(request) {
  const url = new URL(request.url);

  if (url.pathname === "/login") {
    const state = createState();
    const browser = createState(); // a secret of this browser, to which the state is bound
    pending.set(state, { browser, expiresAt: Date.now() + 600_000 });
    const redirectUri = `http://localhost:${PORT}/login/callback`;
    // 302, not 301: a browser would cache a 301 and its state forever.
    const page = websiteAuthorizeUrl({ appId: wechat.appId, redirectUri, state, openUrl: SIMULATOR_URL });
    return redirect(302, page, `login=${browser}; Max-Age=600`);
  }

  if (url.pathname === "/login/callback") {
    const browser = readCookie(request, "login");
    const callback = await readCallback(url, {
      // Spends the state in one step. undefined: it is unknown, used, expired or another browser's.
      claimState(state) {
        const entry = pending.get(state);
        if (!entry || entry.browser !== browser || entry.expiresAt < Date.now()) return undefined;
        pending.delete(state);
        return entry;
      },
    });
    if (callback.kind === "mismatch") return text(400, "Please sign in again: /login");
    if (callback.kind === "refusal") return text(200, "You did not sign in. Try again? /login");
    const tokens = await wechat.exchangeCode(callback);
    if (tokens.isSnapshotUser) return text(403, "Please tap 使用完整服务, then sign in."); // a virtual identity
    const { openid, nickname = "" } = await wechat.getUserInfo(tokens);
    const session = createState();
    sessions.set(session, { openid, nickname });
    return redirect(303, "/", `session=${session}`); // away from the callback: a reload must not repeat it
  }

  if (url.pathname === "/") {
    const person = sessions.get(readCookie(request, "session"));
    if (!person) return text(200, "You are not signed in. Start at /login");
    return text(200, `Hello ${person.nickname}, your openid is ${person.openid}`);
  }

  return text(404, "Not found. Start at /login");
}

const text = (status, body) => new Response(`${body}\n`, { status });

function redirect(status, location, cookie) {
  // On https, name it __Host-… and add Secure. Lax, because people come back from another site.
  const setCookie = `${cookie}; Path=/; HttpOnly; SameSite=Lax`;
  return new Response(null, { status, headers: { location, "set-cookie": setCookie } });
}

const readCookie = (request, name) =>
  new RegExp(`(?:^|; )${name}=([0-9a-f]{32})`).exec(request.headers.get("cookie") ?? "")?.[1];

// The rest is not about WeChat: a Node server for a function from Request to Response.
createServer(async ({ url, headers }, answer) => {
  try {
    const response = await handle(new Request(`http://localhost:${PORT}${url}`, { headers }));
    response.headers.set("cache-control", "no-store"); // callback URLs contain codes, and pages are personal
    answer.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text());
  } catch (error) {
    console.error(error); // the library's errors contain no secret, code or token
    answer.writeHead(502).end("The sign-in failed. Please try again: /login\n");
  }
}).listen(Number(PORT), "127.0.0.1", () => console.log(`Open http://localhost:${PORT}/login`));
