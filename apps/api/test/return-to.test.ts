import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { profileButton } from "./support/browser.js";
import { allowedPaths, attacks, internalPaths } from "./support/return-targets.js";
import { type System, startSystem } from "./support/system.js";

describe("the redirect after a sign-in", () => {
  let system: System;
  beforeAll(async () => {
    const env = { RETURN_TO_ORIGINS: "https://shop.example.com, http://localhost:3000/", RATE_LIMIT: "off" };
    system = await startSystem({ env });
    await system.browser({ person: "alice" }).signIn();
  });
  afterAll(() => system.close());

  async function finish(query: string): Promise<{ status: number; location: URL | undefined }> {
    const browser = system.browser({ person: "alice" });
    return browser.visit(await browser.callbackUrl(`/login/wechat?${query}`));
  }
  const returnTo = (asked: string) => finish(new URLSearchParams({ return_to: asked }).toString());

  it("leads to the default page for every return_to that is foreign, malformed or one of our own addresses, and the sign-in succeeds [T14]", async () => {
    for (const attack of [...attacks, ...internalPaths]) {
      const { status, location } = await returnTo(attack);
      expect(status).toBe(303);
      expect(location?.href, attack).toBe(`${system.url}/`);
    }
  });

  it.each(allowedPaths)("leads to %s", async (path) => {
    const { location } = await returnTo(path);
    expect(location?.href).toBe(`${system.url}${path}`);
  });

  it("leads to a Chinese path, even through the profile page", async () => {
    const browser = system.browser({ person: "emoji" });
    const asked = await browser.follow(`/login/wechat?return_to=${encodeURIComponent("/订单?备注=你好")}`);
    const visit = await browser.visit(await browser.callbackUrl(profileButton(asked.html) ?? ""));
    expect(decodeURI(visit.location?.href ?? "")).toBe(`${system.url}/订单?备注=你好`);
  });

  it("leads to a configured origin, but not to another port of it [T14]", async () => {
    expect((await returnTo("https://shop.example.com/cart")).location?.href).toBe(
      "https://shop.example.com/cart",
    );
    expect((await returnTo("http://localhost:3000/cart")).location?.href).toBe("http://localhost:3000/cart");
    expect((await returnTo("http://localhost:3002/cart")).location?.href).toBe(`${system.url}/`);
  });

  it.each([
    "return_to=/a&return_to=/b",
    "return_to=/a&return_to=//evil.example",
    "return_to[]=/a",
    "return_to[toString]=/a",
    "return_to=%ff%fe",
    "return_to=%",
    "return_to=%00",
    "return_to",
    "&&&=&return_to=&",
    "__proto__[return_to]=/a",
  ])("leads to the default page for a malformed return address (%s) [T15]", async (query) => {
    const { status, location } = await finish(query);
    expect(status).toBe(303);
    expect(location?.href).toBe(`${system.url}/`);
  });

  it("leaves a foreign return address out of the retry link of a failure page [T14]", async () => {
    const browser = system.browser({ person: "alice" });
    const callback = await browser.callbackUrl("/login/wechat?return_to=//evil.example");
    system.simulator.fail("access_token", { kind: "errcode", errcode: 40029 });
    const visit = await browser.visit(callback);
    expect(visit.html).not.toContain("evil.example");
  });
});
