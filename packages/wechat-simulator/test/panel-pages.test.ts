import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { demoOfficialAccount, demoWebsite, type Simulator, startSimulator } from "../src/index.js";
import { openPanel, PANEL_PATHS, submit, wordsOf } from "./panel.js";
import {
  authorizeUrl,
  codeOf,
  exchange,
  getCode,
  getGlobalToken,
  getTokens,
  open,
  openAs,
  post,
  WECHAT_UA,
} from "./phone.js";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

/** One of everything that pages can show. */
async function live(): Promise<void> {
  await getTokens(simulator);
  await getCode(simulator, "emoji");
  await exchange(simulator, "unknown");
  await getGlobalToken(simulator);
  simulator.fail("userinfo", { kind: "errcode", errcode: -1 }, 2);
  simulator.settings({ doubleCallback: true });
}

/** A page without data: names of people, codes, WeChat's own texts, and the language link. */
function ownWords(markup: string): string {
  return wordsOf(
    markup
      .replace(/<(bdi|code|pre|table|datalist|optgroup|option)\b.*?<\/\1>/gs, " ")
      .replace(/<a [^>]*hreflang.*?<\/a>/gs, " ")
      .replace(/<span class="face".*?<\/span>/gs, " "),
  );
}

describe.each(PANEL_PATHS)("the panel's page %s", (path) => {
  it("is entirely in English for an English browser", async () => {
    await live();
    const { response, text } = await openPanel(simulator, path, { language: "en-GB,zh;q=0.5" });
    expect(response.status).toBe(200);
    expect(text).toContain('<html lang="en">');
    expect(ownWords(text)).not.toMatch(/\p{Script=Han}/u);
  });

  it("is entirely in Chinese for a Chinese browser", async () => {
    await live();
    const { text } = await openPanel(simulator, path, { language: "zh-CN,zh;q=0.9,en;q=0.8" });
    expect(text).toContain('<html lang="zh-CN">');
    // Names such as access_token and "Demo Website" are the same in both languages; sentences are not.
    expect(ownWords(text)).not.toMatch(/(?:[a-z]{2,} ){3}[a-z]{2,}/);
  });

  it("loads nothing from other origins, runs nothing inline and cannot be framed", async () => {
    await live();
    const { response, text } = await openPanel(simulator, path);
    const policy = response.headers.get("content-security-policy");
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
    expect(response.headers.get("cross-origin-opener-policy")).toBe("same-origin");
    expect(text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    expect(text).not.toMatch(/ on[a-z]+=|<script(?! type="module" src="\/_simulator\/)|<style| style="/);
  });

  it("names the simulator and the current page", async () => {
    const { text } = await openPanel(simulator, path);
    expect(text).toContain("not the real WeChat");
    expect(text.match(/aria-current="page"/g)).toHaveLength(1);
  });

  it("answers HEAD", async () => {
    const response = await fetch(`${simulator.url}${path}`, { method: "HEAD" });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe("");
  });

  it("shows no secret", async () => {
    await live();
    const { text } = await openPanel(simulator, path);
    for (const { appSecret } of [demoOfficialAccount, demoWebsite]) expect(text).not.toContain(appSecret);
  });

  it("escapes a hostile nickname and a hostile query", async () => {
    simulator.updatePerson("alice", {
      nickname: `"><script>alert("n")</script><img src=x onerror=alert(1)>`,
    });
    await getTokens(simulator);
    await fetch(`${simulator.url}/sns/userinfo?access_token="><img src=x onerror=alert(1)>&openid='`);
    const { text } = await openPanel(simulator, path, { cookie: "simulator_person=alice" });
    expect(text).not.toMatch(/<img|<script>/i);
  });
});

describe("the panel's language", () => {
  it("is switched by a link and kept in a cookie", async () => {
    const response = await fetch(`${simulator.url}/people?lang=zh`, { redirect: "manual" });
    expect(response.headers.get("location")).toBe("/people");
    const cookie = (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    expect((await openPanel(simulator, "/", { language: "en", cookie })).text).toContain(
      "模拟器收到的每个请求",
    );
  });
});

describe("the list of requests", () => {
  const rows = (text: string) => text.match(/<li id="request-/g)?.length ?? 0;

  it("shows what to do when there are no requests", async () => {
    expect((await openPanel(simulator)).text).toContain("No requests yet.");
  });

  it("offers clearing only when there are requests", async () => {
    const clear = 'action="/_simulator/forms/requests/clear"';
    expect((await openPanel(simulator)).text).not.toContain(clear);
    await exchange(simulator, "x");
    expect((await openPanel(simulator)).text).toContain(clear);
    expect((await openPanel(simulator, "/?text=nowhere")).text).toContain(clear);
  });

  it("suggests a command with an existing person who can sign in, even after deletions", async () => {
    const command = async () => {
      simulator.clearRequests();
      const words = wordsOf((await openPanel(simulator)).text);
      const [, person, url] =
        /x-simulator-person: ([\w-]+)' '(http:\S+?)'/.exec(words) ?? expect.fail("there is no command");
      return { person: person ?? "", url: url ?? "" };
    };
    expect((await command()).person).toBe("alice");
    simulator.deletePerson("alice");
    simulator.unfollow("emoji", demoOfficialAccount.appId);
    const { person, url } = await command();
    expect(person).toBe("noavatar");
    expect(codeOf(await openAs(person, url))).not.toBe("");

    for (const { id } of simulator.state().people) simulator.deletePerson(id);
    simulator.deletePerson("crowd-0");
    const last = await command();
    expect(last.person).toBe("crowd-1");
    expect(codeOf(await openAs(last.person, last.url))).not.toBe("");
    expect((await openPanel(simulator, "/guide")).text).not.toContain("alice");
  });

  it("suggests a command that is quoted correctly for any callback domain", async () => {
    simulator.updateApp(demoOfficialAccount.appId, { callbackHosts: ["it's.example"] });
    const words = wordsOf((await openPanel(simulator)).text);
    expect(words).toContain("-A 'MicroMessenger/8.0.49'");
    expect(words).toContain("redirect_uri=http%3A%2F%2Fit'\\''s.example%2Fcallback&response_type=code");
  });

  it("shows the raw query with masked secrets, the response, the errcode and the reason", async () => {
    await exchange(simulator, "unknown");
    const words = wordsOf((await openPanel(simulator)).text);
    const { appId } = demoOfficialAccount;
    expect(words).toContain(`appid=${appId}&secret=***&code=unknown&grant_type=authorization_code`);
    expect(words).toContain('{"errcode":40029,"errmsg":"invalid code, rid: ');
    expect(words).toContain("this code was never issued");
  });

  it("names the parameter that came too early", async () => {
    const { appId } = demoOfficialAccount;
    await open(
      `${simulator.url}/connect/oauth2/authorize?appid=${appId}&redirect_uri=x&scope=snsapi_base&response_type=code`,
    );
    expect((await openPanel(simulator)).text).toContain("scope came before response_type");
    expect((await openPanel(simulator, "/", { language: "zh" })).text).toContain(
      "scope 出现在 response_type 之前",
    );
  });

  it("offers each request as curl with masked secrets and correct quoting", async () => {
    await exchange(simulator, "x");
    await post(simulator, "/cgi-bin/clear_quota", {}, "it's");
    await post(
      simulator,
      "/cgi-bin/stable_token",
      {},
      { appid: "x", secret: "do-not-show", grant_type: "client_credential" },
    );
    const { text } = await openPanel(simulator);
    const words = wordsOf(text);
    expect(words).toContain(`curl -si '${simulator.url}/sns/oauth2/access_token?appid=`);
    expect(words).toContain("--data-raw 'it'\\''s'");
    expect(words).toContain(
      `curl -si -X POST '${simulator.url}/cgi-bin/stable_token' --data-raw '{"appid":"x","secret":"***"`,
    );
    expect(text).not.toContain("do-not-show");
  });

  it("is filtered by endpoint, by refusal and by text", async () => {
    await getTokens(simulator);
    await exchange(simulator, "unknown");
    expect(rows((await openPanel(simulator)).text)).toBe(3);
    expect(rows((await openPanel(simulator, "/?endpoint=access_token")).text)).toBe(2);
    expect(rows((await openPanel(simulator, "/?refused=1")).text)).toBe(1);
    expect(rows((await openPanel(simulator, "/?text=UNKNOWN")).text)).toBe(1);
    expect(rows((await openPanel(simulator, "/?text=never%20issued")).text)).toBe(1);
    expect((await openPanel(simulator, "/?text=nowhere")).text).toContain("No matching requests.");
  });

  it("keeps the filter that is set in its form", async () => {
    const filters = async (path: string) =>
      /<form class="filters".*?<\/form>/s.exec((await openPanel(simulator, path)).text)?.[0] ?? "no form";
    const none = await filters("/");
    expect(none).not.toContain("checked");
    expect(none).not.toContain("selected");
    expect(none).toContain('name="text" value=""');
    const set = await filters("/?endpoint=userinfo&refused=1&text=oAlice");
    expect(set).toContain('name="refused" value="1" checked>');
    expect(set).toContain('<option value="userinfo" selected>');
    expect(set).toContain('name="text" value="oAlice"');
  });

  it("shows a status of 400 and above in red, and any other calmly", async () => {
    const { text: before } = await openPanel(simulator);
    expect(before).not.toContain('class="result"');
    await getCode(simulator);
    const calm = (await openPanel(simulator)).text;
    expect(calm).toContain('<span class="result"><span class="tag calm">302</span>');
    await fetch(authorizeUrl(simulator), { headers: { "x-simulator-person": "no such person" } });
    const red = (await openPanel(simulator)).text;
    expect(red).toContain('<span class="result"><span class="tag bad">400</span>');
  });

  it("shows a hundred requests and links to older ones", async () => {
    for (let number = 0; number < 103; number += 1) await exchange(simulator, `code${number}`);
    const shownAt = async (path: string) => {
      const { text } = await openPanel(simulator, path);
      const older = /href="(\/\?before=[^"]+)"/.exec(text)?.[1]?.replaceAll("&amp;", "&");
      return { rows: rows(text), older, hasOldest: text.includes("code=code0&") };
    };
    const before = `before=${simulator.requests()[3]?.id}`;
    const hundred = { rows: 100, hasOldest: false };
    const rest = { rows: 3, older: undefined, hasOldest: true };
    const filter = "endpoint=access_token&refused=1&text=code";
    expect(await shownAt("/")).toEqual({ ...hundred, older: `/?${before}` });
    expect(await shownAt(`/?${before}`)).toEqual(rest);
    expect(await shownAt(`/?${filter}`)).toEqual({ ...hundred, older: `/?${before}&${filter}` });
    expect(await shownAt(`/?${before}&${filter}`)).toEqual(rest);
    expect(await shownAt("/?text=code102")).toEqual({ rows: 1, older: undefined, hasOldest: false });
  });

  it("accepts any query in its address", async () => {
    const { response } = await openPanel(
      simulator,
      "/?before=x&before=-1&endpoint=%00&refused=2&done=constructor&moved=x",
    );
    expect(response.status).toBe(200);
    const tooFar = await openPanel(simulator, "/clock?moved=1e400");
    expect([tooFar.response.status, tooFar.text.includes('class="flash"')]).toEqual([200, false]);
    expect((await openPanel(simulator, "/clock?moved=315360000")).text).toContain('class="flash"');
  });

  it("shows a call of an unknown path", async () => {
    await fetch(`${simulator.url}/sns/oauth2/acces_token?appid=x&secret=do-not-show`);
    await fetch(`${simulator.url}/cgi-bin/tokens`);
    await fetch(`${simulator.url}/favicon.ico`);
    const { text } = await openPanel(simulator, "/?endpoint=unknown_path");
    expect(rows(text)).toBe(2);
    expect(text).toContain("has no such path");
    expect(text).not.toContain("do-not-show");
  });

  it("shows the redirect target of a page", async () => {
    await getCode(simulator);
    expect(wordsOf((await openPanel(simulator)).text)).toContain(
      "Redirected the browser to http://localhost:4000/callback?code=",
    );
  });

  it("shows that WeChat's page refused another browser", async () => {
    await fetch(authorizeUrl(simulator));
    expect((await openPanel(simulator)).text).toContain("the user agent is not WeChat");
  });
});

describe("a page of WeChat's", () => {
  it("does not answer HEAD, which would issue a code", async () => {
    const headers = { "user-agent": WECHAT_UA, "x-simulator-person": "alice" };
    const response = await fetch(authorizeUrl(simulator), { method: "HEAD", redirect: "manual", headers });
    expect(response.status).toBe(404);
    expect(simulator.state().liveCodes).toBe(0);
  });
});

describe("the switches", () => {
  it("show the default first, also for errcodes, and off before on", async () => {
    const { text } = await openPanel(simulator, "/switches");
    const { settings } = simulator.state();
    for (const [name, value] of Object.entries(settings)) {
      const row = text.slice(text.indexOf(`id="switch-${name}"`)).split("</li>")[0] ?? "";
      const values = [...row.matchAll(/type="radio" name="value" value="([^"]*)"/g)].map(
        ([, found]) => found,
      );
      if (typeof value === "number" && values.length === 0) continue; // a number of seconds
      expect(values[0], name).toBe(row.includes("<span>off</span>") ? "false" : String(value));
    }
  });
});

describe("the apps", () => {
  it("show the secret of the requested app only", async () => {
    const { text } = await openPanel(simulator, `/apps?show=${demoWebsite.appId}`);
    expect(text).toContain(demoWebsite.appSecret);
    expect(text).not.toContain(demoOfficialAccount.appSecret);
  });

  it("show the used part of today's quotas", async () => {
    await getGlobalToken(simulator);
    expect(wordsOf((await openPanel(simulator, "/apps")).text)).toContain("stable_token 1 / 500000");
  });
});

describe("codes and tokens", () => {
  it("are listed with purpose, person and state", async () => {
    await getTokens(simulator, "alice");
    await getCode(simulator, "emoji");
    const words = wordsOf((await openPanel(simulator, "/tokens")).text);
    expect(words).toMatch(/code \w{8}…\w{8} .*?林小满 · Demo Official Account snsapi_userinfo spent/);
    expect(words).toMatch(/Foxy .*? 5 min|Foxy .*? 4 min 59 s/);
    expect(words).toContain("2 valid");
  });

  it("are counted down by the simulator's clock, as the page says", async () => {
    await getCode(simulator);
    simulator.advance(299);
    expect(wordsOf((await openPanel(simulator, "/tokens")).text)).toMatch(/snsapi_userinfo 1 s/);
    await submit(simulator, "clock", { seconds: "1" });
    expect(wordsOf((await openPanel(simulator, "/tokens")).text)).toContain("snsapi_userinfo expired");
  });
});
