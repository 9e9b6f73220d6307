import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { languages, pageNames, renderPage } from "../../login/src/pages.js";
import type { PageName } from "../src/http/page-contract.js";
import { shownLink, titleOf, userAgents } from "./support/browser.js";
import { seedOperator } from "./support/operator.js";
import { send } from "./support/raw-http.js";
import { rowsOf } from "./support/rows.js";
import { type System, startSystem } from "./support/system.js";

let system: System;
beforeAll(async () => {
  system = await startSystem({
    env: {
      WECHAT_APPS: JSON.stringify([
        {
          key: "oa",
          kind: "official_account",
          appId: "wx51a0b1c2d3e4f501",
          appSecret: "5d0c1a7e0000000000000000000000a1",
          verifyFiles: ["MP_verify_AbCdEfGh01234567.txt"],
        },
      ]),
      VERIFY_FILES: JSON.stringify({ "WW_verify_AbCd.txt": "AbCd\r\n" }),
    },
  });
});
afterAll(() => system.close());

const html = { accept: "text/html" };

describe("every response", () => {
  /** One of each kind: pages, JSON, redirects, files and errors. */
  const paths = [
    "/",
    "/login/account",
    "/login/wechat",
    "/login/wechat/callback?state=x",
    "/login/profile/x",
    "/login/ended/x",
  ];
  paths.push(
    "/trpc/session.get",
    "/trpc/session.list",
    "/admin/trpc/people.list",
    "/trpc/nothing",
    "/healthz",
  );
  paths.push("/readyz", "/nowhere", "/admin/nothing.js", "/login/assets/nothing.js", "/%", "/.env");
  paths.push("/MP_verify_AbCdEfGh01234567.txt");

  it("has the security headers and no version banner [T53, T54, T55]", async () => {
    for (const path of paths) {
      for (const accept of ["text/html", "application/json"]) {
        const { headers } = await send(system, { path, headers: { accept } });
        const policy = String(headers["content-security-policy"]);
        expect(policy, path).toContain("default-src 'none'");
        expect(policy, path).toContain("script-src 'self';");
        expect(policy, path).toContain("object-src 'none'");
        expect(policy, path).toContain("base-uri 'none'");
        expect(policy, path).toContain("frame-ancestors 'none'");
        // The simulator that serves the pictures of its people is the only origin without https.
        expect(policy.replace(` ${system.simulator.url};`, ";"), path).not.toMatch(/unsafe-|\*|http:/);
        expect(headers, path).toMatchObject({
          "x-content-type-options": "nosniff",
          "x-frame-options": "DENY",
          "cross-origin-opener-policy": "same-origin",
          "cross-origin-resource-policy": "same-origin",
        });
        expect(headers["referrer-policy"], path).toMatch(/^(same-origin|no-referrer)$/);
        for (const banner of ["server", "x-powered-by", "via"]) expect(headers[banner], path).toBeUndefined();
        if (/html|text/.test(headers["content-type"] ?? "")) {
          expect(headers["content-type"], path).toContain("charset=utf-8");
        }
      }
    }
  });

  it("has Cache-Control: no-store [T56]", async () => {
    for (const path of paths) {
      const { headers } = await send(system, { path, headers: html });
      expect(headers["cache-control"], path).toBe("no-store");
    }
  });

  it("has HSTS for a year if the public address is https, and only then [T55]", async () => {
    const plain = await send(system, { path: "/", headers: html });
    expect(plain.headers["strict-transport-security"]).toBeUndefined();
    const secure = await startSystem({ env: { PUBLIC_URL: "https://login.example.com" } });
    for (const path of paths) {
      const { headers } = await send(secure, { path });
      expect(headers["strict-transport-security"], path).toBe("max-age=31536000");
    }
    await secure.close();
  });
});

describe("a page", () => {
  it.each(languages)(
    "has no inline script, style or event handler, and loads nothing from another origin (%s) [T53]",
    (language) => {
      for (const page of pageNames) {
        const text = renderPage(page, language, { script: "/main.js", style: "/style.css" });
        expect(text.match(/<script(?! type="module" src="\/main\.js"><\/script>)/g), page).toBeNull();
        expect(text, page).not.toMatch(/<style|\sstyle=|\son\w+=|javascript:|<iframe|<object|<embed|<base/i);
        for (const [, address] of text.matchAll(/(?:src|href)="([^"]*)"/g)) {
          expect(address, page).toMatch(/^(\/(?!\/)|\{\{|#)/);
        }
      }
    },
  );

  it("shows a nickname with markup as text [T52]", async () => {
    for (const nickname of [
      "<script>alert(1)</script>",
      `"><img src=x onerror=alert(1)>`,
      "{{avatar}}&amp;'",
      "$&$1",
    ]) {
      system.simulator.updatePerson("emoji", { nickname });
      await forget("emoji");
      const browser = system.browser({ person: "emoji" });
      const end = await browser.signIn();
      const shown = nickname.replace(/[&<>"']/g, (sign) => `&${signs[sign]};`);
      expect(end.html).toContain(`>${shown}</bdi>`);
      expect(end.html.match(/<script/g)).toHaveLength(1);
      expect(end.html).not.toContain("<img src=x");
    }
  });

  it("is complete and escapes markup even if the nickname is very long [T52]", async () => {
    await forget("longname");
    const end = await system.browser({ person: "longname" }).signIn();
    expect(end.status).toBe(200);
    expect(end.html).toContain("</html>");
    expect(end.html).toContain("<bdi");
    expect(end.html).toContain("&lt;b&gt;&amp;&quot;&#39;&lt;/b&gt;");
  });

  it("shows avatars of WeChat's hosts only [T58]", async () => {
    const bad = ["https://evil.example/x.png", "javascript:alert(1)", "http://169.254.169.254/latest"];
    bad.push(
      "https://wx.qlogo.cn.evil.example/x",
      "https://evil.example/wx.qlogo.cn",
      "data:text/html,x",
      "//evil.example",
    );
    bad.push("https://wx.qlogo.cn@evil.example/x", "https://wx.qlogo.cn:8443/x");
    const console = await seedOperator(system);
    for (const headimgurl of bad) {
      system.simulator.updatePerson("emoji", { headimgurl });
      await forget("emoji");
      const browser = system.browser({ person: "emoji" });
      const end = await browser.signIn();
      expect(titleOf(end.html)).not.toBe("");
      const listed = await console.query("people.list", {});
      const bindings = await browser.query("bindings.list");
      for (const text of [end.html, listed.text, bindings.text]) {
        expect(text, headimgurl).not.toMatch(/evil\.example|javascript:|169\.254|data:text|qlogo\.cn/);
      }
    }
    for (const [given, good] of [
      ["https://thirdwx.qlogo.cn/mmopen/vi_32/abc/132", "https://thirdwx.qlogo.cn/mmopen/vi_32/abc/132"],
      // WeChat still sends some without encryption; a page of ours would not load them.
      ["http://wx.qlogo.cn/mmopen/abc/0", "https://wx.qlogo.cn/mmopen/abc/0"],
    ] as const) {
      system.simulator.updatePerson("emoji", { headimgurl: given });
      await forget("emoji");
      const browser = system.browser({ person: "emoji" });
      expect((await browser.signIn()).html).toContain(`src="${good}"`);
      expect((await browser.query("bindings.list")).text).toContain(`"${good}"`);
      // An operator's browser loads it from this server.
      const { text } = await console.query("people.list", {});
      expect(text).not.toContain("qlogo.cn");
      expect(text).toMatch(/"avatarUrl":"\/admin\/avatars\/\w{26}\?v=\w+"/);
    }
  });

  it("shows the avatars that the simulator serves for its people", async () => {
    await forget("alice");
    const { html } = await system.browser({ person: "alice" }).signIn();
    const [, source = ""] = /<img[^>]* src="([^"]+)"/.exec(html) ?? [];
    expect(new URL(source).origin).toBe(system.simulator.url);
    expect((await fetch(source)).headers.get("content-type")).toBe("image/svg+xml");
  });

  /** Deletes the binding, so that the next sign-in is a first one and reads the profile. */
  async function forget(person: string) {
    const { openid } = system.simulator.person(person, system.officialAccount.appId);
    await system.db.consoleQuery((orm, t) =>
      orm.delete(t.bindings).where(eq(t.bindings.openid, openid)).returning(),
    );
  }
});

const signs: Record<string, string> = { "&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "#39" };

describe("the language of a page", () => {
  it.each([
    ["en", "", "en"],
    ["en-GB,zh;q=0.9", "", "en"],
    ["zh-CN", "", "zh-CN"],
    ["fr, de;q=0.8", "", "zh-CN"],
    ["fr, en;q=0.3, zh;q=0.2", "", "en"],
    ["en;q=0", "", "zh-CN"],
    ["zh;q=0.8, en", "", "en"],
    ["en;q=0.5, zh-TW;q=0.5", "", "en"],
    ["EN-us ; q=0.1, fr", "", "en"],
    ["en", "wl_language=zh; wl_language=zh", "en"],
    ["", "", "zh-CN"],
    ["zh", "wl_language=en", "en"],
    ["en", "wl_language=zh", "zh-CN"],
    ["en", "wl_language=../../etc/passwd", "en"],
    ["*;q=x,;;;,=", "", "zh-CN"],
    ["zh, en;q=0.9", "", "zh-CN"],
    ["en; q=0.1, zh;q=0.5", "", "zh-CN"],
    // Neither is a quality.
    ["en;xq=0.1, zh;q=0.5", "", "en"],
    ["en;q=0.1x, zh;q=0.5", "", "en"],
    // Nothing is read after 500 characters.
    [`${"fr,".repeat(167)}en`, "", "zh-CN"],
  ])("(Accept-Language %j, cookie %j) is %s", async (accepted, cookie, language) => {
    const page = await send(system, {
      path: "/login/account",
      headers: { ...html, "accept-language": accepted, ...(cookie ? { cookie } : {}) },
    });
    expect(page.status).toBe(200);
    expect(page.text).toContain(`<html lang="${language}">`);
    // A shared cache must keep the languages apart, whichever of the two chose it.
    expect(String(page.headers.vary).split(", ")).toEqual(
      expect.arrayContaining(["accept-language", "cookie"]),
    );
  });
});

describe("the status of a page", () => {
  const expected: [string, PageName | string, number][] = [
    ["/login/account", "home", 200],
    ["/nowhere", "not-found", 404],
    ["/login/wechat/callback", "invalid-callback", 400],
    ["/login/profile/01M00000000000000000000000", "expired", 410],
    ["/login/wechat/profile?sign_in=01M00000000000000000000000", "expired", 410],
  ];
  it.each(expected)("(%s, %s) is %i", async (path, _, status) => {
    const page = await send(system, { path, headers: { ...html, "accept-language": "en" } });
    expect(page.status).toBe(status);
    expect(page.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(titleOf(page.text)).not.toBe("");
    expect(page.text).not.toContain("{{");
  });

  it.each([
    ["wecom", userAgents.wecom],
    ["a phone's own browser", userAgents.safariIphone],
    ["a desktop browser without a configured website app", userAgents.desktop],
  ])("is 200 in %s, with a way to continue and no sign-in started", async (_, userAgent) => {
    const before = (await rowsOf(system.db, "signIns")).length;
    const page = await system.browser({ userAgent }).visit("/login/wechat?return_to=/orders");
    expect(page.status).toBe(200);
    expect(shownLink(page.html)).toBe(`${system.url}/login/wechat?return_to=%2Forders`);
    expect(page.html).toContain('href="/login/wechat?return_to=%2Forders&amp;app=oa&amp;tap=1"');
    expect(await rowsOf(system.db, "signIns")).toHaveLength(before);
    expect(page.headers.getSetCookie()).toEqual([]);
  });

  it.each([
    ["access_token", 40029, 400],
    ["access_token", -1, 424],
    ["access_token", 40125, 424],
    ["userinfo", 45011, 424],
  ] as const)(
    "(%s fails with %i) is %i, with the errcode, a reference number and a way to continue",
    async (endpoint, errcode, status) => {
      const browser = system.browser({ person: "noavatar" });
      const callback = await browser.callbackUrl();
      const failing = { kind: "errcode", errcode } as const;
      if (endpoint === "access_token") system.simulator.fail(endpoint, failing);
      const asked = await browser.follow(callback);
      let failed = asked;
      if (endpoint === "userinfo") {
        system.simulator.fail(endpoint, failing);
        const button = /href="(\/login\/wechat\/profile[^"]*)"/.exec(asked.html)?.[1] ?? "";
        failed = await browser.follow(button.replaceAll("&amp;", "&"));
      }
      expect(failed.status).toBe(status);
      expect(failed.html).toContain(`>${errcode}</span>`);
      expect(failed.html).toMatch(/id="number"[^>]*>[0-9A-Z]{26}</);
      expect(failed.html).toContain('href="/login/wechat?');
      expect(browser.session).toBeUndefined();
    },
  );

  it("is 429 for too many starts from one address, as a page or as JSON", async () => {
    const flooded = await startSystem();
    const path = "/login/wechat/profile";
    for (let round = 0; round < 600; round++) await flooded.app.server.inject({ url: path });
    const page = await flooded.app.server.inject({ url: path, headers: html });
    expect(page.statusCode).toBe(429);
    expect(titleOf(page.body)).not.toBe("");
    const json = await flooded.app.server.inject({ url: path });
    expect(json.statusCode).toBe(429);
    expect(json.json()).toEqual({ error: expect.any(String), requestId: expect.any(String) });
    expect(flooded.simulator.requests()).toEqual([]);
    await flooded.close();
  });
});

describe("WeChat's verify file", () => {
  it.each([
    ["/MP_verify_AbCdEfGh01234567.txt", "AbCdEfGh01234567"],
    ["/WW_verify_AbCd.txt", "AbCd\r\n"],
  ])("is at the root, without a redirect, and with its exact content: %s", async (path, content) => {
    const file = await send(system, { path });
    expect([file.status, file.text]).toEqual([200, content]);
    expect(file.headers["content-type"]).toBe("text/plain; charset=utf-8");
  });

  it.each([
    "/MP_verify_ZZZZZZZZ01234567.txt",
    "/MP_verify_AbCdEfGh01234567.txt/",
    "/mp_verify_AbCdEfGh01234567.txt",
    "/MP_verify_.txt",
    "/WW_verify_AbCd",
    "/ww_verify_abcd.txt",
    "/login/WW_verify_AbCd.txt",
    "/MP_verify_AbCdEfGh01234567.html",
    "/login/MP_verify_AbCdEfGh01234567.txt",
  ])("is not served under another name such as %s", async (path) => {
    expect((await send(system, { path })).status).toBe(404);
  });
});
