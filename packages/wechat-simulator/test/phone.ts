import { type AppOptions, demoOfficialAccount, demoWebsite, type Simulator } from "../src/index.js";

/** A user agent of WeChat on an iPhone. */
export const WECHAT_UA =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 12_1_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/16D57 MicroMessenger/7.0.5(0x17000523) NetType/4G Language/zh_CN";

export const CALLBACK = "http://localhost:4000/callback";

/** Parameters in WeChat's order; a test can override one, or omit it by undefined. */
export interface Asked {
  appid?: string | undefined;
  redirect_uri?: string | undefined;
  response_type?: string | undefined;
  scope?: string | undefined;
  state?: string | undefined;
  [extra: string]: string | undefined;
}

function query(parameters: Asked): string {
  return Object.entries(parameters)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(value ?? "")}`)
    .join("&");
}

export function authorizeUrl(simulator: Simulator, asked: Asked = {}): string {
  const parameters = {
    appid: demoOfficialAccount.appId,
    redirect_uri: CALLBACK,
    response_type: "code",
    scope: "snsapi_userinfo",
    state: "abc123",
    ...asked,
  };
  return `${simulator.url}/connect/oauth2/authorize?${query(parameters)}`;
}

export function qrUrl(simulator: Simulator, asked: Asked = {}): string {
  const parameters = {
    appid: demoWebsite.appId,
    redirect_uri: CALLBACK,
    response_type: "code",
    scope: "snsapi_login",
    state: "abc123",
    ...asked,
  };
  return `${simulator.url}/connect/qrconnect?${query(parameters)}`;
}

/** Opens a page inside WeChat without following redirects. */
export function open(url: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { redirect: "manual", headers: { "user-agent": WECHAT_UA, ...headers } });
}

/** Opens it as this person, who decides at once. */
export function openAs(person: string, url: string, decision = "allow"): Promise<Response> {
  return open(url, { "x-simulator-person": person, "x-simulator-decision": decision });
}

/** Submits the form of a page of the simulator, with its own origin. */
export function tap(simulator: Simulator, url: string, fields: Record<string, string>): Promise<Response> {
  return fetch(url, {
    method: "POST",
    redirect: "manual",
    headers: { "user-agent": WECHAT_UA, origin: simulator.url },
    body: new URLSearchParams(fields),
  });
}

/** The code in the redirect. */
export function codeOf(response: Response): string {
  const code = new URL(response.headers.get("location") ?? "about:blank").searchParams.get("code");
  if (!code)
    throw new Error(`no code: HTTP ${response.status} ${response.headers.get("x-simulator-reason")}`);
  return code;
}

/** A new code for this person. */
export async function getCode(simulator: Simulator, person = "alice", asked: Asked = {}): Promise<string> {
  return codeOf(await openAs(person, authorizeUrl(simulator, asked)));
}

/** An endpoint's response; the body is parsed as JSON for any content type. */
export interface Said {
  status: number;
  contentType: string | null;
  body: Record<string, unknown>;
}

export async function call(simulator: Simulator, path: string, parameters: Asked): Promise<Said> {
  return said(await fetch(`${simulator.url}${path}?${query(parameters)}`));
}

/** POST with parameters in the query and the body as JSON; a string is sent as is. */
export async function post(
  simulator: Simulator,
  path: string,
  parameters: Asked,
  body: unknown,
): Promise<Said> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return said(await fetch(`${simulator.url}${path}?${query(parameters)}`, { method: "POST", body: text }));
}

/** A global token of this app, by the normal mode of stable_token. */
export async function getGlobalToken(
  simulator: Simulator,
  app: AppOptions = demoOfficialAccount,
): Promise<string> {
  const { appId: appid, appSecret: secret } = app;
  const asked = { grant_type: "client_credential", appid, secret };
  const { body } = await post(simulator, "/cgi-bin/stable_token", {}, asked);
  if (typeof body.access_token !== "string") throw new Error(`no global token: errcode ${body.errcode}`);
  return body.access_token;
}

/** Why the latest call was refused, from the request log. */
export function lastReason(simulator: Simulator): string | undefined {
  return simulator.requests().at(-1)?.reason?.en;
}

export async function said(response: Response): Promise<Said> {
  const body = JSON.parse(await response.text()) as Record<string, unknown>;
  return { status: response.status, contentType: response.headers.get("content-type"), body };
}

/** GET /sns/oauth2/access_token with valid parameters; a test can override one. */
export function exchange(simulator: Simulator, code: string, asked: Asked = {}): Promise<Said> {
  const { appId, appSecret } = demoOfficialAccount;
  return call(simulator, "/sns/oauth2/access_token", {
    appid: appId,
    secret: appSecret,
    code,
    grant_type: "authorization_code",
    ...asked,
  });
}

/** Signs this person in and exchanges the code. */
export async function getTokens(simulator: Simulator, person = "alice", asked: Asked = {}): Promise<Tokens> {
  const { body } = await exchange(simulator, await getCode(simulator, person, asked));
  return body as unknown as Tokens;
}

export interface Tokens {
  access_token: string;
  refresh_token: string;
  openid: string;
  scope: string;
  unionid?: string;
  is_snapshotuser?: number;
}
