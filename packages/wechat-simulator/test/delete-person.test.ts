import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { demoMiniProgram, demoOfficialAccount, type Simulator, startSimulator } from "../src/index.js";
import { openPanel, submit, wordsOf } from "./panel.js";
import { authorizeUrl, call, exchange, getCode, getGlobalToken, getTokens, open, openAs } from "./phone.js";

// A person deletes the WeChat account. WeChat's list has 50002 for deleted accounts, but which call answers what is not
// documented; README says what the simulator does.

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

const { appId } = demoOfficialAccount;
const about = (tokens: { access_token: string; openid: string }) => ({
  access_token: tokens.access_token,
  openid: tokens.openid,
});

describe("a deleted person", () => {
  it("leaves access tokens that answer 50002, with the reason in the log", async () => {
    const tokens = await getTokens(simulator);
    simulator.deletePerson("alice");
    for (const path of ["/sns/userinfo", "/sns/auth"]) {
      expect((await call(simulator, path, about(tokens))).body).toMatchObject({
        errcode: 50002,
        errmsg: expect.stringMatching(/^user limited, rid: /),
      });
    }
    expect(simulator.requests().at(-1)?.reason?.en).toBe("the person has deleted the WeChat account");
  });

  it("leaves a refresh token that answers 40030", async () => {
    const { refresh_token } = await getTokens(simulator);
    simulator.deletePerson("alice");
    const asked = { appid: appId, grant_type: "refresh_token", refresh_token };
    expect((await call(simulator, "/sns/oauth2/refresh_token", asked)).body.errcode).toBe(40030);
  });

  it("leaves codes that answer 50002, unless they were expired or used before", async () => {
    const [code, used] = [await getCode(simulator), await getCode(simulator)];
    const js_code = simulator.createJsCode("alice", demoMiniProgram.appId);
    await exchange(simulator, used);
    simulator.deletePerson("alice");
    expect((await exchange(simulator, code)).body.errcode).toBe(50002);
    expect((await exchange(simulator, used)).body.errcode).toBe(40163);
    const { appId: appid, appSecret: secret } = demoMiniProgram;
    const asked = { appid, secret, js_code, grant_type: "authorization_code" };
    expect((await call(simulator, "/sns/jscode2session", asked)).body.errcode).toBe(50002);
    simulator.advance(300);
    expect((await exchange(simulator, code)).body.errcode).toBe(40029);
  });

  it("has no openid in the account any more", async () => {
    const { openid } = await getTokens(simulator);
    simulator.deletePerson("alice");
    const access_token = await getGlobalToken(simulator);
    const { body } = await call(simulator, "/cgi-bin/user/info", { access_token, openid });
    expect(body.errcode).toBe(40003);
  });

  it("is not offered on any page, and a browser of that person has no person", async () => {
    simulator.settings({ recentLogin: true });
    await getTokens(simulator);
    simulator.deletePerson("alice");
    const response = await open(authorizeUrl(simulator), { cookie: "simulator_person=alice" });
    expect(response.status).toBe(200);
    expect(await response.text()).not.toContain("林小满");
    expect(await (await openAs("alice", authorizeUrl(simulator))).text()).toContain(
      "No person has this id. Known: emoji,",
    );
  });

  it("has a code listed as expired that had expired before, and as account_deleted one that had not", async () => {
    const early = await getCode(simulator);
    simulator.advance(300);
    const late = await getCode(simulator);
    simulator.deletePerson("alice");
    expect(Object.fromEntries(simulator.tokens().map(({ value, state }) => [value, state]))).toEqual({
      [early]: "expired",
      [late]: "account_deleted",
    });
  });

  it("has codes and tokens listed as account_deleted, which cannot be ended again", async () => {
    const code = await getCode(simulator);
    const { access_token } = await getTokens(simulator);
    simulator.deletePerson("alice");
    expect(simulator.tokens().map(({ kind, state }) => `${kind} ${state}`)).toEqual([
      "access_token account_deleted",
      "refresh_token account_deleted",
      "code spent",
      "code account_deleted",
    ]);
    expect(simulator.state().liveCodes).toBe(0);
    expect([simulator.endToken(code), simulator.endToken(access_token)]).toEqual([false, false]);
    expect(wordsOf((await openPanel(simulator, "/tokens")).text)).toContain("account deleted");
  });

  it("has an id that is not reused, so that no new person gets an old openid", async () => {
    simulator.createPerson();
    simulator.deletePerson("person-1");
    expect(simulator.createPerson().id).toBe("person-2");
    expect(() => simulator.createPerson({ id: "person-1" })).toThrow(
      "the person id person-1 belonged to a deleted person; a new account needs another one",
    );
  });
});

describe("deleting a person", () => {
  it("does not affect other people", async () => {
    const [tokens, code] = [await getTokens(simulator, "emoji"), await getCode(simulator, "emoji")];
    simulator.deletePerson("alice");
    expect((await call(simulator, "/sns/auth", about(tokens))).body.errcode).toBe(0);
    expect((await exchange(simulator, code)).body.errcode).toBeUndefined();
  });

  it("works for a generated person as well, and once only", () => {
    simulator.deletePerson("crowd-7");
    expect(() => simulator.person("crowd-7", appId)).toThrow(RangeError);
    expect(() => simulator.deletePerson("crowd-7")).toThrow("no person has the id crowd-7");
    expect(simulator.person("crowd-8", appId).openid).toMatch(/^o/);
  });

  it("is undone by a reset for the initial people", async () => {
    const { openid } = simulator.person("alice", appId);
    simulator.deletePerson("alice");
    simulator.reset();
    expect((await getTokens(simulator)).openid).toBe(openid);
  });

  it("leaves a working panel even without any person", async () => {
    for (const { id } of simulator.state().people) simulator.deletePerson(id);
    expect(wordsOf((await openPanel(simulator, "/people")).text)).toContain("No people left.");
    expect((await open(authorizeUrl(simulator))).status).toBe(200);
  });
});

describe("the panel's confirmation of a deletion", () => {
  it("is a page without scripts that lists the consequences, with delete and cancel", async () => {
    await getTokens(simulator);
    await getCode(simulator);
    const card = (await openPanel(simulator, "/people")).text;
    expect(card).toContain('href="/people/delete?person=alice"');
    const { text } = await openPanel(simulator, "/people/delete?person=alice");
    expect(wordsOf(text)).toContain("codes: 1, web tokens: 2");
    expect(text).toContain('action="/_simulator/forms/people/delete"');
    expect(text).toContain('name="person" value="alice"');
    expect(text).toContain('href="/people#person-alice"');
    expect(simulator.person("alice", appId).nickname).toBe("林小满");
  });

  it("returns to the list of people", async () => {
    const response = await submit(simulator, "people/delete", { person: "alice", back: "/people" });
    expect(response.headers.get("location")).toBe("/people?done=deleted");
    const { text } = await openPanel(simulator, "/people?done=deleted");
    expect(text).toContain("Deleted.");
    expect(text).not.toContain('id="person-alice"');
  });

  it("shows that the person does not exist any more", async () => {
    for (const query of ["", "?person=unknown", "?person=%3Cb%3E"]) {
      const { response, text } = await openPanel(simulator, `/people/delete${query}`);
      expect(response.status).toBe(200);
      expect(text).toContain("No person has this id.");
      expect(text).not.toContain('people/delete"');
    }
  });
});
