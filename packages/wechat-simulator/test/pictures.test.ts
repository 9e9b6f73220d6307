import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { buildServer } from "../src/build-simulator.js";
import { demoOfficialAccount, type Simulator, startSimulator } from "../src/index.js";
import { Store } from "../src/stores/store.js";
import { call, getTokens } from "./phone.js";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

async function pictureOf(person: string): Promise<string> {
  const { access_token, openid } = await getTokens(simulator, person);
  return String((await call(simulator, "/sns/userinfo", { access_token, openid })).body.headimgurl);
}

describe("the picture of a simulated person", () => {
  it.each(["alice", "emoji", "longname", "bigavatar", "crowd-1", "snapshot"])(
    "is served by the simulator: %s",
    async (person) => {
      const url = await pictureOf(person);
      expect(new URL(url).origin).toBe(simulator.url);
      const response = await fetch(url);
      expect(response.status).toBe(200);
      expect(response.headers.get("content-type")).toBe("image/svg+xml");
      expect(await response.text()).toMatch(/^<svg [^>]*>.*<\/svg>\n$/s);
    },
  );

  it("is a letter on a color of the person's own", async () => {
    const pictures = [
      await pictureOf("alice"),
      await pictureOf("emoji"),
      `${simulator.url}/mmopen/vi_32/simulated-virtual/96`,
    ];
    expect(await Promise.all(pictures.map(async (url) => (await fetch(url)).text()))).toEqual(
      [
        [132, 64, "林"],
        [132, 232, "🦊"],
        [96, 135, "虚"],
      ].map(
        ([
          pixels,
          hue,
          letter,
        ]) => `<svg xmlns="http://www.w3.org/2000/svg" width="${pixels}" height="${pixels}" viewBox="0 0 100 100">
<rect width="100" height="100" fill="hsl(${hue} 45% 45%)"/>
<text x="50" y="50" dy="0.35em" text-anchor="middle" font-family="sans-serif" font-size="48" fill="#fff">${letter}</text>
</svg>
`,
      ),
    );
  });

  it("contains no markup of a nickname and runs no script", async () => {
    simulator.updatePerson("alice", { nickname: "<script>" });
    const response = await fetch(await pictureOf("alice"));
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(await response.text()).toContain("&lt;</text>");
  });

  it("has the size in its address, and any size of WeChat's", async () => {
    const url = await pictureOf("bigavatar");
    expect(url).toMatch(/\/0$/);
    expect(await (await fetch(url)).text()).toContain('width="640"');
    expect(await (await fetch(url.replace(/\/0$/, "/46"))).text()).toContain('width="46"');
    expect((await fetch(url.replace(/\/0$/, "/47"))).status).toBe(404);
  });

  it("stays after the person was deleted, without the nickname", async () => {
    const url = await pictureOf("alice");
    simulator.deletePerson("alice");
    expect(await (await fetch(url)).text()).toContain("·</text>");
  });

  it("can be an address elsewhere, which is sent unchanged", async () => {
    const headimgurl = "https://thirdwx.qlogo.cn/mmopen/vi_32/x/132";
    simulator.updatePerson("alice", { headimgurl });
    expect(await pictureOf("alice")).toBe(headimgurl);
  });

  it("has WeChat's name for a client that calls it by WeChat's name", async () => {
    const store = new Store();
    const app = buildServer(store);
    const { appId } = demoOfficialAccount;
    const grant = { appId, personId: "alice", scope: "snsapi_userinfo", snapshot: false };
    const person = store.people.find("alice");
    const wechatApp = store.apps.find(appId);
    if (!person || !wechatApp) throw new Error("the demo data is missing");
    const { openid } = store.people.identify(person, wechatApp);
    const { accessToken } = store.snsTokens.issue(grant, openid);
    const response = await app.inject({
      url: `/sns/userinfo?access_token=${accessToken}&openid=${openid}`,
      headers: { host: "api.weixin.qq.com" },
    });
    expect(JSON.parse(response.body).headimgurl).toBe(
      "https://open.weixin.qq.com/mmopen/vi_32/simulated-alice/132",
    );
    await app.close();
  });
});
