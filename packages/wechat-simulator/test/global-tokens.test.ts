import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { demoOfficialAccount, demoWebsite, type Simulator, startSimulator } from "../src/index.js";
import { Apps } from "../src/stores/apps.js";
import { call, said } from "./phone.js";

let simulator: Simulator;
beforeAll(async () => {
  // Time does not move unless a test moves it, so that the second before an expiry differs from the next.
  simulator = await startSimulator({ now: () => Date.UTC(2026, 0, 31, 4) });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

const credentials = {
  grant_type: "client_credential",
  appid: demoOfficialAccount.appId,
  secret: demoOfficialAccount.appSecret,
};
const fetchToken = (asked = {}) => call(simulator, "/cgi-bin/token", { ...credentials, ...asked });
const fetchStable = async (asked = {}) =>
  said(
    await fetch(`${simulator.url}/cgi-bin/stable_token`, {
      method: "POST",
      body: JSON.stringify({ ...credentials, ...asked }),
    }),
  );
/** Whether a global token works, by an ordinary call. */
const works = async (access_token: unknown) => {
  const { body } = await call(simulator, "/cgi-bin/get_api_domain_ip", {
    access_token: String(access_token),
  });
  return body.errcode === undefined;
};

describe("/cgi-bin/token", () => {
  it("returns two fields as application/json with encoding=utf-8", async () => {
    const { status, contentType, body } = await fetchToken();
    expect({ status, contentType }).toEqual({ status: 200, contentType: "application/json; encoding=utf-8" });
    expect(Object.keys(body)).toEqual(["access_token", "expires_in"]);
    expect(body.expires_in).toBe(7200);
    expect(body.access_token).toMatch(/^\d{2,3}_[A-Za-z0-9_-]{150,160}$/);
  });

  it("puts no comma before the rid", async () => {
    const { body } = await fetchToken({ appid: "wx0000000000000000" });
    expect(body.errcode).toBe(40013);
    expect(body.errmsg).toMatch(/^invalid appid rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/);
  });

  it("replaces the previous token, which works for five more minutes", async () => {
    const first = (await fetchToken()).body.access_token;
    const second = (await fetchToken()).body.access_token;
    expect(second).not.toBe(first);
    simulator.advance(299);
    expect([await works(first), await works(second)]).toEqual([true, true]);
    simulator.advance(1);
    expect([await works(first), await works(second)]).toEqual([false, true]);
    simulator.advance(6900);
    expect(await works(second)).toBe(false);
  });

  it("allows 200 calls a day for a test account and 2000 for others, and then answers 45009", async () => {
    const limitOf = (testAccount: boolean) =>
      new Apps([{ ...demoOfficialAccount, testAccount }], []).list()[0]?.limits.daily.token;
    expect([limitOf(true), limitOf(false)]).toEqual([200, 2000]);
    simulator.updateApp(demoOfficialAccount.appId, { limits: { daily: { token: 2 } } });
    const answers = [await fetchToken(), await fetchToken(), await fetchToken()];
    expect(answers.map(({ body }) => body.errcode)).toEqual([undefined, undefined, 45009]);
    expect(answers[2]?.body.errmsg).toMatch(
      /^reach max api daily quota limit, could get access_token by getStableAccessToken, /,
    );
  });

  it("checks appid, secret and grant_type in this order", async () => {
    const errcodeOf = async (asked: object) => (await fetchToken(asked)).body.errcode;
    expect(await errcodeOf({ appid: "", secret: "" })).toBe(41002);
    expect(await errcodeOf({ secret: "", grant_type: "" })).toBe(41004);
    expect(await errcodeOf({ grant_type: "", appid: "wx0" })).toBe(40002);
    expect(await errcodeOf({ secret: "x" })).toBe(40125);
  });
});

describe("/cgi-bin/stable_token", () => {
  it("returns the same token with the remaining expires_in", async () => {
    const first = (await fetchStable()).body;
    simulator.advance(1000);
    expect((await fetchStable()).body).toEqual({ access_token: first.access_token, expires_in: 6200 });
  });

  it("renews the token five minutes before it expires, while both work", async () => {
    const first = (await fetchStable()).body.access_token;
    simulator.advance(6899);
    expect((await fetchStable()).body).toEqual({ access_token: first, expires_in: 301 });
    simulator.advance(1);
    const second = (await fetchStable()).body;
    expect(second.access_token).not.toBe(first);
    expect(second.expires_in).toBe(7200);
    expect([await works(first), await works(second.access_token)]).toEqual([true, true]);
    simulator.advance(300);
    expect(await works(first)).toBe(false);
  });

  it("issues a new token and ends the old one at once if forced", async () => {
    const first = (await fetchStable()).body.access_token;
    const second = (await fetchStable({ force_refresh: true })).body.access_token;
    expect(second).not.toBe(first);
    expect([await works(first), await works(second)]).toEqual([false, true]);
  });

  it("ends the token before the current one as well if forced, and those of no other app", async () => {
    const website = { appid: demoWebsite.appId, secret: demoWebsite.appSecret };
    const first = (await fetchStable()).body.access_token;
    const others = (await fetchStable(website)).body.access_token;
    simulator.advance(6900);
    const second = (await fetchStable()).body.access_token;
    expect([await works(first), await works(second), await works(others)]).toEqual([true, true, true]);
    const third = (await fetchStable({ force_refresh: true })).body.access_token;
    expect([await works(first), await works(second), await works(third), await works(others)]).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });

  it("lists the ended tokens with the moment at which each ended", async () => {
    const listed = () =>
      simulator
        .tokens()
        .map(({ state, endsAt }) => [state, (Date.parse(endsAt) - Date.UTC(2026, 0, 31, 4)) / 1000]);
    await fetchStable();
    simulator.advance(6900);
    await fetchStable();
    simulator.advance(301); // the first has expired meanwhile
    await fetchStable({ force_refresh: true });
    expect(listed()).toEqual([
      ["alive", 6900 + 301 + 7200],
      ["replaced", 6900 + 301],
      ["expired", 7200],
    ]);
  });

  it("returns the current token if forced again within 30 seconds", async () => {
    const forced = () => fetchStable({ force_refresh: true }).then(({ body }) => body.access_token);
    const first = await forced();
    simulator.advance(29);
    expect(await forced()).toBe(first);
    simulator.advance(1);
    expect(await forced()).not.toBe(first);
  });

  it("is new again if forced within 30 seconds after the current one ended", async () => {
    const forced = () => fetchStable({ force_refresh: true }).then(({ body }) => body.access_token as string);
    const first = await forced();
    simulator.endToken(first);
    const second = await forced();
    expect([second === first, await works(first), await works(second)]).toEqual([false, false, true]);
  });

  it("allows 20 forced refreshes a day and then answers 45009", async () => {
    const forced = () => {
      simulator.advance(30);
      return fetchStable({ force_refresh: true });
    };
    for (let count = 0; count < 20; count += 1) expect((await forced()).body.errcode).toBeUndefined();
    expect((await forced()).body.errcode).toBe(45009);
  });

  it("is independent of /cgi-bin/token", async () => {
    const stable = (await fetchStable()).body.access_token;
    const classic = (await fetchToken()).body.access_token;
    await fetchStable({ force_refresh: true });
    expect([await works(stable), await works(classic)]).toEqual([false, true]);
    await fetchToken();
    simulator.advance(301);
    expect((await fetchStable()).body.expires_in).toBe(6899);
  });

  it("accepts only a JSON body, not a query, a form or a GET", async () => {
    const url = `${simulator.url}/cgi-bin/stable_token`;
    const query = new URLSearchParams(credentials);
    const errcodeOf = async (response: Promise<Response>) => (await said(await response)).body.errcode;
    expect(await errcodeOf(fetch(`${url}?${query}`, { method: "POST" }))).toBe(44002);
    expect(await errcodeOf(fetch(url, { method: "POST", body: query }))).toBe(47001);
    expect(await errcodeOf(fetch(`${url}?${query}`))).toBe(43002);
  });
});

describe("the two families of tokens", () => {
  it("are not interchangeable: userinfo answers 40001 to a global token", async () => {
    const { access_token } = (await fetchToken()).body;
    const { body } = await call(simulator, "/sns/userinfo", {
      access_token: String(access_token),
      openid: "oX",
    });
    expect(body.errcode).toBe(40001);
    expect(simulator.requests().at(-1)?.reason?.en).toMatch(/global token/);
  });
});
