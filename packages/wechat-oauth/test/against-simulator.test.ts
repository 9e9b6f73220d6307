import { inspect } from "node:util";
import { type Simulator, startSimulator } from "@wechat-login/simulator";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { errcodes } from "../src/errcodes.js";
import {
  asWebAccessToken,
  type Callback,
  createState,
  type Grant,
  officialAccountAuthorizeUrl,
  readCallback,
  type WeChatApiError,
  WeChatOAuthClient,
  websiteAuthorizeUrl,
} from "../src/index.js";
import { failureOf, tokensOf } from "./fake-wechat.js";

const inWeChat =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 12_1_4 like Mac OS X) Mobile/16D57 MicroMessenger/7.0.5(0x17000523) NetType/4G";
const redirectUri = "http://localhost:4000/login/wechat/callback?from=test";

let simulator: Simulator;

beforeAll(async () => {
  simulator = await startSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

function app(kind: "official_account" | "website") {
  const found = simulator.apps.find((candidate) => candidate.kind === kind);
  if (!found) throw new Error(`the simulator has no ${kind}`);
  return found;
}

function clientOf(kind: "official_account" | "website", options: { timeoutMs?: number } = {}) {
  const { appId, appSecret } = app(kind);
  return new WeChatOAuthClient({ appId, appSecret, apiUrl: simulator.url, ...options });
}

/** Opens the link in a person's browser and reads the callback. */
async function follow(
  link: string,
  state: string,
  person: string,
  decision: "allow" | "refuse" = "allow",
): Promise<Callback<{ person: string }>> {
  const response = await fetch(link, {
    redirect: "manual",
    headers: {
      "user-agent": inWeChat,
      "x-simulator-person": person,
      "x-simulator-decision": decision,
    },
  });
  const location = response.headers.get("location");
  if (response.status !== 302 || !location) throw new Error(`the page answered ${response.status}`);
  const pending = new Set([state]);
  return readCallback(new URL(location), {
    claimState: (returned) => (pending.delete(returned) ? { person } : undefined),
  });
}

async function grant(
  person = "alice",
  scope: "snsapi_base" | "snsapi_userinfo" = "snsapi_userinfo",
): Promise<Grant<{ person: string }>> {
  const state = createState();
  const { appId } = app("official_account");
  const link = officialAccountAuthorizeUrl({ appId, redirectUri, scope, state, openUrl: simulator.url });
  const callback = await follow(link, state, person);
  if (callback.kind !== "grant") throw new Error(`the callback is a ${callback.kind}`);
  return callback;
}

describe("signing in inside WeChat", () => {
  it("returns the person's openid, unionid and profile", async () => {
    const client = clientOf("official_account");
    const { openid, unionid, nickname } = simulator.person("alice", client.appId);
    const tokens = await tokensOf(client.exchangeCode(await grant()));
    expect(tokens).toMatchObject({ openid, unionid, scope: ["snsapi_userinfo"], isSnapshotUser: false });
    const { accessToken } = tokens;
    expect(await client.getUserInfo({ accessToken, openid })).toMatchObject({ openid, unionid, nickname });
    expect(await client.checkAccessToken({ accessToken, openid })).toBe(true);
  });

  it("returns the openid alone, without access to the profile, for the scope snsapi_base", async () => {
    const client = clientOf("official_account");
    const tokens = await tokensOf(client.exchangeCode(await grant("alice", "snsapi_base")));
    expect(tokens.openid).toBe(simulator.person("alice", client.appId).openid);
    expect(tokens).not.toHaveProperty("unionid");
    await expect(client.getUserInfo(tokens)).rejects.toMatchObject({ errcode: 48001 });
  });

  it("marks a snapshot user", async () => {
    const tokens = await clientOf("official_account").exchangeCode(await grant("snapshot"));
    expect(tokens.isSnapshotUser).toBe(true);
  });

  it("accepts nicknames with emoji and profiles without an avatar", async () => {
    const client = clientOf("official_account");
    const emoji = await client.getUserInfo(await tokensOf(client.exchangeCode(await grant("emoji"))));
    expect(emoji.nickname).toBe(simulator.person("emoji", client.appId).nickname);
    const noAvatar = await client.getUserInfo(await tokensOf(client.exchangeCode(await grant("noavatar"))));
    expect(noAvatar).not.toHaveProperty("avatarUrl");
    expect(noAvatar).not.toHaveProperty("unionid");
  });

  it("accepts raw control characters in a nickname", async () => {
    simulator.updatePerson("alice", { nickname: "小\u0014明" });
    const client = clientOf("official_account");
    const info = await client.getUserInfo(await tokensOf(client.exchangeCode(await grant())));
    expect(info.nickname).toBe("小明");
  });
});

describe("signing in by QR", () => {
  it("returns another openid of the same person, with the same unionid", async () => {
    const state = createState();
    const client = clientOf("website");
    const { appId } = client;
    const link = websiteAuthorizeUrl({ appId, redirectUri, state, openUrl: simulator.url });
    const callback = await follow(link, state, "alice");
    if (callback.kind !== "grant") throw new Error(`the callback is a ${callback.kind}`);
    const tokens = await tokensOf(client.exchangeCode(callback));
    const inWeChat = simulator.person("alice", app("official_account").appId);
    expect(tokens).toMatchObject({ unionid: inWeChat.unionid, scope: ["snsapi_login"] });
    expect(tokens.openid).not.toBe(inWeChat.openid);
    expect(await client.getUserInfo(tokens)).toMatchObject({ nickname: inWeChat.nickname });
  });
});

describe("readCallback", () => {
  it.each(["state_only", "authdeny"] as const)(
    "returns a refusal if a person declines and WeChat redirects them back: %s",
    async (refusal) => {
      simulator.settings({ refusal });
      const state = createState();
      const { appId } = app("official_account");
      const scope = "snsapi_userinfo";
      const link = officialAccountAuthorizeUrl({ appId, redirectUri, scope, state, openUrl: simulator.url });
      const callback = await follow(link, state, "alice", "refuse");
      expect(callback).toEqual({ kind: "refusal", state, claim: { person: "alice" } });
    },
  );
});

describe("exchanging a grant", () => {
  it("is refused when the code was already used (errcode 40163)", async () => {
    const client = clientOf("official_account");
    const used = await grant();
    await client.exchangeCode(used);
    await expect(client.exchangeCode(used)).rejects.toMatchObject({
      name: "WeChatApiError",
      errcode: 40163,
      errmsg: "code been used",
      rid: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{8}){2}$/),
    });
  });

  it("is refused when the code has expired", async () => {
    const old = await grant();
    simulator.advance(301);
    const { errcode } = (await failureOf(clientOf("official_account").exchangeCode(old))) as Error & {
      errcode?: number;
    };
    expect([40029, 42003]).toContain(errcode);
  });

  it("is refused when the code belongs to another app (errcode 40029)", async () => {
    await expect(clientOf("website").exchangeCode(await grant())).rejects.toMatchObject({ errcode: 40029 });
  });

  it("is refused with a wrong secret (errcode 40125)", async () => {
    const { appId } = app("official_account");
    const appSecret = "0".repeat(32);
    const client = new WeChatOAuthClient({ appId, appSecret, apiUrl: simulator.url });
    await expect(client.exchangeCode(await grant())).rejects.toMatchObject({ errcode: 40125 });
  });

  it.each([
    [{ kind: "http_502" }, { code: "HTTP_STATUS", httpStatus: 502 }],
    [{ kind: "invalid_json" }, { code: "BAD_JSON" }],
    [{ kind: "truncated_json" }, { code: "BAD_JSON" }],
    [{ kind: "oversized" }, { code: "TOO_LARGE" }],
    [{ kind: "reset", when: "before" }, { code: "NETWORK" }],
    [{ kind: "reset", when: "after" }, { code: "NETWORK" }],
    [{ kind: "delay", ms: 60_000 }, { code: "TIMEOUT" }],
    [{ kind: "errcode", errcode: -1 }, { errcode: -1 }],
    [{ kind: "errcode", errcode: 987654 }, { errcode: 987654 }],
  ] as const)(
    "fails on the fault %j without a retry, and the next sign-in works",
    async (fault, expected) => {
      const client = clientOf("official_account", { timeoutMs: fault.kind === "delay" ? 100 : 5000 });
      simulator.fail("access_token", fault);
      await expect(client.exchangeCode(await grant())).rejects.toMatchObject(expected);
      expect(simulator.calls("access_token")).toBe(1);
      const next = clientOf("official_account");
      expect((await tokensOf(next.exchangeCode(await grant()))).openid).toBe(
        simulator.person("alice", client.appId).openid,
      );
    },
  );

  it("accepts an answer with invalid UTF-8", async () => {
    simulator.fail("access_token", { kind: "broken_utf8" });
    await clientOf("official_account").exchangeCode(await grant());
  });

  it("removes an echoed secret or code from its error", async () => {
    const { appSecret } = app("official_account");
    const spoken = await grant();
    for (const body of [
      '{"errcode":40125,"errmsg":"invalid appsecret $SECRET for $CODE, rid: 637ec754-5b28c0ef-058e9cba"}',
      '{"errcode":40125,"errmsg":"https://api.weixin.qq.com/?secret=$SECRET&code=$CODE"',
      "<html>$SECRET $CODE</html>",
      '{"openid":"$SECRET","access_token":"$CODE"}',
    ]) {
      simulator.fail("access_token", { kind: "body", body });
      const failure = await failureOf(clientOf("official_account").exchangeCode(spoken));
      const text = inspect(failure, { depth: 20, showHidden: true });
      expect(text).not.toContain(appSecret);
      expect(text).not.toContain(spoken.code);
    }
  });
});

describe("tokens in use", () => {
  it("are recognized as expired and can be refreshed", async () => {
    const client = clientOf("official_account");
    const tokens = await tokensOf(client.exchangeCode(await grant()));
    simulator.advance(7201);
    await expect(client.getUserInfo(tokens)).rejects.toMatchObject({ errcode: 42001 });
    expect(await client.checkAccessToken(tokens)).toBe(false);
    const refreshed = await client.refreshTokens(tokens.refreshToken ?? "");
    expect(refreshed.openid).toBe(tokens.openid);
    expect(await client.checkAccessToken(refreshed)).toBe(true);
  });

  it("cannot be refreshed after 30 days", async () => {
    const client = clientOf("official_account");
    const { refreshToken = "" } = await tokensOf(client.exchangeCode(await grant()));
    simulator.advance(30 * 86_400 + 1);
    const { errcode } = (await failureOf(client.refreshTokens(refreshToken))) as Error & { errcode?: number };
    expect([42002, 40030]).toContain(errcode);
  });

  it("are checked a second time if WeChat is busy", async () => {
    const client = clientOf("official_account");
    const tokens = await tokensOf(client.exchangeCode(await grant()));
    simulator.fail("userinfo", { kind: "errcode", errcode: -1 });
    expect(await client.getUserInfo(tokens)).toMatchObject({ openid: tokens.openid });
    expect(simulator.calls("userinfo")).toBe(2);
  });
});

describe("the global token", () => {
  it("stays the same, with fewer seconds left, until a refresh is forced", async () => {
    const client = clientOf("official_account");
    const first = await client.getStableAccessToken();
    simulator.advance(60);
    const second = await client.getStableAccessToken();
    expect(second.accessToken).toBe(first.accessToken);
    expect(second.expiresInSeconds).toBeLessThan(first.expiresInSeconds);
    const forced = await client.getStableAccessToken({ forceRefresh: true });
    expect(forced.accessToken).not.toBe(first.accessToken);
  });

  it("is a new one with every call of cgi-bin/token", async () => {
    const client = clientOf("official_account");
    const first = await client.getAccessToken();
    const second = await client.getAccessToken();
    expect(second.accessToken).not.toBe(first.accessToken);
  });
});

describe("the errmsg of an errcode", () => {
  it("is the same in the library's table and in the simulator's, which were written separately", async () => {
    const { appId, appSecret } = app("official_account");
    const differences: string[] = [];
    for (const { code, errmsg, onPage } of errcodes) {
      if (errmsg === undefined || onPage || typeof code !== "number") continue;
      simulator.fail("userinfo", { kind: "errcode", errcode: code }, 2); // a busy answer is asked for twice
      const client = new WeChatOAuthClient({ appId, appSecret, apiUrl: simulator.url });
      const call = client.getUserInfo({ accessToken: asWebAccessToken("61_token"), openid: "oAlice" });
      const failure = (await failureOf(call)) as WeChatApiError;
      if (failure.errcode !== code || failure.errmsg !== errmsg) {
        differences.push(`${code}: ${errmsg} · ${failure.errmsg}`);
      }
      simulator.clearFaults();
    }
    expect(differences).toEqual([]);
  });
});
