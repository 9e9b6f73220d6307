import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { demoOfficialAccount, demoWebsite, type Simulator } from "../src/index.js";

/** A correct application with its own sign-in, which uses the simulator as WeChat. */
export interface TestApplication {
  url: string;
  /** The openids that have an account. */
  accounts: Set<string>;
  /** The user agents of all requests to the start address. */
  starts: string[];
  /** All callbacks. */
  callbacks: { code: string; state: string }[];
  /** The status of its error page. */
  problemStatus: number;
  /** The status of the page at which a sign-in ends. */
  homeStatus: number;
  /** Whether its pages have a title; otherwise they are plain text. */
  titles: boolean;
  /** How many callbacks first get a waiting page, which a browser reloads after a second. */
  moments: number;
  close(): Promise<void>;
}

type Outcome = { session: string } | { problem: string };

/**
 * A sign-in ends at `/`; an error has a page with a title at the callback's own path.
 *
 * @param openUrl the base URL of WeChat's pages
 */
export async function startApplication(
  simulator: Simulator,
  openUrl: string = simulator.url,
): Promise<TestApplication> {
  const accounts = new Set<string>();
  const starts: string[] = [];
  /** Results by state, for repeated callbacks. */
  const authorizations = new Map<string, { website: boolean; outcome?: Promise<Outcome> }>();

  async function exchange(code: string, website: boolean): Promise<Outcome> {
    const { appId: appid, appSecret: secret } = website ? demoWebsite : demoOfficialAccount;
    const query = new URLSearchParams({ appid, secret, code, grant_type: "authorization_code" });
    const answer = await fetch(`${simulator.url}/sns/oauth2/access_token?${query}`).catch(() => undefined);
    if (!answer) return { problem: "WeChat is silent" };
    const said = JSON.parse(await answer.text()) as Record<string, unknown>;
    if (typeof said.openid !== "string") return { problem: `WeChat says ${said.errcode}` };
    if (said.is_snapshotuser === 1) return { problem: "A visitor" };
    accounts.add(said.openid);
    return { session: randomBytes(8).toString("hex") };
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", app.url);
    const go = (location: string, cookie?: string) =>
      response.writeHead(302, { location, ...(cookie ? { "set-cookie": cookie } : {}) }).end();
    const show = (status: number, title: string) =>
      app.titles
        ? response.writeHead(status, { "content-type": "text/html" }).end(`<title>${title}</title>`)
        : response.writeHead(status).end(title);

    if (url.pathname === "/login/wechat") {
      const agent = request.headers["user-agent"] ?? "";
      const website = !agent.includes("MicroMessenger");
      starts.push(website ? "desktop" : "phone");
      const state = randomBytes(16).toString("hex");
      authorizations.set(state, { website });
      const { appId } = website ? demoWebsite : demoOfficialAccount;
      const page = website ? "qrconnect" : "oauth2/authorize";
      const back = encodeURIComponent(`${app.url}/back`);
      const scope = website ? "snsapi_login" : "snsapi_userinfo";
      const query = `appid=${appId}&redirect_uri=${back}&response_type=code&scope=${scope}&state=${state}`;
      go(`${openUrl}/connect/${page}?${query}#wechat_redirect`, `state=${state}; Path=/`);
    } else if (url.pathname === "/back" && app.moments > 0) {
      app.moments -= 1;
      response.setHeader("refresh", "1");
      show(200, "One moment");
    } else if (url.pathname === "/back") {
      const state = url.searchParams.get("state") ?? "";
      const code = url.searchParams.get("code") ?? "";
      app.callbacks.push({ code, state });
      const authorization = authorizations.get(state);
      if (!authorization || !request.headers.cookie?.includes(`state=${state}`))
        return void show(400, "Not yours");
      authorization.outcome ??= exchange(code, authorization.website);
      const outcome = await authorization.outcome;
      if ("session" in outcome) go("/", `session=${outcome.session}; Path=/`);
      else show(app.problemStatus, outcome.problem);
    } else if (url.pathname === "/")
      show(request.headers.cookie?.includes("session=") ? app.homeStatus : 403, "Home");
    else show(404, "Nothing here");
  }

  const server = createServer((request, response) => void handle(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  simulator.settings({ callbackHosts: [host] });
  const app: TestApplication = {
    url: `http://${host}`,
    accounts,
    starts,
    callbacks: [],
    problemStatus: 410,
    homeStatus: 200,
    titles: true,
    moments: 0,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return app;
}
