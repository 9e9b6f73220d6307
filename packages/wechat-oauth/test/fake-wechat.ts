import {
  asGlobalAccessToken,
  asWebAccessToken,
  type Exchange,
  type GlobalAccessToken,
  type Grant,
  readCallback,
  type WebAccessToken,
  type WebTokens,
  WeChatOAuthClient,
  type WeChatOAuthOptions,
} from "../src/index.js";
import { AccountOperations } from "../src/operations.js";

export const appId = "wx0123456789abcdef";
export const appSecret = "5ec2e75ec2e75ec2e75ec2e75ec2e75e";
export const code = "071AbCdEfGhIjKlMnOpQrStUvWxYz012";
/** A person's token. */
export const accessToken: WebAccessToken = asWebAccessToken(
  "61_AbCdEfGhIjKlMnOpQrStUvWxYz-0123456789_access",
);
/** The account's token. */
export const globalToken: GlobalAccessToken = asGlobalAccessToken(
  "61_GlObAlToKeNgLoBaLtOkEn-0123456789-GlObAl_global",
);
export const refreshToken = "61_ZyXwVuTsRqPoNmLkJiHgFeDcBa-9876543210_refresh";
export const openid = "oAbCdEfGhIjKlMnOpQrStUvWxYz0";
export const unionid = "oZyXwVuTsRqPoNmLkJiHgFeDcBa9";

/** The minimal answer of sns/oauth2/access_token. */
export const tokenAnswer: Record<string, unknown> = {
  access_token: accessToken,
  expires_in: 7200,
  refresh_token: refreshToken,
  openid,
  scope: "snsapi_userinfo",
};

/** An answer of sns/userinfo. */
export const userInfoAnswer: Record<string, unknown> = {
  openid,
  nickname: "小明🎉",
  sex: 0,
  province: "",
  city: "",
  country: "",
  headimgurl: "https://thirdwx.qlogo.cn/mmopen/vi_32/XXXX/132",
  privilege: [],
};

export interface SentRequest {
  url: string;
  method: string | undefined;
  body: string | undefined;
  contentType: string | undefined;
}

/** Text, bytes and a Response are sent as they are, an Error is thrown by fetch, anything else is sent as JSON. */
export type Reply = unknown;

/** A client whose WeChat gives these replies, one per request; the last one repeats. */
export function clientAnswering(
  replies: readonly Reply[],
  options: Partial<WeChatOAuthOptions> = {},
): { client: WeChatOAuthClient; requests: SentRequest[] } {
  const requests: SentRequest[] = [];
  const client = new WeChatOAuthClient({
    appId,
    appSecret,
    fetch: async (url, init) => {
      const reply = replies[Math.min(requests.length, replies.length - 1)];
      requests.push({
        url,
        method: init.method,
        body: init.body,
        contentType: init.headers?.["content-type"],
      });
      if (reply instanceof Error) throw reply;
      if (reply instanceof Response) return reply;
      const isRaw = typeof reply === "string" || reply instanceof Uint8Array;
      return new Response(isRaw ? (reply as BodyInit) : JSON.stringify(reply), {
        headers: { "content-type": "text/plain" },
      });
    },
    ...options,
  });
  return { client, requests };
}

export const operationsOf = (client: WeChatOAuthClient): AccountOperations => new AccountOperations(client);

/** The tokens of a person, not of a snapshot visit. */
export async function tokensOf(exchange: Promise<Exchange>): Promise<WebTokens> {
  const exchanged = await exchange;
  if (exchanged.isSnapshotUser) throw new Error("the exchange is of a snapshot visit");
  return exchanged;
}

/** Made with `readCallback`, which alone can make a grant. */
export async function grantFor(callbackCode: string = code): Promise<Grant<object>> {
  const callback = await readCallback(`/callback?code=${callbackCode}&state=abc`, { claimState: () => ({}) });
  if (callback.kind !== "grant") throw new Error(`the callback is a ${callback.kind}`);
  return callback;
}

/** The error that a call is rejected with. */
export async function failureOf(call: Promise<unknown>): Promise<Error> {
  const outcome = await call.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ("error" in outcome && outcome.error instanceof Error) return outcome.error;
  throw new Error("the call was expected to be rejected with an Error");
}
