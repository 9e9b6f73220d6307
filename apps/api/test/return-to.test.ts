import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { profileButton } from "./support/browser.js";
import { createHost } from "./support/hosts.js";
import { allowedPaths, attacks, internalPaths } from "./support/return-targets.js";
import { type System, startSystem } from "./support/system.js";

describe("the redirect after a sign-in", () => {
  let system: System;
  beforeAll(async () => {
    const env = { RATE_LIMIT: "off", HOME_URL: "https://camellia.example/books?from=login" };
    system = await startSystem({ env });
    await createHost(system, { origin: "https://shop.example.com" });
    await system.browser({ person: "alice" }).signIn("/login/wechat?return_to=/login/account");
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

  it("leads without a return_to to `/`, which redirects to HOME_URL, and keeps nothing of the request", async () => {
    const browser = system.browser({ person: "alice" });
    const { location } = await browser.visit(await browser.callbackUrl());
    expect(location?.href).toBe(`${system.url}/`);
    for (const path of ["/", "/?return_to=https://evil.example"]) {
      const home = await browser.visit(path);
      expect([home.status, home.location?.href]).toEqual([302, "https://camellia.example/books?from=login"]);
    }
  });

  it("leads to a Chinese path, even through the profile page", async () => {
    const browser = system.browser({ person: "emoji" });
    const asked = await browser.follow(`/login/wechat?return_to=${encodeURIComponent("/订单?备注=你好")}`);
    const visit = await browser.visit(await browser.callbackUrl(profileButton(asked.html) ?? ""));
    expect(decodeURI(visit.location?.href ?? "")).toBe(`${system.url}/订单?备注=你好`);
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

  it.each([
    ["//evil.example", "/login/wechat?tap=1"],
    ["https://shop.example.com.evil.example/", "/login/wechat?tap=1"],
    ["https://shop.example.com/wechat/return", "/login/wechat?tap=1"],
    ["/orders", "/login/wechat?return_to=%2Forders&tap=1"],
  ])("is offered again on a failure page: asked for %s, as %s [T14]", async (asked, expected) => {
    const browser = system.browser({ person: "alice" });
    const callback = await browser.callbackUrl(`/login/wechat?${new URLSearchParams({ return_to: asked })}`);
    system.simulator.fail("access_token", { kind: "errcode", errcode: 40029 }, 1);
    const { status, html } = await browser.visit(callback);
    expect(status).toBe(400);
    const links = [...html.matchAll(/href="(\/login\/wechat[^"]*)"/g)].map(([, link = ""]) => link);
    expect(links.map((link) => link.replaceAll("&amp;", "&"))).toEqual([expected]);
    expect(html).not.toContain("evil.example");
  });
});
