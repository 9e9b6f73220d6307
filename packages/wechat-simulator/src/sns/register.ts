import type { FastifyInstance } from "fastify";
import { pictureUrl } from "../pages/pictures.js";
import type { ApiEndpoint } from "../protocol/endpoints.js";
import type { ApiAnswer } from "../routes/api-answer.js";
import { formParameters, type Parameters } from "../routes/api-request.js";
import { registerApiRoute } from "../routes/api-route.js";
import type { Store } from "../stores/store.js";
import { exchangeCode } from "./exchange.js";
import { exchangeJsCode } from "./js-code.js";
import { checkToken, getUserInfo } from "./profile.js";
import { refreshTokens } from "./refresh.js";

/** Every call about one person. WeChat documents them as GET and answers a POST with a form alike. */
const HANDLERS = {
  access_token: exchangeCode,
  refresh_token: refreshTokens,
  userinfo: getUserInfo,
  auth: checkToken,
  jscode2session: exchangeJsCode,
} as const satisfies Partial<Record<ApiEndpoint, Handler>>;

type Handler = (
  store: Store,
  parameters: Parameters,
  toPictureUrl: (headimgurl: string) => string,
) => ApiAnswer;

export function registerSns(app: FastifyInstance, store: Store): void {
  for (const endpoint of Object.keys(HANDLERS) as (keyof typeof HANDLERS)[]) {
    registerApiRoute(app, store, {
      endpoint,
      family: "sns",
      method: "either",
      echoedValues(request) {
        const { secret, code, js_code } = formParameters(request);
        return { secret, code: code ?? js_code };
      },
      appIdOf: () => undefined, // rids of /sns cannot be looked up
      answer: (request) =>
        HANDLERS[endpoint](store, formParameters(request), (headimgurl) => pictureUrl(request, headimgurl)),
    });
  }
}
