import {
  asGlobalAccessToken,
  asWebAccessToken,
  type GlobalAccessToken,
  type Grant,
  readCallback,
  type WebAccessToken,
  WeChatOAuthClient,
  type WeChatOAuthOptions,
} from "../src/index.js";

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

/** What sns/oauth2/access_token answers at its plainest. */
export const tokenAnswer: Record<string, unknown> = {
  access_token: accessToken,
  expires_in: 7200,
  refresh_token: refreshToken,
  openid,
  scope: "snsapi_userinfo",
};

/** What sns/userinfo answers. */
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

/** Text and bytes go out as they are, everything else as JSON; an Error is thrown by fetch; a Response is itself. */
export type Reply = unknown;

/** A client whose WeChat gives these replies, one per request, the last one for ever. */
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

/** The one way to a grant is through a callback. */
export async function grantFor(callbackCode: string = code): Promise<Grant<object>> {
  const callback = await readCallback(`/callback?code=${callbackCode}&state=abc`, { claimState: () => ({}) });
  if (callback.kind !== "grant") throw new Error(`the callback is a ${callback.kind}`);
  return callback;
}

/** What a call was rejected with. */
export async function failureOf(call: Promise<unknown>): Promise<Error> {
  const outcome = await call.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ("error" in outcome && outcome.error instanceof Error) return outcome.error;
  throw new Error("the call was expected to be rejected with an Error");
}
