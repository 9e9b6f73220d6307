import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  demoOfficialAccount,
  demoWebsite,
  type Fault,
  type Simulator,
  startSimulator,
} from "../src/index.js";
import { curlOf } from "../src/panel/curl.js";
import { describeFault } from "../src/panel/describe-fault.js";
import { filterRequests, isRefused, readRequestFilter } from "../src/panel/request-filter.js";
import { span, zoneOf } from "../src/panel/time.js";
import type { LoggedRequest } from "../src/stores/request-log.js";
import { openPanel, submit, wordsOf } from "./panel.js";
import { call, codeOf, getCode, getGlobalToken, getTokens, openAs, qrUrl } from "./phone.js";

// What the panel says about two people and two apps, row by row.

const START = Date.UTC(2026, 0, 31, 4);
const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ now: () => START, apps: [demoOfficialAccount, demoWebsite] });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

const english = (en: string) => en;
const { appId } = demoOfficialAccount;

/** The words of each element whose markup begins so. */
async function rowsOf(path: string, start: RegExp, end = "</li>"): Promise<string[]> {
  const { text } = await openPanel(simulator, path);
  const starts = [...text.matchAll(new RegExp(start, "g"))].map(({ index }) => index);
  return starts.map((at) => wordsOf(text.slice(at, text.indexOf(end, at))).trim());
}

async function seed() {
  const { access_token, refresh_token } = await getTokens(simulator, "emoji");
  const qrCode = codeOf(await openAs("alice", qrUrl(simulator)));
  simulator.advance(120);
  const code = await getCode(simulator, "alice");
  const first = await getGlobalToken(simulator);
  const { appSecret: secret } = demoOfficialAccount;
  const asked = { grant_type: "client_credential", appid: appId, secret };
  const classic = String((await call(simulator, "/cgi-bin/token", asked)).body.access_token);
  simulator.revoke("emoji", appId);
  return { access_token, refresh_token, qrCode, code, first, classic };
}
const short = (value: string, kept = 8) => `${value.slice(0, kept)}…${value.slice(-kept)}`;

describe("the list of codes and tokens", () => {
  it("has kind, value, person, app, purpose and time left or state of each", async () => {
    const { access_token, refresh_token, qrCode, code, first, classic } = await seed();
    const spent = simulator.tokens().find(({ state }) => state === "spent")?.value ?? "";
    expect(await rowsOf("/tokens", /<li id="credential-/)).toEqual([
      `code ${short(qrCode)} 林小满 · Demo Website snsapi_login 8 min End`,
      `code ${short(code)} 林小满 · Demo Official Account snsapi_userinfo 5 min End`,
      `code ${short(spent)} 🦊 Foxy 🎉👩‍👩‍👧 · Demo Official Account snsapi_userinfo spent`,
      `access_token ${short(access_token)} 🦊 Foxy 🎉👩‍👩‍👧 · Demo Official Account snsapi_userinfo revoked by the person`,
      `refresh_token ${short(refresh_token)} 🦊 Foxy 🎉👩‍👩‍👧 · Demo Official Account snsapi_userinfo revoked by the person`,
      `global access_token ${short(classic)} Demo Official Account token 2 h End`,
      `global access_token ${short(first)} Demo Official Account stable_token 2 h End`,
    ]);
  });
});

describe("the clock's page", () => {
  it("moves the clock by what each button says, and says what expires then", async () => {
    expect(await rowsOf("/clock", /<button name="seconds"/, "</button>")).toEqual([
      "+1 min minute quotas reset",
      "+5 min a code expires",
      "+10 min a code from the QR page expires",
      "+2 h access tokens expire",
      "+1 day daily quotas reset",
      "+30 days refresh tokens expire",
    ]);
    const { text } = await openPanel(simulator, "/clock");
    const seconds = [...text.matchAll(/<button name="seconds" value="(\d+)"/g)].map(([, value]) =>
      Number(value),
    );
    expect(seconds).toEqual([60, 5 * 60, 10 * 60, 2 * 3600, 24 * 3600, 30 * 24 * 3600]);
  });

  it.each([
    [-480, "UTC+08:00"],
    [300, "UTC-05:00"],
    [210, "UTC-03:30"],
    [-345, "UTC+05:45"],
    [0, "UTC+00:00"],
  ])("has the machine's zone, here %d minutes behind UTC: %s", (behind, zone) => {
    const offset = vi.spyOn(Date.prototype, "getTimezoneOffset").mockReturnValue(behind);
    expect(zoneOf(START)).toBe(zone);
    offset.mockRestore();
  });

  it("lists what expires next and what expired last, the nearest first, with its owner", async () => {
    const { qrCode, code, first, classic } = await seed();
    const next = (await rowsOf("/clock", /<section class="card" aria-labelledby="next"/, "</section>"))[0];
    expect(next).toBe(
      [
        "Expires next",
        `code ${short(code, 4)} 林小满 · Demo Official Account 5 min Jump`,
        `code ${short(qrCode, 4)} 林小满 · Demo Website 8 min Jump`,
        `global access_token ${short(classic, 4)} Demo Official Account 2 h Jump`,
        `global access_token ${short(first, 4)} Demo Official Account 2 h Jump`,
      ].join(" "),
    );
    const gone = async () =>
      (await rowsOf("/clock", /<section class="card" aria-labelledby="gone"/, "</section>"))[0];
    simulator.advance(481);
    expect(await gone()).toBe(
      [
        "Expired",
        `code ${short(qrCode, 4)} 林小满 · Demo Website 1 s ago`,
        `code ${short(code, 4)} 林小满 · Demo Official Account 3 min 1 s ago`,
      ].join(" "),
    );
    simulator.advance(7200);
    const late = await getCode(simulator, "emoji");
    simulator.advance(301);
    expect(await gone()).toBe(
      [
        "Expired",
        `code ${short(late, 4)} 🦊 Foxy 🎉👩‍👩‍👧 · Demo Official Account 1 s ago`,
        `global access_token ${short(classic, 4)} Demo Official Account 13 min 2 s ago`,
        `global access_token ${short(first, 4)} Demo Official Account 13 min 2 s ago`,
        `code ${short(qrCode, 4)} 林小满 · Demo Website 2 h 5 min ago`,
        `code ${short(code, 4)} 林小满 · Demo Official Account 2 h 8 min ago`,
      ].join(" "),
    );
  });

  it("counts only what expired during the last move", async () => {
    const { classic } = await seed();
    const asked = { access_token: classic, type: "jsapi" };
    expect((await call(simulator, "/cgi-bin/ticket/getticket", asked)).body.errcode).toBe(0);
    const flash = async (moved: number) => {
      simulator.advance(moved);
      return (await rowsOf(`/clock?moved=${moved}`, /<p class="flash">/, "</p>"))[0];
    };
    expect(await flash(300)).toBe(
      "Moved forward by 5 min. In that time 1 code, 0 tokens and 0 tickets expired.",
    );
    expect(await flash(180)).toBe(
      "Moved forward by 3 min. In that time 1 code, 0 tokens and 0 tickets expired.",
    );
    expect(await flash(7200)).toBe(
      "Moved forward by 2 h. In that time 0 codes, 2 tokens and 1 ticket expired.",
    );
  });
});

describe("the card of a person", () => {
  it("has what is true for this person in each app, and not for another one", async () => {
    simulator.updatePerson("emoji", { unionid: false, headimgurl: "", snapshot: true, highRisk: true });
    simulator.unfollow("emoji", appId);
    const heads = await rowsOf("/people", /<div class="person-head"/, '<ul class="identities"');
    const { openid, unionid } = simulator.person("alice", appId);
    expect(heads.slice(0, 2)).toEqual([
      `林 林小满 alice Use this person unionid follower unionid ${unionid}`,
      "🦊 🦊 Foxy 🎉👩‍👩‍👧 emoji Use this person no unionid follower no avatar snapshot visitor high risk",
    ]);
    const identities = await rowsOf("/people", /<ul class="identities"/, "</ul>");
    expect(identities[0]).toBe(
      `Demo Official Account ${openid} Unfollow Revoke Demo Website ${simulator.person("alice", demoWebsite.appId).openid} Revoke`,
    );
    expect(identities[1]).toBe(
      `Demo Official Account ${simulator.person("emoji", appId).openid} Follow Revoke Demo Website ${simulator.person("emoji", demoWebsite.appId).openid} Revoke`,
    );
  });
});

describe("the status on every page", () => {
  const status = async (cookie = "") => {
    const { text } = await openPanel(simulator, "/guide", { cookie });
    const [, section = ""] = /<section class="status"[^>]*>(.*?)<\/section>/s.exec(text) ?? [];
    return wordsOf(section)
      .trim()
      .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/, "TIME");
  };

  it("has the clock, planned faults, changed switches and this browser's person", async () => {
    expect(await status()).toBe(
      "Clock TIME Faults none Switches changed none This browser no person yet 中文",
    );
    simulator.fail("auth", { kind: "http_502" }, 5);
    simulator.fail("token", { kind: "http_502" }, { share: 0.5 });
    simulator.settings({ sameCode: true, refusal: "state_only", fromMenu: false });
    simulator.advance(90_061);
    expect(await status("simulator_person=emoji; simulator_wechat=1")).toBe(
      "Clock TIME +1 d 1 h Faults 2 Switches changed 2 This browser 🦊 Foxy 🎉👩‍👩‍👧 · acts as WeChat 中文",
    );
  });
});

describe("the secret of an app", () => {
  const names = async (query = "") => {
    const { text } = await openPanel(simulator, `/apps${query}`);
    return [...text.matchAll(/href="[^"]*#app-(\w+)" aria-label="([^"]*)">([^<]*)</g)].map(
      ([, ...parts]) => parts,
    );
  };
  const nameOf = (name: string) => `appSecret, ${name}`;

  it("is shown and hidden by a link that names the app", async () => {
    const hidden = [
      [demoOfficialAccount.appId, `Show ${nameOf("Demo Official Account")}`, "Show"],
      [demoWebsite.appId, `Show ${nameOf("Demo Website")}`, "Show"],
    ];
    expect(await names()).toEqual(hidden);
    expect(await names(`?show=${demoWebsite.appId}`)).toEqual([
      hidden[0],
      [demoWebsite.appId, `Hide ${nameOf("Demo Website")}`, "Hide"],
    ]);
  });
});

describe("the quotas of an app", () => {
  it("show the calls of this app only, and of today only", async () => {
    await getGlobalToken(simulator, demoWebsite);
    await getGlobalToken(simulator, demoWebsite);
    await getGlobalToken(simulator);
    const counts = async () =>
      wordsOf((await openPanel(simulator, "/apps")).text).match(/\bstable_token \d+ \/ 500000/g);
    expect(await counts()).toEqual(["stable_token 1 / 500000", "stable_token 2 / 500000"]);
    await submit(simulator, "clock", { seconds: "12", unit: "3600" });
    expect(await counts()).toEqual(["stable_token 0 / 500000"]); // an Official Account's is always shown
  });
});

describe("a duration", () => {
  it.each([
    [-5, "0 s"],
    [0, "0 s"],
    [1, "1 s"],
    [59_000, "59 s"],
    [59_001, "1 min"],
    [MINUTE + 1000, "1 min 1 s"],
    [HOUR - 1000, "59 min 59 s"],
    [HOUR, "1 h"],
    [HOUR + 1000, "1 h"],
    [2 * HOUR + 3 * MINUTE + 4000, "2 h 3 min"],
    [DAY - 1000, "23 h 59 min"],
    [DAY, "1 d"],
    [30 * DAY + HOUR, "30 d 1 h"],
  ])("of %i ms is shown in its two largest units: %s", (ms, words) => {
    expect(span(english, ms)).toBe(words);
  });
});

describe("the filter of requests", () => {
  const one: LoggedRequest = {
    id: 1,
    at: new Date(START).toISOString(),
    method: "POST",
    endpoint: "auth",
    path: "/sns/Auth",
    query: "a=Query",
    body: "a=Body",
    person: "Person",
    status: 418,
    answer: "Answer",
    errcode: 40029,
    rid: "Rid",
    reason: { en: "Reason", zh: "原因" },
    fault: "body",
  };
  const two: LoggedRequest = { ...base(2), endpoint: "userinfo" };
  const three: LoggedRequest = { ...base(3), endpoint: "auth" };
  function base(id: number) {
    return { id, at: one.at, method: "GET", path: "/x", query: "", status: 200 };
  }
  const found = (query: Record<string, string>) =>
    filterRequests([one, two, three], readRequestFilter(query)).map(({ id }) => id);

  it.each([..."POST auth query body person 418 answer 40029 rid reason 原因".split(" "), " BODY "])(
    "finds a request by any of its texts, in any case: %s",
    (text) => {
      expect(found({ text })).toEqual([1]);
    },
  );

  it.each<[Record<string, string>, number[]]>([
    [{}, [3, 2, 1]],
    [{ endpoint: "auth" }, [3, 1]],
    [{ endpoint: "auth", before: "3" }, [1]],
    [{ before: "2" }, [1]],
    [{ before: "0" }, [3, 2, 1]],
    [{ before: "2.5" }, [3, 2, 1]],
    [{ refused: "1" }, [1]],
    [{ refused: "0" }, [3, 2, 1]],
    [{ endpoint: "userinfo", refused: "1" }, []],
  ])("shows the newest first, and combines its parts: %j", (query, ids) => {
    expect(found(query)).toEqual(ids);
  });

  it.each<[Partial<LoggedRequest>, boolean]>([
    [{}, false],
    [{ errcode: 0 }, false],
    [{ status: 302 }, false],
    [{ status: 399 }, false],
    [{ errcode: -1 }, true],
    [{ status: 0 }, true],
    [{ status: 400 }, true],
    [{ reason: { en: "x", zh: "x" } }, true],
  ])("counts as failed what was refused, cut off or an HTTP error: %j", (fields, expected) => {
    expect(isRefused({ ...three, ...fields })).toBe(expected);
  });
});

describe("a planned fault", () => {
  it.each<[Fault, string, string]>([
    [{ kind: "errcode", errcode: 40029 }, "40029 · invalid code", "auth"],
    [{ kind: "errcode", errcode: 40029, errmsg: "odd" }, "40029 · odd", "auth"],
    [{ kind: "errcode", errcode: 10009 }, "10009 · 操作太频繁了，请稍后重试", "authorize"],
    [{ kind: "delay", ms: 7 }, "response after 7 ms", "auth"],
    [{ kind: "slow_drip", ms: 8 }, "byte by byte over 8 ms", "auth"],
    [{ kind: "reset", when: "before" }, "connection reset before the call; nothing is spent", "auth"],
    [{ kind: "reset", when: "after" }, "connection reset after the call; the code is spent", "auth"],
    [{ kind: "reset", when: "after" }, "connection reset after the visit; its code is lost", "qrconnect"],
    [{ kind: "http_502" }, "HTTP 502 with a gateway's HTML; nothing is spent", "auth"],
    [{ kind: "oversized" }, "the real response with 256 KB of padding; the code is spent", "auth"],
  ])("is described in one line: %j, %s", (fault, words, endpoint) => {
    expect(describeFault(english, { endpoint: endpoint as "auth", fault, remaining: 1 })).toBe(words);
  });
});

describe("a request as curl", () => {
  const request = { id: 1, at: "", method: "GET", path: "/p", query: "", status: 200 };

  it.each<[Partial<LoggedRequest>, string]>([
    [{ endpoint: "auth" }, "curl -si 'http://h/p'"],
    [{ endpoint: "auth", query: "a='b" }, "curl -si 'http://h/p?a='\\''b'"],
    [{ endpoint: "authorize", query: "x=1" }, "curl -si -A 'MicroMessenger/8.0.49' 'http://h/p?x=1'"],
    [{ endpoint: "qrconnect", query: "x=1" }, "curl -si 'http://h/p?x=1'"],
    [
      { endpoint: "stable_token", method: "POST", body: "{}" },
      "curl -si -X POST 'http://h/p' --data-raw '{}'",
    ],
    [{ endpoint: "clear_quota", method: "POST", body: "" }, "curl -si -X POST 'http://h/p' --data-raw ''"],
  ])("has its method, user agent, address and body: %j", (fields, command) => {
    expect(curlOf({ ...request, ...fields } as LoggedRequest, "http://h")).toBe(command);
  });
});
