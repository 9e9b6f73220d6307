import type { Answer } from "../answer.js";
import type { Call } from "../caller.js";
import { asGlobalAccessToken, type GlobalAccessToken } from "../token-families.js";

/** The global token of a whole account, for `/cgi-bin/*`; not to be confused with a person's. */
export interface GlobalToken {
  accessToken: GlobalAccessToken;
  /** At most 7200, and less for a token that WeChat issued earlier. Never assume a constant. */
  expiresInSeconds: number;
}

/** Signs pages for the JS-SDK. One for the whole account, to be shared like the global token. */
export interface JsapiTicket {
  ticket: string;
  /** Usually 7200. */
  expiresInSeconds: number;
}

export function getStableAccessToken(
  appId: string,
  appSecret: string,
  forceRefresh: boolean,
): Call<GlobalToken> {
  return {
    endpoint: "cgi-bin/stable_token",
    // WeChat reads a JSON body only, not a form or a query.
    body: {
      grant_type: "client_credential",
      appid: appId,
      secret: appSecret,
      force_refresh: forceRefresh,
    },
    sent: [appSecret],
    read: toGlobalToken,
    isRepeatable: !forceRefresh,
  };
}

export function getAccessToken(appId: string, appSecret: string): Call<GlobalToken> {
  return {
    endpoint: "cgi-bin/token",
    query: { grant_type: "client_credential", appid: appId, secret: appSecret },
    sent: [appSecret],
    read: toGlobalToken,
  };
}

export function getJsapiTicket(accessToken: GlobalAccessToken): Call<JsapiTicket> {
  return {
    endpoint: "cgi-bin/ticket/getticket",
    query: { access_token: accessToken, type: "jsapi" },
    sent: [accessToken],
    read: (answer) => ({
      ticket: answer.text("ticket"),
      expiresInSeconds: answer.lifetimeSeconds("expires_in"),
    }),
    isRepeatable: true,
  };
}

/** { access_token, expires_in: 7200 } */
function toGlobalToken(answer: Answer): GlobalToken {
  return {
    accessToken: asGlobalAccessToken(answer.text("access_token")),
    expiresInSeconds: answer.lifetimeSeconds("expires_in"),
  };
}
