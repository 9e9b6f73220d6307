import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { demoOfficialAccount, type Simulator, startSimulator } from "../src/index.js";
import { createSecretMask, maskSecretInQuery, maskSecretInText } from "../src/stores/mask-secrets.js";
import { openPanel } from "./panel.js";
import { getGlobalToken, post } from "./phone.js";

// The request log shows `***` in place of a secret, in any encoding of the parameter's name or value.

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

const { appId, appSecret } = demoOfficialAccount;
const maskAppSecrets = createSecretMask([appSecret]);

/** Everything the simulator shows of its requests, including its pages. */
async function everythingLogged(): Promise<string> {
  return JSON.stringify(simulator.requests()) + (await openPanel(simulator)).text;
}

describe("a secret in a query", () => {
  it.each([
    ["s%65cret=VALUE", "s%65cret=***"],
    ["%73%65%63%72%65%74=VALUE", "%73%65%63%72%65%74=***"],
    ["Secret=VALUE", "Secret=***"],
    ["secret%5B%5D=VALUE", "secret%5B%5D=***"],
    ["appsecret=VALUE", "appsecret=***"],
    ["%zz&s%65cret=VALUE", "%zz&s%65cret=***"],
    ["s%65cret=VALUE&s%65cret=VALUE", "s%65cret=***&s%65cret=***"],
    ["secret%3DVALUE", "***"],
    ["secret=VALUE=VALUE&code=1", "secret=***&code=1"],
    ["secret&code=1", "secret&code=1"],
  ])("is masked when it is sent as %s", async (sent, logged) => {
    expect(maskSecretInQuery(sent)).toBe(logged); // by its name alone
    const asked = `appid=${appId}&${sent.replaceAll("VALUE", appSecret)}`;
    for (const path of ["/sns/oauth2/access_token", "/sns/oauth2/acces_token", "/connect/oauth2/authorize"]) {
      await fetch(`${simulator.url}${path}?${asked}`);
      expect(simulator.requests().at(-1)?.query).toBe(`appid=${appId}&${logged}`);
    }
    expect(await everythingLogged()).not.toContain(appSecret);
  });

  it("is masked and still accepted under an encoded name", async () => {
    const asked = `grant_type=client_credential&appid=${appId}&s%65cret=${appSecret}`;
    const answer = await fetch(`${simulator.url}/cgi-bin/token?${asked}`);
    expect(await answer.json()).toHaveProperty("access_token");
    expect(await everythingLogged()).not.toContain(appSecret);
  });
});

describe("a secret in a body", () => {
  const half = appSecret.slice(16);

  it.each([
    ['{"s\\u0065cret":"VALUE"}', '{"s\\u0065cret":"***"}'],
    [
      '{ "\\u0073\\u0065cret" :\n "VALUE", "appid": "x" }',
      '{ "\\u0073\\u0065cret" :\n "***", "appid": "x" }',
    ],
    ['{"secret":"\\u0035VALUE"}', '{"secret":"***"}'],
    ['{"secret":"a b\\"&VALUE"}', '{"secret":"***"}'],
    ['{"appsecret":"VALUE"}', '{"appsecret":"***"}'],
    ['{"secret":["VALUE",{"x":"VALUE"}],"appid":"y"}', '{"secret":["***",{"x":"***"}],"appid":"y"}'],
    ['{"secret":"VALUE', '{"secret":"***'],
    ['{"a":"{\\"s\\\\u0065cret\\":\\"VALUE\\"}"}', '{"a":"{\\"s\\\\u0065cret\\":\\"***\\"}"}'],
    ["grant_type=x&s%65cret=VALUE&appid=y", "grant_type=x&s%65cret=***&appid=y"],
    ['<a href="/x?secret=VALUE">', '<a href="/x?secret=***">'],
    ['{"title":"my secret","code":"kept"}', '{"title":"my secret","code":"kept"}'],
  ])("is masked when it is sent as %s", async (sent, logged) => {
    expect(maskSecretInText(sent)).toBe(logged); // by its name alone
    await fetch(`${simulator.url}/cgi-bin/stable_token`, {
      method: "POST",
      body: sent.replaceAll("VALUE", appSecret),
    });
    expect(simulator.requests().at(-1)?.body).toBe(logged);
    expect(await everythingLogged()).not.toContain(half);
  });

  it("is masked in a text of several lines, of which the rest stays as it was written", () => {
    const [before, after] = ['{"log":"a\\b\\f\\n\\r\\tb\\\\c \\"d\\" /s?secret=', '&code=1"}'];
    expect(maskSecretInText(`${before}VALUE${after}`)).toBe(`${before}***${after}`);
  });

  it("is masked in the response of rid/get at any depth", async () => {
    const body = `{"grant_type":"client_credential","appid":"${appId}","s\\u0065cret":"x${appSecret}"}`;
    const refused = await fetch(`${simulator.url}/cgi-bin/stable_token?s%65cret=${appSecret}`, {
      method: "POST",
      body,
    });
    const { errmsg } = (await refused.json()) as { errmsg: string };
    const access_token = await getGlobalToken(simulator);
    const rid = errmsg.split("rid: ")[1];
    const told = await post(simulator, "/cgi-bin/openapi/rid/get", { access_token }, { rid });
    expect(JSON.stringify(told.body)).toContain(appSecret);
    expect(await everythingLogged()).not.toContain(appSecret);
  });
});

describe("an app's secret without a parameter name", () => {
  const encoded = [...appSecret].map((sign) => `%${sign.charCodeAt(0).toString(16)}`).join("");
  const twice = encoded.replaceAll("%", "%25");
  const half = appSecret.slice(16);

  it.each([
    [
      `/sns/oauth2/access_token%3Fappid=${appId}&secret=VALUE`,
      `/sns/oauth2/access_token%3Fappid=${appId}&secret=***`,
    ],
    ["/sns/oauth2/acces_token/secret=VALUE", "/sns/oauth2/acces_token/secret=***"],
    ["/sns/oauth2/acces_token/VALUE/x", "/sns/oauth2/acces_token/***/x"],
    [`/sns/oauth2/${encoded}`, "/sns/oauth2/***"],
    // The secret of an unknown app is recognized by the name only.
    ["/sns/oauth2/acces_token/secret=ffff", "/sns/oauth2/acces_token/secret=***"],
  ])("is masked in the path %s", async (sent, logged) => {
    await fetch(simulator.url + sent.replaceAll("VALUE", appSecret));
    expect(simulator.requests().at(-1)?.path).toBe(logged);
    expect(await everythingLogged()).not.toContain(half);
  });

  it("is masked from 8 characters on: a shorter one may be a part of any word", () => {
    const mask = createSecretMask(["eight888", "seven77"]);
    expect(mask("/eight888/seven77/EIGHT888")).toBe("/***/seven77/***");
    expect(createSecretMask(["seven77"])("/seven77")).toBe("/seven77");
  });

  it.each([
    ["appid=x%26secret=VALUE", "appid=x%26secret=***"],
    ["a=1;secret=VALUE", "a=1;secret=***"],
    ["appsecert=VALUE", "appsecert=***"],
    ["appsecert=VALUE_and_VALUE", "appsecert=***_and_***"],
    [`key=${encoded}`, "key=***"],
    [`key=${twice}`, "key=***"],
    [`key=${appSecret.toUpperCase()}`, "key=***"],
    [`key=${half}`, `key=${half}`],
  ])("is masked in the query %s", async (sent, logged) => {
    const query = sent.replaceAll("VALUE", appSecret);
    for (const path of ["/sns/oauth2/access_token", "/sns/oauth2/acces_token", "/connect/oauth2/authorize"]) {
      await fetch(`${simulator.url}${path}?${query}`);
      expect(simulator.requests().at(-1)?.query).toBe(logged);
    }
    expect(await everythingLogged()).not.toContain(appSecret);
  });

  it.each([
    "<secret>VALUE</secret>",
    '--x\r\nContent-Disposition: form-data; name="secret"\r\n\r\nVALUE\r\n--x--',
    "{'secret':'VALUE'}",
    '{"secert":"VALUE"}',
    '["VALUE"]',
    "VALUE",
  ])("is masked in the body %s", async (sent) => {
    const body = sent.replaceAll("VALUE", appSecret);
    await fetch(`${simulator.url}/cgi-bin/stable_token`, { method: "POST", body });
    expect(simulator.requests().at(-1)?.body).toBe(sent.replaceAll("VALUE", "***"));
    expect(await everythingLogged()).not.toContain(half);
  });

  it("is masked in a JSON body that escapes its letters", async () => {
    const escaped = [...appSecret].map((sign) => `\\u00${sign.charCodeAt(0).toString(16)}`).join("");
    await fetch(`${simulator.url}/cgi-bin/stable_token`, { method: "POST", body: `{"key":"${escaped}"}` });
    expect(simulator.requests().at(-1)?.body).toBe('{"key":"***"}');
  });

  it("is masked in a response that repeats it", async () => {
    simulator.fail("access_token", { kind: "errcode", errcode: -1, errmsg: `no ${appSecret}` });
    await fetch(`${simulator.url}/sns/oauth2/access_token`);
    expect(simulator.requests().at(-1)?.answer).toContain("no ***");
    expect(await everythingLogged()).not.toContain(appSecret);
  });
});

describe("a secret in a text made for slow matching", () => {
  it.each([
    ["backslashes", `"${"\\".repeat(60_000)}secret`],
    ["no name that ends", `s%65cret${"%73".repeat(20_000)}`],
    ["strings", `secret${'"a'.repeat(30_000)}`],
    ["brackets", `{"secret":${"[".repeat(60_000)}`],
    ["nearly a secret's value", `${appSecret.slice(0, 31)}\\`.repeat(2000)],
    ["nearly an encoded value", `${appSecret.slice(0, 1)}%${"25".repeat(30_000)}`],
    ["a value's beginning and backslashes", `${appSecret.slice(0, 1)}${"\\".repeat(60_000)}`],
  ])("is masked quickly: %s", (_title, text) => {
    const startedAt = performance.now();
    maskSecretInText(text);
    maskSecretInQuery(text);
    maskAppSecrets(text);
    // A search that restarts at each position needs ten seconds; this needs a few hundredths of a second.
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });
});
