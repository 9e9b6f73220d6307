import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Browser, userAgents, type Visit } from "./support/browser.js";
import { rowsOf } from "./support/rows.js";
import { type System, startSystem } from "./support/system.js";

let system: System;
let person: Browser;
beforeEach(async () => {
  system = await startSystem();
  person = system.browser();
  await person.signIn();
  system.advance(60);
});
afterEach(() => system.close());

const path = "/login/account/refresh-profile";
/** What the browser sends when the button of the page is pressed. */
const press = (browser = person, headers: Record<string, string> = {}) =>
  browser.visit(path, {
    method: "POST",
    headers: { origin: system.url, "content-type": "application/x-www-form-urlencoded", ...headers },
    body: "",
  });
const landing = ({ status, location }: Visit) => [status, location && location.pathname + location.search];
/** What the account page says has just happened. */
const noticeOf = ({ html }: Visit) => /role="status">([^<]*)/.exec(html)?.[1]?.trim();
const refresh = async () => (await person.mutate<{ result: string }>("session.refreshProfile")).data?.result;
const nicknames = async () => (await rowsOf(system.db, "bindings")).map(({ nickname }) => nickname);

describe("a person who asks to read their profile again", () => {
  it("has the nickname and picture that WeChat has now, and is told so, without JavaScript", async () => {
    const page = await person.visit("/login/account");
    expect(page.html).toContain(`<form method="post" action="${path}">`);
    expect(noticeOf(page)).toBeUndefined();
    system.simulator.updatePerson("alice", { nickname: "Alice NEW" });
    const pressed = await press();
    expect(landing(pressed)).toEqual([303, "/login/account?notice=profile-updated"]);
    const after = await person.visit(pressed.location ?? "");
    expect(noticeOf(after)).toBe("Your nickname and photo are up to date now.");
    expect(after.html).toContain(">Alice NEW</bdi>");
    expect(await nicknames()).toEqual(["Alice NEW"]);
  });

  it("is told that there is nothing new, and after less than a minute to wait for the rest of it", async () => {
    expect(landing(await press())).toEqual([303, "/login/account?notice=profile-unchanged"]);
    const calls = system.simulator.calls("userinfo");
    system.advance(59);
    expect(landing(await press())).toEqual([303, "/login/account?notice=profile-too-soon"]);
    const refused = await person.mutate("session.refreshProfile");
    expect([refused.status, refused.error?.data.appCode]).toEqual([429, "too_many_attempts"]);
    expect(Number(refused.headers.get("retry-after"))).toBeLessThanOrEqual(1);
    expect(system.simulator.calls("userinfo")).toBe(calls);
    system.advance(2);
    expect(await refresh()).toBe("unchanged");
    expect(system.simulator.calls("userinfo")).toBe(calls + 1);
  });

  it("does not make another person wait, who may ask in the same minute", async () => {
    expect(await refresh()).toBe("unchanged");
    const other = system.browser({ person: "emoji" });
    await other.signIn();
    expect((await other.mutate<{ result: string }>("session.refreshProfile")).data?.result).toBe("unchanged");
  });

  it("is who asked, in the log, by the form and by the API", async () => {
    const asked = () => system.logLines.filter((line) => line.includes('"event":"profile_read"'));
    await press();
    system.advance(61);
    await refresh();
    expect(asked().map((line) => JSON.parse(line))).toMatchObject([
      { result: "read", msg: "a person asked to read their profile" },
      { result: "read", msg: "a person asked to read their profile" },
    ]);
  });

  it.each([
    ["userinfo", 2],
    ["refresh_token", 1], // WeChat may have spent the refresh token: it is not asked twice
  ] as const)(
    "keeps what there is while WeChat does not answer %s, and is told so",
    async (endpoint, times) => {
      system.simulator.updatePerson("alice", { nickname: "Alice NEW" });
      system.simulator.fail(endpoint, { kind: "reset", when: "before" }, times);
      expect(landing(await press())).toEqual([303, "/login/account?notice=profile-unanswered"]);
      expect(await nicknames()).toEqual(["林小满"]);
      system.advance(60);
      expect(await refresh()).toBe("updated");
    },
  );

  it("can allow it again with one tap once WeChat refuses the tokens", async () => {
    system.simulator.changePassword("alice");
    system.simulator.updatePerson("alice", { nickname: "Alice NEW" });
    const refused = await press();
    expect(landing(refused)).toEqual([303, "/login/account?notice=profile-not-allowed"]);
    const page = await person.visit(refused.location ?? "");
    expect(noticeOf(page)).toBe(
      "WeChat no longer lets us read your nickname and photo. You can allow it again.",
    );
    const again = /role="status">[^<]*<a href="([^"]*)"/.exec(page.html)?.[1];
    expect(again).toBe("/login/wechat?tap=1&amp;profile=1");
    expect((await person.follow("/login/wechat?tap=1&profile=1")).status).toBe(200);
    expect(await nicknames()).toEqual(["Alice NEW"]);
    expect(await rowsOf(system.db, "consents")).toMatchObject([
      { purpose: "profile", answer: "agreed" },
      { purpose: "profile", answer: "agreed" },
    ]);
    system.advance(60);
    expect(await refresh()).toBe("unchanged");
  });

  it("is sent to WeChat's consent page by that link only while signed in, and only by a tap", async () => {
    const scopeOf = async (browser: Browser, link: string) =>
      (await browser.visit(link)).location?.searchParams.get("scope");
    expect(await scopeOf(person, "/login/wechat?tap=1&profile=1")).toBe("snsapi_userinfo");
    expect(await scopeOf(person, "/login/wechat?profile=1")).toBe("snsapi_base");
    expect(await scopeOf(person, "/login/wechat?tap=1")).toBe("snsapi_base");
    expect(await scopeOf(system.browser(), "/login/wechat?tap=1&profile=1")).toBe("snsapi_base");
    const desktop = person.copy({ userAgent: userAgents.desktop });
    expect(await scopeOf(desktop, "/login/wechat?tap=1&profile=1")).toBe("snsapi_login");
  });

  it("is read by a form of this site only, and only for a person who is signed in [T31, T32]", async () => {
    const calls = system.simulator.calls("userinfo");
    const foreign: Record<string, string>[] = [
      { origin: "https://evil.example" },
      { origin: "null" },
      { "sec-fetch-site": "cross-site" },
    ];
    for (const headers of foreign) expect((await press(person, headers)).status).toBe(403);
    expect((await person.visit(path, { method: "POST" })).status).toBe(403);
    expect(landing(await press(system.browser()))).toEqual([303, "/login/account"]);
    expect((await system.browser().mutate("session.refreshProfile")).status).toBe(401);
    expect(system.simulator.calls("userinfo")).toBe(calls);
    expect(landing(await press())).toEqual([303, "/login/account?notice=profile-unchanged"]);
  });

  it("is shown no words that a link made up", async () => {
    const page = await person.visit("/login/account?notice=%22%3Ehacked");
    expect(page.html).not.toContain("hacked");
    expect(noticeOf(page)).toBeUndefined();
  });
});
