import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { demoOfficialAccount, type Simulator, startSimulator } from "../src/index.js";
import { authorizeUrl, codeOf, exchange, lastReason, open, openAs, tap } from "./phone.js";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

const { appId } = demoOfficialAccount;

/** Opens the page in this person's browser, before any decision. */
async function openByHand(person: string, asked = {}): Promise<{ silent: boolean; text: string }> {
  const url = authorizeUrl(simulator, asked);
  const response = await open(url, { cookie: `simulator_person=${person}`, "accept-language": "en" });
  return { silent: response.status === 302, text: await response.text() };
}

const isVirtual = async (code: string) => (await exchange(simulator, code)).body.is_snapshotuser === 1;

describe("silent authorization with snsapi_userinfo", () => {
  it("applies to a follower who comes from the account's menu, even with forcePopup or forceSnapShot", async () => {
    expect((await openByHand("alice")).silent).toBe(false);
    simulator.settings({ fromMenu: true });
    for (const asked of [{}, { forcePopup: "true" }, { forceSnapShot: "true" }]) {
      expect((await openByHand("alice", asked)).silent).toBe(true);
    }
    const { body } = await exchange(
      simulator,
      codeOf(await openAs("alice", authorizeUrl(simulator), "refuse")),
    );
    expect(body.scope).toBe("snsapi_userinfo");
  });

  it("does not apply to a non-follower who comes from the menu", async () => {
    const real = await startSimulator({
      apps: [{ ...demoOfficialAccount, testAccount: false, callbackHosts: ["a.example"] }],
    });
    real.settings({ fromMenu: true });
    real.unfollow("alice", appId);
    const url = authorizeUrl(real, { redirect_uri: "http://a.example/" });
    expect((await open(url, { cookie: "simulator_person=alice" })).status).toBe(200);
    real.follow("alice", appId);
    expect((await open(url, { cookie: "simulator_person=alice" })).status).toBe(302);
    await real.close();
  });

  it("applies with recentLogin to a person who consented before, unless forcePopup is set", async () => {
    simulator.settings({ recentLogin: true });
    expect((await openByHand("alice")).silent).toBe(false);
    await openAs("alice", authorizeUrl(simulator));
    expect((await openByHand("alice")).silent).toBe(true);
    expect((await openByHand("alice", { forcePopup: "true" })).silent).toBe(false);
    expect((await openByHand("alice", { forceSnapShot: "true" })).silent).toBe(true);
    simulator.revoke("alice", appId);
    expect((await openByHand("alice")).silent).toBe(false);
  });
});

describe("forcePopup", () => {
  it("has no effect with snsapi_base or after the fragment", async () => {
    expect((await openByHand("alice", { scope: "snsapi_base", forcePopup: "true" })).silent).toBe(true);
    simulator.settings({ recentLogin: true });
    await openAs("alice", authorizeUrl(simulator));
    // Browsers do not send the fragment, so WeChat does not see it.
    const url = `${authorizeUrl(simulator)}#wechat_redirect&forcePopup=true`;
    expect((await open(url, { cookie: "simulator_person=alice" })).status).toBe(302);
  });
});

describe("the snapshot page", () => {
  it("is shown to a snapshot visitor, and to every person with forceSnapShot=true", async () => {
    expect(await isVirtual(codeOf(await openAs("snapshot", authorizeUrl(simulator))))).toBe(true);
    const forced = authorizeUrl(simulator, { forceSnapShot: "true" });
    expect(await isVirtual(codeOf(await openAs("alice", forced)))).toBe(true);
    const notForced = authorizeUrl(simulator, { forceSnapShot: "false" });
    expect(await isVirtual(codeOf(await openAs("alice", notForced)))).toBe(false);
  });

  it("replaces the consent page and links to the target with a virtual identity", async () => {
    const { text } = await openByHand("snapshot");
    expect(text).toContain("使用完整服务");
    expect(text).not.toContain('value="allow"');
    const location = /href="(http:\/\/localhost:4000[^"]+)"/.exec(text)?.[1] ?? "";
    const code = new URL(location.replaceAll("&amp;", "&")).searchParams.get("code") ?? "";
    expect(await isVirtual(code)).toBe(true);
  });

  it("leads to the real consent page and the real identity by its button 使用完整服务", async () => {
    const url = authorizeUrl(simulator);
    const consent = await tap(simulator, url, { person: "snapshot", decision: "full_service" });
    const text = await consent.text();
    expect(text).toContain('value="allow"');
    expect(text).toContain('name="left_snapshot" value="1"');
    const fields = { person: "snapshot", left_snapshot: "1", decision: "allow" };
    const { body } = await exchange(simulator, codeOf(await tap(simulator, url, fields)));
    expect(body).not.toHaveProperty("is_snapshotuser");
    expect(body.openid).toBe(simulator.person("snapshot", appId).openid);
  });

  it("gives no code to the app if the person declines on the consent page behind that button", async () => {
    const fields = { person: "snapshot", left_snapshot: "1", decision: "refuse" };
    const refused = await tap(simulator, authorizeUrl(simulator), fields);
    expect([refused.status, refused.headers.get("location")]).toEqual([200, null]);
    expect(simulator.tokens()).toEqual([]);
  });

  it("is shown again to a person who allows without that button", async () => {
    const allowed = await tap(simulator, authorizeUrl(simulator), { person: "snapshot", decision: "allow" });
    expect(await allowed.text()).toContain("使用完整服务");
  });

  it("is left by the decision full_service, and not by the decision refuse", async () => {
    const url = authorizeUrl(simulator);
    expect(await isVirtual(codeOf(await openAs("snapshot", url, "full_service")))).toBe(false);
    expect((await openAs("snapshot", url, "refuse")).status).toBe(200);
    expect(lastReason(simulator)).toBe("the person refused");
  });
});

describe("the parameter state", () => {
  const locationOf = async (state: string | undefined) =>
    (await openAs("alice", authorizeUrl(simulator, { state }))).headers.get("location");

  it("causes page error 10013 if it is empty, or is returned empty by the switch emptyState", async () => {
    expect(await locationOf("")).toBeNull();
    expect(simulator.requests().at(-1)?.errcode).toBe(10013);
    simulator.settings({ emptyState: "returned" });
    expect(await locationOf("")).toMatch(/\?code=\w{32}&state=$/);
    expect(await locationOf(undefined)).toMatch(/\?code=\w{32}$/);
  });

  it("may contain hyphens and underscores by the switch stateAlphabet, and has at most 128 bytes", async () => {
    expect(await locationOf("a-b_c")).toBeNull();
    expect(lastReason(simulator)).toBe("state must contain only letters and digits");
    simulator.settings({ stateAlphabet: "with_hyphen_and_underscore" });
    expect(await locationOf("a-b_c")).toMatch(/&state=a-b_c$/);
    expect(await locationOf("a.b")).toBeNull();
    expect(await locationOf("a".repeat(129))).toBeNull();
    expect(lastReason(simulator)).toBe("state is longer than 128 bytes");
  });

  it("may be anything with stateAlphabet any", async () => {
    simulator.settings({ stateAlphabet: "any" });
    expect(await locationOf("a.b ü")).toMatch(/&state=a\.b%20%C3%BC$/);
    expect(await locationOf("a".repeat(129))).toMatch(/&state=a{129}$/);
  });
});

describe("the page for a wrong parameter order", () => {
  const inOrder = `appid=${appId}&redirect_uri=x&response_type=code&scope=snsapi_base&state=a1`;

  it.each([
    ["scope", "response_type", `appid=${appId}&redirect_uri=x&scope=snsapi_base&response_type=code&state=a1`],
    ["redirect_uri", "appid", `redirect_uri=x&appid=${appId}&response_type=code&scope=snsapi_base`],
    ["connect_redirect", "state", inOrder.replace("&state", "&connect_redirect=1&state")],
  ])(
    "names the parameter that came too early, in both languages: %s before %s",
    async (name, later, query) => {
      await openAs("alice", `${simulator.url}/connect/oauth2/authorize?${query}`);
      const { reason, query: logged } = simulator.requests().at(-1) ?? {};
      expect(reason).toEqual({
        en: `the parameters are out of order: ${name} came before ${later}; WeChat requires appid, redirect_uri, response_type, scope, state, then the others`,
        zh: `参数顺序错误：${name} 出现在 ${later} 之前；须为 appid、redirect_uri、response_type、scope、state，其余在后`,
      });
      expect(logged).toBe(query);
    },
  );

  it("is not shown for a parameter that comes again later", async () => {
    await openAs("alice", `${simulator.url}/connect/oauth2/authorize?${inOrder}&appid=${appId}&unknown=1`);
    expect(simulator.requests().at(-1)?.reason?.en).toBe("redirect_uri is not an absolute http(s) URL");
  });
});

describe("the callback", () => {
  const second = async (asked = {}) =>
    (await openAs("alice", authorizeUrl(simulator, asked))).headers.get("x-simulator-second-location");

  it("arrives twice only for links without connect_redirect=1, if doubleCallback is set to that", async () => {
    simulator.settings({ doubleCallback: "without_connect_redirect" });
    expect(await second()).toContain("code=");
    expect(await second({ connect_redirect: "1" })).toBeNull();
    simulator.settings({ doubleCallback: true });
    expect(await second({ connect_redirect: "1" })).toContain("code=");
  });

  it("has the same code in every tab until its exchange, by the switch sameCode", async () => {
    simulator.settings({ sameCode: true });
    const tab = async (person = "alice") => codeOf(await openAs(person, authorizeUrl(simulator)));
    const first = await tab();
    expect(await tab()).toBe(first);
    expect(await tab("emoji")).not.toBe(first);
    await exchange(simulator, first);
    expect((await exchange(simulator, first)).body.errcode).toBe(40163);
    expect(await tab()).not.toBe(first);
  });
});
