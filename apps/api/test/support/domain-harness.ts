import { rmSync } from "node:fs";
import { WeChatOAuthClient } from "@wechat-login/oauth";
import type { Database } from "../../src/db/database.js";
import type { WeChatApp } from "../../src/domain/apps.js";
import { createDeps } from "../../src/domain/create-deps.js";
import type { Deps } from "../../src/domain/deps.js";
import type { HostReturn } from "../../src/domain/hosts/tickets.js";
import { newSecret } from "../../src/domain/key-ring.js";
import { findSession } from "../../src/domain/sessions/sessions.js";
import { handleCallback } from "../../src/domain/sign-in/callback.js";
import { startBinding, startProfileRequest, startSignIn } from "../../src/domain/sign-in/start.js";
import type { CallbackResult } from "../../src/domain/sign-in/types.js";
import { loadSettings } from "../../src/load-settings.js";
import { testDatabase } from "./engine.js";
import { newLedgerPath } from "./erasure-ledger.js";
import { quickPasswordCost } from "./password-cost.js";
import { rowsOf } from "./rows.js";

export const visitor = {
  ip: "192.0.2.7",
  source: "192.0.2.7",
  userAgent: "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.49",
};

/** What the browser knows of its sign-in. */
export interface StartedSignIn {
  /** Of the latest authorization request. */
  state: string;
  signInId: string;
  browserSecret: string;
}

/** The functions of `domain/sign-in` on an empty database, with a movable clock and a fake WeChat. */
export interface DomainHarness {
  deps: Deps;
  db: Database;
  /** The address of the database; undefined on SQLite. */
  databaseUrl: string | undefined;
  app(key: string): WeChatApp;
  /** What each endpoint of WeChat answers from now on: a JSON body, or an error that the request throws. */
  answers: { access_token: object; userinfo: object };
  /** How often each endpoint was called. */
  calls: { access_token: number; userinfo: number };
  /** The `event` field of each log line so far. */
  loggedEvents: string[];
  /** The log lines so far, as JSON. */
  loggedLines: string[];
  /** All stored data as bytes, to check what is not in it. */
  bytes(): Promise<Buffer>;
  advance(seconds: number): void;
  startSignIn(
    key?: string,
    returnTo?: string,
    browserSecret?: string,
    host?: HostReturn,
  ): Promise<StartedSignIn>;
  /** Begins to add WeChat of an app to the user of a session, as the form of their account page does. */
  startBinding(key: string, sessionSecret: string, browserSecret?: string): Promise<StartedSignIn>;
  /** Starts the second authorization request, as the button of the profile page does. */
  requestProfile(started: StartedSignIn, sessionSecret?: string): Promise<StartedSignIn>;
  handleCallback(
    started: StartedSignIn,
    options?: { code?: string; browserSecrets?: string[]; sessionSecret?: string },
  ): ReturnType<typeof handleCallback>;
  /** Signs this openid in and returns the secret of its session. */
  signIn(openid?: string, started?: StartedSignIn): Promise<string>;
  /** The user that a callback signed in, if it did. */
  userOf(result: CallbackResult): Promise<string | undefined>;
  /** The steps of all sign-ins, as an operator sees them. */
  timeline(): Promise<[kind: string, detail: string | null][]>;
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

export async function startDomainHarness(env: Record<string, string> = {}): Promise<DomainHarness> {
  const database = await testDatabase();
  const db = await database.open();
  const settings = loadSettings(
    {
      SECRET_KEYS: "k3y-for-tests-Zp7Qw2Lm9Xc4Vb6Nn8Rt1",
      WECHAT_APPS: JSON.stringify(apps),
      ERASURE_LEDGER: newLedgerPath(),
      ...env,
    },
    () => [],
  );
  let nowMs = Date.now();
  const fake = { answers: { access_token: token as object, userinfo: profile as object } };
  const calls = { access_token: 0, userinfo: 0 };
  const loggedEvents: string[] = [];
  const loggedLines: string[] = [];
  const record = (fields: object, message: string) => {
    loggedEvents.push((fields as { event: string }).event);
    loggedLines.push(JSON.stringify({ ...fields, message }));
  };
  const deps: Deps = {
    ...createDeps({
      settings,
      db,
      now: () => new Date(nowMs),
      log: { info: record, warn: record, error: record },
      passwordCost: quickPasswordCost,
    }),
    wechat: (appId) =>
      new WeChatOAuthClient({
        appId,
        appSecret: settings.apps.find((app) => app.appId === appId)?.appSecret ?? "none",
        fetch: async (url) => {
          const endpoint = url.includes("/sns/userinfo") ? "userinfo" : "access_token";
          calls[endpoint]++;
          const answer = fake.answers[endpoint];
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
  const harness: DomainHarness = Object.assign(fake, {
    deps,
    db,
    databaseUrl: database.env.DATABASE_URL,
    app,
    calls,
    loggedEvents,
    loggedLines,
    bytes: database.bytes,
    advance(seconds: number) {
      nowMs += seconds * 1000;
    },
    async startSignIn(
      key = "plain",
      returnTo = "/orders",
      browserSecret = newSecret(),
      host: HostReturn | undefined = undefined,
    ) {
      const { url, signInId } = await startSignIn(deps, {
        ...{ app: app(key), returnTo, host, browserSecret, visitor },
      });
      return { state: stateOf(url), signInId, browserSecret };
    },
    async startBinding(key: string, sessionSecret: string, browserSecret = newSecret()) {
      const session = await findSession(deps, sessionSecret);
      if (!session) throw new Error("the session has ended");
      const { url, signInId } = await startBinding(deps, { app: app(key), session, browserSecret, visitor });
      return { state: stateOf(url), signInId, browserSecret };
    },
    async requestProfile({ signInId, browserSecret }: StartedSignIn, sessionSecret?: string) {
      const browser = { browserSecrets: [browserSecret], sessionSecret };
      const url = await startProfileRequest(deps, { signInId, ...browser });
      if (url === undefined) throw new Error("the sign-in is over");
      return { state: stateOf(url), signInId, browserSecret };
    },
    handleCallback: (
      { state, browserSecret }: StartedSignIn,
      options: { code?: string; browserSecrets?: string[]; sessionSecret?: string } = {},
    ) =>
      handleCallback(deps, {
        params: new URLSearchParams({ state, code: options.code ?? "071code" }),
        browserSecrets: options.browserSecrets ?? [browserSecret],
        sessionSecret: options.sessionSecret,
        visitor,
      }),
    async signIn(openid = token.openid, started?: StartedSignIn) {
      fake.answers.access_token = { ...token, openid };
      const result = await harness.handleCallback(started ?? (await harness.startSignIn()));
      if (result.kind !== "signed_in") throw new Error(`the sign-in ended as ${result.kind}`);
      return result.sessionSecret;
    },
    async userOf(result: CallbackResult) {
      if (result.kind !== "signed_in") return undefined;
      return (await findSession(deps, result.sessionSecret))?.userId;
    },
    timeline: async () => {
      // PostgreSQL may put a row into the place of one that was rolled back.
      const events = (await rowsOf(db, "signInEvents")).sort((a, b) => (a.id < b.id ? -1 : 1));
      return events.map(({ kind, detail }): [string, string | null] => [kind, detail]);
    },
    close: async () => {
      rmSync(settings.erasureLedger, { force: true });
      await db.close().then(database.remove);
    },
  });
  return harness;
}
