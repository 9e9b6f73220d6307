import type { FastifyInstance } from "fastify";
import type { ApiEndpoint } from "../protocol/endpoints.js";
import type { ApiAnswer } from "../routes/api-answer.js";
import { type Parameters, queryParameters } from "../routes/api-request.js";
import { registerApiRoute } from "../routes/api-route.js";
import type { World } from "../stores/store.js";
import { exchangeCode } from "./exchange.js";
import { exchangeJsCode } from "./js-code.js";
import { checkToken, getUserInfo } from "./profile.js";
import { refreshTokens } from "./refresh.js";

/** Every call about one person. All of them are GETs. */
const RULES = {
  access_token: exchangeCode,
  refresh_token: refreshTokens,
  userinfo: getUserInfo,
  auth: checkToken,
  jscode2session: exchangeJsCode,
} as const satisfies Partial<Record<ApiEndpoint, (world: World, parameters: Parameters) => ApiAnswer>>;

export function registerSns(app: FastifyInstance, world: World): void {
  for (const endpoint of Object.keys(RULES) as (keyof typeof RULES)[]) {
    registerApiRoute(app, world, {
      endpoint,
      family: "sns",
      method: "GET",
      carried(request) {
        const { secret, code, js_code } = queryParameters(request);
        return { secret, code: code ?? js_code };
      },
      appIdOf: () => undefined, // nobody can look up a rid of /sns
      answer: (request) => RULES[endpoint](world, queryParameters(request)),
    });
  }
}
