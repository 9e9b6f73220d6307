import { WeChatOAuthClient } from "wechat-oauth";
import type { Database } from "../../src/db/database.js";
import type { WeChatApp } from "../../src/domain/apps.js";
import { createDeps } from "../../src/domain/create-deps.js";
import type { Deps } from "../../src/domain/deps.js";
import { newSecret } from "../../src/domain/key-ring.js";
import { findSession } from "../../src/domain/sessions/sessions.js";
import { handleCallback } from "../../src/domain/sign-in/callback.js";
import { startProfileRequest, startSignIn } from "../../src/domain/sign-in/start.js";
import type { CallbackResult } from "../../src/domain/sign-in/types.js";
import { loadSettings } from "../../src/load-settings.js";
import { testDatabase } from "./engine.js";
import { rowsOf } from "./rows.js";

export const visitor = {
  ip: "192.0.2.7",
  source: "192.0.2.7",
  userAgent: "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.49",
};

/** A journey as its browser knows it. */
export interface Begun {
  state: string;
  signInId: string;
  browserSecret: string;
}

/** The rules alone: an empty database, a clock in the test's hand, and a WeChat that answers as it is told. */
export interface Rules {
  deps: Deps;
  db: Database;
  app(key: string): WeChatApp;
  /** Every answer of one endpoint from now on: its JSON, or what the request itself throws. */
  answers: { access_token: object; userinfo: object };
  /** How often WeChat was asked. */
  asked: { access_token: number; userinfo: number };
  /** The events of the log so far. */
  events: string[];
  advance(seconds: number): void;
  begin(key?: string, returnTo?: string, browserSecret?: string): Promise<Begun>;
  /** The second trip of a journey, as the button of the profile page starts it. */
  tap(begun: Begun): Promise<Begun>;
  deliver(
    begun: Begun,
    about?: { code?: string; browserSecrets?: string[]; sessionSecret?: string },
  ): ReturnType<typeof handleCallback>;
  /** A whole sign-in of this openid, and the secret of its session. */
  signIn(openid?: string, begun?: Begun): Promise<string>;
  /** Who a landing leaves signed in. */
  userOf(landing: CallbackResult): Promise<string | undefined>;
  /** The hops of all journeys, as an operator reads them. */
  hops(): Promise<[kind: string, detail: string | null][]>;
  close(): Promise<void>;
}

const apps = [
  { key: "oa", kind: "official_account", profile: "ask", group: "demo" },
  { key: "web", kind: "website", profile: "ask", group: "demo" },
  { key: "plain", kind: "official_account", profile: "none", group: "demo" },
  { key: "alone", kind: "official_account", profile: "none" },
].map((app, n) => ({ ...app, appId: `wx${String(n).repeat(16)}`, appSecret: String(n).repeat(32) }));

export const token = {
  access_token: "an-access-token-of-a-person",
  expires_in: 7200,
  refresh_token: "a-refresh-token-of-a-person",
  openid: "oAlice",
  scope: "snsapi_userinfo",
};
export const profile = {
  openid: "oAlice",
  nickname: "Alice",
  headimgurl: "https://a.example/1",
  privilege: [],
};

export async function startRules(env: Record<string, string> = {}): Promise<Rules> {
  const database = await testDatabase();
  const db = await database.open();
  const settings = loadSettings(
    { SECRET_KEYS: "k3y-for-tests-Zp7Qw2Lm9Xc4Vb6Nn8Rt1", WECHAT_APPS: JSON.stringify(apps), ...env },
    () => [],
  );
  let nowMs = Date.now();
  const rules = { answers: { access_token: token as object, userinfo: profile as object } };
  const asked = { access_token: 0, userinfo: 0 };
  const events: string[] = [];
  const note = (fields: object) => void events.push((fields as { event: string }).event);
  const deps: Deps = {
    ...createDeps({
      settings,
      db,
      now: () => new Date(nowMs),
      log: { info: note, warn: note, error: note },
    }),
    wechat: (appId) =>
      new WeChatOAuthClient({
        appId,
        appSecret: settings.apps.find((app) => app.appId === appId)?.appSecret ?? "none",
        fetch: async (url) => {
          const endpoint = url.includes("/sns/userinfo") ? "userinfo" : "access_token";
          asked[endpoint]++;
          const answer = rules.answers[endpoint];
          if (answer instanceof Error) throw answer;
          return Response.json(answer);
        },
      }),
  };
  const stateOf = (url: string) => new URL(url).searchParams.get("state") ?? "";
  const app = (key: string) => {
    const found = deps.apps.byKey(key);
    if (!found) throw new Error(`there is no app ${key}`);
    return found;
  };
  const whole: Rules = Object.assign(rules, {
    deps,
    db,
    app,
    asked,
    events,
    advance(seconds: number) {
      nowMs += seconds * 1000;
    },
    async begin(key = "plain", returnTo = "/orders", browserSecret = newSecret()) {
      const { url, signInId } = await startSignIn(deps, { app: app(key), returnTo, browserSecret, visitor });
      return { state: stateOf(url), signInId, browserSecret };
    },
    async tap({ signInId, browserSecret }: Begun) {
      const url = await startProfileRequest(deps, { signInId, browserSecrets: [browserSecret] });
      if (url === undefined) throw new Error("the journey is over");
      return { state: stateOf(url), signInId, browserSecret };
    },
    deliver: (
      { state, browserSecret }: Begun,
      about: { code?: string; browserSecrets?: string[]; sessionSecret?: string } = {},
    ) =>
      handleCallback(deps, {
        params: new URLSearchParams({ state, code: about.code ?? "071code" }),
        browserSecrets: about.browserSecrets ?? [browserSecret],
        sessionSecret: about.sessionSecret,
        visitor,
      }),
    async signIn(openid = token.openid, begun?: Begun) {
      rules.answers.access_token = { ...token, openid };
      const landing = await whole.deliver(begun ?? (await whole.begin()));
      if (landing.kind !== "signed_in") throw new Error(`the sign-in ended as ${landing.kind}`);
      return landing.sessionSecret;
    },
    async userOf(landing: CallbackResult) {
      if (landing.kind !== "signed_in") return undefined;
      return (await findSession(deps, landing.sessionSecret))?.userId;
    },
    hops: async () =>
      (await rowsOf(db, "signInEvents")).map(({ kind, detail }): [string, string | null] => [kind, detail]),
    close: () => db.close().then(database.remove),
  });
  return whole;
}
