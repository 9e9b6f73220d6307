import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lookUpStateOf } from "../src/domain/console/look-up.js";
import { type Console, seedOperator } from "./support/operator.js";
import { rowsOf } from "./support/rows.js";
import { profileCallback } from "./support/sign-ins.js";
import { type System, startSystem } from "./support/system.js";

let system: System;
let operator: Console;
let viewer: Console;
beforeAll(async () => {
  system = await startSystem();
  [operator, viewer] = [await seedOperator(system), await seedOperator(system, "viewer")];
  // The look-ups need it, and keep it when a refresh fails.
  await operator.mutate("tokens.refreshApp", { appId: appId(), reason: "a new secret" });
});
afterAll(() => system.close());

interface Failure {
  id: string;
  errcode: string;
  request: object;
  answer: { body: string };
  callerIp: string | null;
  lookUp: string | null;
  person: { nickname: string; isGuess: boolean } | null;
}

/** The newest failure, as its page shows it. */
async function newest(console: Console): Promise<Failure> {
  const { data } = await operator.query<{ items: { id: string }[] }>("failures.list", { limit: 1 });
  const failure = (await console.query<Failure>("failures.get", { id: data?.items[0]?.id })).data;
  if (!failure) throw new Error("there is no failure");
  return failure;
}

const { appId, appSecret } = {
  appId: () => system.officialAccount.appId,
  appSecret: () => system.officialAccount.appSecret,
};

async function failToken(errcode: number): Promise<void> {
  system.simulator.fail("stable_token", { kind: "errcode", errcode }, 1);
  await operator.mutate("tokens.refreshApp", { appId: appId(), reason: "a new secret" });
}

describe("the page of a failed call", () => {
  it("has its request and its answer, with nothing secret and no openid, also in the database", async () => {
    const own = system.browser({ person: "alice" });
    const ownCallback = await profileCallback(own);
    system.simulator.fail("userinfo", { kind: "errcode", errcode: 50002 }, 1);
    await own.visit(ownCallback);
    for (const console of [operator, viewer]) {
      expect(await newest(console)).toMatchObject({
        ...{ errcode: "50002", callerIp: null },
        request: {
          method: "GET",
          path: "sns/userinfo",
          parameters: [
            { name: "access_token", value: "***" },
            { name: "openid", value: "***" },
          ],
        },
        answer: { httpStatus: 200, body: expect.stringMatching(/^\{"errcode":50002,"errmsg":"[^"]+"\}$/) },
      });
    }
    const [row] = (await rowsOf(system.db, "apiFailures")).filter(({ errcode }) => errcode === "50002");
    const kept = `${row?.request}${row?.answer}`;
    for (const secret of [row?.openid, appSecret(), new URL(ownCallback).searchParams.get("code")]) {
      expect(secret).toMatch(/.{8}/);
      expect(kept).not.toContain(secret);
    }
  });

  it("has the address that 40164 names, for the allow-list", async () => {
    await failToken(40164);
    const failure = await newest(operator);
    expect(failure).toMatchObject({
      callerIp: expect.stringMatching(/^[\da-f.:]+$/),
      request: {
        ...{ method: "POST", path: "cgi-bin/stable_token" },
        parameters: [
          { name: "grant_type", value: "client_credential" },
          { name: "appid", value: appId() },
          { name: "secret", value: "***" },
          { name: "force_refresh", value: "false" },
        ],
      },
      person: null,
    });
    expect(failure.answer.body).toContain(failure.callerIp);
  });

  it("has the person whose browser it was where no openid was known, masked for a viewer", async () => {
    const browser = system.browser({ person: "alice" });
    await browser.signIn();
    const callback = await browser.callbackUrl("/login/wechat?tap=1");
    system.simulator.fail("access_token", { kind: "errcode", errcode: 40163 }, 1);
    await browser.visit(callback);
    expect((await newest(operator)).errcode).toBe("40163");
    const [seen, masked] = [(await newest(operator)).person, (await newest(viewer)).person];
    expect(seen).toMatchObject({ userId: expect.any(String), isGuess: true });
    expect(masked).toEqual({ ...seen, nickname: `${[...(seen?.nickname ?? "")][0]}…` });
  });
});

describe("the look-up of a rid", () => {
  it("answers an operator with WeChat's record of the call, without secrets, and is in the audit log", async () => {
    await failToken(40164);
    const failure = await newest(operator);
    expect(failure.lookUp).toBe("possible");
    const { data, text } = await operator.mutate<object>("failures.lookUp", { id: failure.id });
    expect(data).toEqual({
      found: true,
      recorded: {
        invokedAt: expect.any(String),
        durationMs: expect.any(Number),
        requestUrl: expect.stringContaining("cgi-bin/stable_token"),
        requestBody: expect.stringContaining("***"),
        responseBody: expect.stringContaining("40164"),
        clientIp: expect.any(String),
      },
    });
    expect(text).not.toContain(appSecret());
    expect((await viewer.mutate("failures.lookUp", { id: failure.id })).status).toBe(403);
    const entries = (await rowsOf(system.db, "auditLog")).filter(({ event }) => event === "errors.look_up");
    expect(entries).toMatchObject([{ result: "ok", target: failure.id, errcode: null }]);
  });

  it("says why WeChat has no record, which is refused in the audit log", async () => {
    const { id } = await newest(operator);
    system.simulator.fail("rid_get", { kind: "errcode", errcode: 76001 }, 1);
    expect((await operator.mutate<object>("failures.lookUp", { id })).data).toMatchObject({
      ...{ found: false, errcode: "76001", explanation: { code: "76001" } },
    });
    const entries = (await rowsOf(system.db, "auditLog")).filter(({ event }) => event === "errors.look_up");
    expect(entries.at(-1)).toMatchObject({ result: "refused", target: id, errcode: "76001" });
  });

  it("is not possible for a call of a person's sign-in, nor after seven days", async () => {
    const rows = await rowsOf(system.db, "apiFailures");
    const ofSignIn = rows.find(({ endpoint, rid }) => endpoint === "sns/userinfo" && rid !== null);
    const ofToken = rows.find(({ endpoint, rid }) => endpoint === "cgi-bin/stable_token" && rid !== null);
    if (!ofSignIn || !ofToken) throw new Error("there are no such failures");
    const { deps } = system.app;
    const state = (failure: typeof ofToken, ageMs = 0) =>
      lookUpStateOf(deps, { ...failure, at: new Date(deps.now().getTime() - ageMs) });
    const week = 7 * 86_400_000;
    expect([state(ofSignIn), state(ofToken, week - 60_000), state(ofToken, week + 60_000)]).toEqual([
      ...["not_recorded", "possible", "too_old"],
    ]);
    expect(state({ ...ofToken, rid: null })).toBeNull();
    expect(state({ ...ofToken, appId: "wx0000000000000000" })).toBe("not_recorded");
    expect((await operator.mutate("failures.lookUp", { id: ofSignIn?.id })).status).toBe(404);
  });
});
