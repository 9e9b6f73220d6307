import { signJsSdk } from "@wechat-login/oauth";
import { explainErrcode } from "@wechat-login/oauth/errcodes";
import { TokenUnavailableError } from "@wechat-login/oauth/keeper";
import { z } from "zod";
import type { AppTokenKind } from "../../../db/schema.js";
import type { WeChatApp } from "../../apps.js";
import { DatabaseError, type Deps } from "../../deps.js";
import { appTokenKey } from "../../tokens/app-token-store.js";
import { replaceToken } from "../../tokens/app-tokens.js";
import { countHandOut } from "../hand-outs.js";
import { HostError, orRefusal } from "../host-error.js";
import { defineOperation } from "../operation.js";

const appKey = z.string().max(64).meta({ description: "The app's key in WECHAT_APPS", example: "oa" });
const generation = z.int().min(0).meta({ description: "Counts the tokens of this app, from 1" });

export const getAppToken = defineOperation({
  name: "apps.token",
  method: "GET",
  path: "/apps/{key}/token",
  scope: "tokens",
  summary: "The global access token of an Official Account, shared by everyone who uses the account",
  input: z.object({ key: appKey }),
  output: z.object({
    token: z.string(),
    expiresInSeconds: z
      .int()
      .meta({ description: "Do not keep it longer, and ask again for each use if you can" }),
    generation,
  }),
  run: async ({ deps, caller }, { key }) => {
    const { appId } = officialAccount(deps, key);
    const ask = () => deps.appToken(appId).get();
    const token = await orRefusal(
      askedFor({ deps, caller, appId }, "access_token", "host", ask),
      tokenRefusal(deps),
    );
    await countHandOut(deps, { appId, kind: "access_token", clientId: caller.client.id });
    const leftMs = token.expiresAtMs - deps.now().getTime();
    return {
      token: token.value,
      expiresInSeconds: Math.max(0, Math.floor(leftMs / 1000)),
      generation: token.generation,
    };
  },
});

export const reportAppTokenInvalid = defineOperation({
  name: "apps.reportTokenInvalid",
  method: "POST",
  path: "/apps/{key}/token/invalid",
  scope: "tokens",
  summary:
    "Says that WeChat refused a token (40001, 40014 or 42001): it is replaced unless that has happened already",
  input: z.object({ key: appKey, generation }),
  output: z.object({ generation }),
  run: async ({ deps, caller }, { key, generation: reported }) => {
    const { appId } = officialAccount(deps, key);
    const ask = () => replaceToken(deps.appToken(appId), reported);
    const next = await orRefusal(
      askedFor({ deps, caller, appId }, "access_token", "refused", ask),
      tokenRefusal(deps),
    );
    return { generation: next.generation };
  },
});

export const signPageForJsSdk = defineOperation({
  name: "apps.signJsSdk",
  method: "POST",
  path: "/apps/{key}/js-sdk-signature",
  scope: "jssdk",
  summary: "What wx.config needs on one page of this host",
  isReadOnly: true,
  input: z.object({
    key: appKey,
    url: z.string().max(2048).meta({
      description: "The page's whole URL, as in the address bar, at an origin of this host application",
      example: "https://shop.example/orders?page=2",
    }),
  }),
  output: z.object({
    appId: z.string(),
    timestamp: z.int().meta({ description: "Unix seconds" }),
    nonceStr: z.string(),
    signature: z.string().meta({ description: "SHA-1 in lower-case hex" }),
  }),
  run: async ({ deps, caller }, { key, url }) => {
    const { appId } = officialAccount(deps, key);
    const page = pageAt(url, caller.client.origins);
    const ask = () => deps.jsapiTicket(appId).get();
    const asked = askedFor({ deps, caller, appId }, "jsapi_ticket", "host", ask);
    const { value: ticket } = await orRefusal(asked, tokenRefusal(deps));
    const timestamp = Math.floor(deps.now().getTime() / 1000);
    const signed = await signJsSdk({ ticket, url: page, timestamp });
    await countHandOut(deps, { appId, kind: "js_sdk_signature", clientId: caller.client.id });
    return { appId, ...signed };
  },
});

/** Asks a keeper in the name of the host application, for the history of fetches. */
const askedFor = <Kept>(
  { deps, caller, appId }: { deps: Deps; caller: { client: { id: string } }; appId: string },
  kind: AppTokenKind,
  as: "host" | "refused",
  ask: () => Promise<Kept>,
): Promise<Kept> => deps.tokenRequesters.during(appTokenKey(appId, kind), `${as}:${caller.client.id}`, ask);

function officialAccount(deps: Deps, key: string): WeChatApp {
  const app = deps.apps.byKey(key);
  if (app?.kind === "official_account") return app;
  const keys = deps.apps.all.filter(({ kind }) => kind === "official_account").map((one) => one.key);
  throw new HostError(
    "not_found",
    `No Official Account has this key. There are: ${keys.join(", ") || "none"}.`,
  );
}

/** A signature lets a page act in the account's name, so a host gets one for its own pages only. */
function pageAt(url: string, origins: readonly string[]): string {
  const page = URL.canParse(url) ? new URL(url) : undefined;
  // The origin of blob:https://shop.example/… is https://shop.example, too.
  if (
    !page ||
    !/^https?:$/.test(page.protocol) ||
    page.username ||
    page.password ||
    !origins.includes(page.origin)
  ) {
    throw new HostError(
      "input_invalid",
      `url: it must be the address of a page at an origin of this host application (${origins.join(", ")}).`,
    );
  }
  return page.href;
}

/** Why a keeper gives nothing, in words for a host. */
const tokenRefusal =
  ({ now }: Deps) =>
  (error: unknown): unknown => {
    if (!(error instanceof TokenUnavailableError)) return error;
    const { reason: errcode, retryAtMs } = error;
    if (errcode === "STORE") return new DatabaseError("unavailable", { cause: error });
    const step = explainErrcode(errcode, "cgi-bin/")?.steps.en[0] ?? "Look at the token page of the console.";
    const waitMs = (retryAtMs ?? 0) - now().getTime();
    return new HostError("token_unavailable", `WeChat gave no token (${errcode}). ${step}`, {
      cause: error,
      errcode,
      retryAfterSeconds: waitMs > 0 ? Math.ceil(waitMs / 1000) : undefined,
    });
  };
