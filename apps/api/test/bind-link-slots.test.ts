import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { userAgents } from "./support/browser.js";
import { createHost, type Host } from "./support/hosts.js";
import { rowsOf } from "./support/rows.js";
import { slotPages, slotsOf } from "./support/slot-pages.js";
import { type System, startSystem } from "./support/system.js";

// What the pages of a bind link are filled with, where two apps are of two sites.

const app = (key: string, kind: string, appId: string, name: string) => ({
  ...{ key, kind, appId, name, appSecret: "5d0c1a7e0000000000000000000000a1", group: "demo" },
});
const oa = app("oa", "official_account", "wx51a0b1c2d3e4f501", "Camellia Books");
const web = {
  ...app("web", "website", "wx51a0b1c2d3e4f502", "Camellia Online"),
  appSecret: "5d0c1a7e0000000000000000000000b2",
};
const siteOf = ({ name }: { name: string }) => ({
  ...{ language: "en", site: name, logo: "", privacy: "", terms: "" },
});

const returnTo = "https://shop.example/wechat/return?cart=7";

let system: System;
let shop: Host;
beforeAll(async () => {
  system = await startSystem({ pages: slotPages, env: { WECHAT_APPS: JSON.stringify([oa, web]) } });
  shop = await createHost(system);
});
afterAll(() => system.close());

let link: { id: string; url: string };
beforeEach(async () => {
  const sides = { externalId: "42", label: "m•••@mail.example", nonce: "n0nce-of-the-shop~1", returnTo };
  link = (await shop.call("POST", "/bind-links", sides)).body as typeof link;
});

describe("the page that asks", () => {
  const asked = () => ({
    ...{ status: 200, page: "bind-link", host: "The shop", label: "m•••@mail.example" },
    ...{ wechat: "unknown", nickname: "", cancel: `${returnTo}&error=bind_refused` },
    confirm: `/login/bind/confirm/${link.id}`,
  });

  it("names the site of the app in which the person would confirm", async () => {
    for (const [userAgent, picked] of [
      [userAgents.wechatAndroid, oa],
      [userAgents.desktop, web],
    ] as const) {
      const page = await system.browser({ userAgent }).follow(link.url);
      expect(slotsOf(page)).toEqual({ ...asked(), ...siteOf(picked) });
    }
  });

  it("keeps the app that its address names, and who is signed in", async () => {
    const browser = system.browser({ userAgent: userAgents.desktop });
    await browser.signIn();
    await browser.visit(link.url);
    const { nickname } = system.simulator.person("alice", web.appId);
    expect(slotsOf(await browser.visit("/login/bind?app=oa"))).toEqual({
      ...{ ...asked(), ...siteOf(oa), wechat: "named", nickname },
      confirm: `/login/bind/confirm/${link.id}?app=oa`,
    });
  });
});

describe("the page of a link that is over", () => {
  const number = expect.stringMatching(/^[0-9A-Z]{26}$/);
  const over = (to: string) => ({
    ...{ status: 410, page: "link-expired", ...siteOf(oa) },
    ...{ retry: to, number, errcode: "", self: "/login/bind" },
  });

  it("leads back to the host that made it, and to the start where it is unknown", async () => {
    expect(slotsOf(await system.browser().visit("/login/bind"))).toEqual(over("/"));
    const browser = system.browser();
    await browser.visit(link.url);
    system.advance(601);
    expect(slotsOf(await browser.visit("/login/bind"))).toEqual(over(`${returnTo}&error=bind_failed`));
  });
});

describe("the form of a bind link", () => {
  it("notes from where it was sent, and by which browser", async () => {
    const browser = system.browser();
    const page = slotsOf(await browser.follow(link.url));
    await browser.visit(String(page.confirm), { method: "POST", headers: { origin: system.url } });
    const begun = (await rowsOf(system.db, "signIns")).filter(({ bindLinkId }) => bindLinkId === link.id);
    expect(begun).toMatchObject([
      { ip: expect.stringMatching(/^(127\.0\.0\.1|::1)$/), userAgent: userAgents.wechatAndroid },
    ]);
  });
});
