import type { FastifyInstance, FastifyRequest } from "fastify";
import type { SimulatedApp } from "../apps.js";
import { API_PATHS } from "../endpoints.js";
import { TOKEN_QUOTA_ERRMSG } from "../errcodes.js";
import type { GlobalTokenAnswer } from "../global-tokens.js";
import type { World } from "../world.js";
import { type ApiAnswer, CONTENT_TYPE_OF, refuse, writeAnswer } from "./api-answer.js";
import { apiRoute, type Parameters, queryParameters } from "./api-route.js";

/** The calls about the account itself: its two token endpoints, and one plain call that needs such a token. */
export function registerCgiBin(app: FastifyInstance, world: World): void {
  const token = { endpoint: "token", family: "cgi-bin", carried: queryParameters } as const;
  app.get(API_PATHS.token, apiRoute(world, { ...token, answer: (request) => fetchToken(world, request) }));
  app.post(
    API_PATHS.token,
    apiRoute(world, { ...token, answer: () => refuse(43001, "this call is a GET", "此接口须用 GET") }),
  );

  const stable = { endpoint: "stable_token", family: "cgi-bin", carried: carriedInBody } as const;
  app.post(
    API_PATHS.stable_token,
    apiRoute(world, { ...stable, answer: (request) => fetchStable(world, request) }),
  );
  app.get(
    API_PATHS.stable_token,
    apiRoute(world, { ...stable, answer: () => refuse(43002, "this call is a POST", "此接口须用 POST") }),
  );

  app.get(
    API_PATHS.get_api_domain_ip,
    apiRoute(world, {
      endpoint: "get_api_domain_ip",
      family: "cgi-bin",
      carried: queryParameters,
      answer: (request) => listApiAddresses(world, queryParameters(request)),
    }),
  );

  // A path that is not there answers as JSON, too.
  app.all("/cgi-bin/*", (_request, reply) => {
    const body = writeAnswer({ errcode: 40066 }, "cgi-bin", world.clock.nowSeconds());
    return reply.header("content-type", CONTENT_TYPE_OF["cgi-bin"]).send(Buffer.from(body));
  });
}

interface Credentials {
  appid?: unknown;
  secret?: unknown;
  grant_type?: unknown;
}

/** GET /cgi-bin/token?grant_type=client_credential&appid&secret → { access_token, expires_in } */
function fetchToken(world: World, request: FastifyRequest): ApiAnswer {
  const app = checkCredentials(world, queryParameters(request));
  if (!("appSecret" in app)) return app;
  return tell(world.globalTokens.fetchClassic(app), TOKEN_QUOTA_ERRMSG);
}

/** POST /cgi-bin/stable_token { grant_type, appid, secret, force_refresh? } → { access_token, expires_in: what is left } */
function fetchStable(world: World, request: FastifyRequest): ApiAnswer {
  const text = typeof request.body === "string" ? request.body : "";
  if (text === "") return refuse(44002, "the body is empty", "请求体为空");
  const body = parseObject(text);
  if (!body) return refuse(47001, "the body is not a JSON object", "请求体不是 JSON 对象");
  const app = checkCredentials(world, body);
  if (!("appSecret" in app)) return app;
  return tell(
    body.force_refresh === true ? world.globalTokens.forceStable(app) : world.globalTokens.fetchStable(app),
  );
}

/** GET /cgi-bin/get_api_domain_ip?access_token → { ip_list }: the cheapest way to learn whether a global token works */
function listApiAddresses(world: World, { access_token }: Parameters): ApiAnswer {
  if (!access_token) return refuse(41001, "access_token is missing", "缺少 access_token");
  if (world.globalTokens.findAppId(access_token) === undefined) {
    return refuse(40001, "no account's token is this one, or no longer", "没有这个全局令牌，或它已失效");
  }
  return { fields: { ip_list: ["203.0.113.10", "198.51.100.0/24"] } }; // ranges set aside for documentation
}

function checkCredentials(
  world: World,
  { appid, secret, grant_type }: Credentials,
): SimulatedApp | ApiAnswer {
  if (!appid) return refuse(41002, "appid is missing", "缺少 appid");
  if (!secret) return refuse(41004, "secret is missing", "缺少 secret");
  if (grant_type !== "client_credential") {
    return refuse(40002, "grant_type must be client_credential", "grant_type 须为 client_credential");
  }
  const app = typeof appid === "string" ? world.apps.find(appid) : undefined;
  if (!app) return refuse(40013, "no app has this appid", "没有这个 appid 的应用");
  if (secret !== app.appSecret) return refuse(40125, "the secret is not this app's", "secret 与该应用不符");
  return app;
}

function tell(answer: GlobalTokenAnswer, quotaErrmsg?: string): ApiAnswer {
  if (answer.kind === "quota") {
    return refuse(45009, "today's calls are used up", "今日调用次数已用完", quotaErrmsg);
  }
  return { fields: { access_token: answer.accessToken, expires_in: answer.expiresInSeconds } };
}

function carriedInBody(request: FastifyRequest): { secret?: string } {
  const secret = typeof request.body === "string" ? parseObject(request.body)?.secret : undefined;
  return typeof secret === "string" ? { secret } : {};
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined; // what is wrong with it does not matter: WeChat answers 47001 to all of it
  }
}
