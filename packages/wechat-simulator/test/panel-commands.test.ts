import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  demoMiniProgram,
  demoOfficialAccount,
  demoWebsite,
  type Simulator,
  startSimulator,
} from "../src/index.js";
import { openPanel, PANEL_PATHS, submit, wordsOf } from "./panel.js";
import { exchange, getTokens } from "./phone.js";

// What the panel's forms change, as a whole, and how much its pages show.

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ now: () => Date.UTC(2026, 0, 31, 4) });
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

const { appId } = demoOfficialAccount;

describe("a preset", () => {
  const errcode = (number: number) => ({ kind: "errcode", errcode: number });
  it.each<[string, [endpoint: string, fault: object, amount: object][]]>([
    ["code-used", [["access_token", errcode(40163), { remaining: 1 }]]],
    ["slow", [["access_token", { kind: "delay", ms: 15_000 }, { remaining: 1 }]]],
    ["cut-after", [["access_token", { kind: "reset", when: "after" }, { remaining: 1 }]]],
    [
      "busy",
      [
        ["access_token", errcode(-1), { remaining: 3 }],
        ["userinfo", errcode(-1), { remaining: 3 }],
      ],
    ],
    [
      "ip",
      [
        ["token", errcode(40164), { remaining: 1 }],
        ["stable_token", errcode(40164), { remaining: 1 }],
      ],
    ],
    [
      "replaced",
      [
        ["user_info", errcode(40001), { remaining: 1 }],
        ["getticket", errcode(40001), { remaining: 1 }],
      ],
    ],
    ["gateway", [["access_token", { kind: "http_502" }, { remaining: 1 }]]],
    [
      "page-gone",
      [
        ["authorize", { kind: "http_502" }, { remaining: 1 }],
        ["qrconnect", { kind: "http_502" }, { remaining: 1 }],
      ],
    ],
    ["cut-json", [["userinfo", { kind: "truncated_json" }, { remaining: 1 }]]],
    [
      "quota",
      [
        ["token", errcode(45009), { remaining: 1 }],
        ["stable_token", errcode(45009), { remaining: 1 }],
      ],
    ],
    [
      "fifth",
      [
        ["access_token", errcode(-1), { share: 0.2 }],
        ["userinfo", errcode(-1), { share: 0.2 }],
      ],
    ],
  ])("plans exactly what it says: %s; and all faults are cancelled at once", async (preset, planned) => {
    await submit(simulator, "faults/preset", { preset });
    expect(simulator.state().faults).toEqual(
      planned.map(([endpoint, fault, amount]) => ({ endpoint, fault, ...amount })),
    );
    expect((await submit(simulator, "faults/clear")).headers.get("location")).toBe("/?done=cancelled");
    expect(simulator.state().faults).toEqual([]);
  });
});

describe("a form about a person", () => {
  const alice = () => {
    const { identities: _, ...person } = simulator.state().people[0] ?? { identities: {} };
    return person;
  };

  it("saves every field, and a box that is not ticked is off", async () => {
    const all = { unionid: "1", follows: "1", snapshot: "1", highRisk: "1" };
    const fields = { person: "alice", nickname: "小满", headimgurl: "https://app.example/1.png" };
    const named = { id: "alice", nickname: fields.nickname, headimgurl: fields.headimgurl };
    await submit(simulator, "people/update", fields);
    expect(alice()).toEqual({ ...named, unionid: false, follows: false, snapshot: false, highRisk: false });
    await submit(simulator, "people/update", { ...fields, ...all });
    expect(alice()).toEqual({ ...named, unionid: true, follows: true, snapshot: true, highRisk: true });
  });

  it.each(["unionid", "follows", "snapshot", "highRisk"])("creates one with only %s", async (ticked) => {
    await submit(simulator, "people/create", { id: "bob", [ticked]: "1" });
    const { identities: _, ...bob } = simulator.state().people.at(-1) ?? { identities: {} };
    expect(bob).toEqual({
      id: "bob",
      nickname: "bob",
      headimgurl: "/mmopen/vi_32/simulated-bob/132",
      ...{ unionid: false, follows: false, snapshot: false, highRisk: false },
      [ticked]: true,
    });
  });
});

describe("a form about an app", () => {
  const settings = () => {
    const { callbackHosts, scopes, openPlatform, ipAllowList, messageUrl, banned } =
      simulator.state().apps.find((app) => app.appId === appId) ?? {};
    return { callbackHosts, scopes, openPlatform, ipAllowList, messageUrl, banned };
  };

  it("saves every field without the blanks around it, and an empty one as none", async () => {
    await submit(simulator, "apps/update", {
      appId,
      callbackHosts: " a.example, b.example ",
      scopes: "snsapi_base",
      openPlatform: " ours ",
      ipAllowList: " 10.0.0.1 ",
      messageUrl: " https://a.example/message ",
      banned: "1",
    });
    expect(settings()).toEqual({
      callbackHosts: ["a.example", "b.example"],
      scopes: ["snsapi_base"],
      openPlatform: "ours",
      ipAllowList: ["10.0.0.1"],
      messageUrl: "https://a.example/message",
      banned: true,
    });
    const empty = { callbackHosts: "", scopes: "", openPlatform: " ", ipAllowList: " ", messageUrl: " " };
    await submit(simulator, "apps/update", { appId, ...empty });
    expect(settings()).toEqual({
      callbackHosts: [],
      scopes: [],
      openPlatform: null,
      ipAllowList: null,
      messageUrl: null,
      banned: false,
    });
  });

  it("keeps an allow-list without an address, which is shown as none", async () => {
    simulator.setIpAllowList(appId, []);
    const { text } = await openPanel(simulator, "/apps");
    const [, shown = ""] = /name="ipAllowList" value="([^"]*)"/.exec(text) ?? [];
    expect(shown).toBe("none");
    await submit(simulator, "apps/update", { appId, ipAllowList: ` ${shown.toUpperCase()} ` });
    expect(settings().ipAllowList).toEqual([]);
  });

  it("adds a callback domain without the blanks around it", async () => {
    const answer = await submit(simulator, "apps/callback-host", { appId, host: " 127.0.0.1:1 " });
    expect(wordsOf(await answer.text())).toContain("could not be fetched from 127.0.0.1:1");
  });

  it.each(["apps/limit", "apps/update", "apps/callback-host"])(
    "is about an app that there is: %s",
    async (form) => {
      const fields = { appId: "wx0", limit: "daily.token", most: "1", host: "a.example" };
      const answer = await submit(simulator, form, fields);
      expect([answer.status, wordsOf(await answer.text())]).toEqual([
        404,
        expect.stringContaining("no app has the appid wx0"),
      ]);
    },
  );
});

describe("the form of a fault", () => {
  it("offers every errcode of a call, then those of a page, each in ascending order and none of a success", async () => {
    const { text } = await openPanel(simulator, "/faults");
    const list = text.slice(text.indexOf("<datalist"), text.indexOf("</datalist>"));
    const offered = [...list.matchAll(/<option value="([^"]*)"/g)].map(([, value]) => Number(value));
    const ofPages = [10003, 10004, 10005, 10006, 10009, 10010, 10011, 10012, 10013, 10015, 10016];
    const ofCalls = offered.slice(0, -ofPages.length);
    expect(offered.slice(-ofPages.length)).toEqual(ofPages);
    expect(ofCalls).toEqual([...new Set(ofCalls)].sort((a, b) => a - b));
    expect([ofCalls[0], ofCalls.includes(0), ofCalls.at(-1)]).toEqual([-1000, false, 9_001_002]);
    expect(ofCalls.length).toBeGreaterThan(80);
  });
});

describe("a page of the panel", () => {
  it("clears its list of requests", async () => {
    await exchange(simulator, "x");
    await submit(simulator, "requests/clear");
    expect(simulator.requests()).toEqual([]);
  });

  it("shows no more than the first 200 characters of a query in its row", async () => {
    await fetch(`${simulator.url}/sns/auth?${"x".repeat(201)}`);
    const [, glimpse] = /<span class="glimpse">([^<]*)</.exec((await openPanel(simulator)).text) ?? [];
    expect(glimpse).toBe(`?${"x".repeat(200)}`);
  });

  it("shows the newest 50 codes, each with the end of its value as its anchor, and says how many there are", async () => {
    const codes = Array.from({ length: 51 }, () => simulator.createJsCode("alice", demoMiniProgram.appId));
    const { text } = await openPanel(simulator, "/tokens");
    const anchors = [...text.matchAll(/<li id="credential-([^"]*)"/g)].map(([, anchor]) => anchor);
    expect(anchors).toEqual(
      codes
        .slice(1)
        .reverse()
        .map((code) => code.slice(-16)),
    );
    expect(wordsOf(text)).toContain("The newest 50 of 51.");
  });

  it("shows the next 12 that expire and the last 12 that expired", async () => {
    for (let number = 0; number < 13; number += 1) simulator.createJsCode("alice", demoMiniProgram.appId);
    const count = async (part: string) => {
      const { text } = await openPanel(simulator, "/clock");
      const start = text.indexOf(`aria-labelledby="${part}"`);
      return text.slice(start, text.indexOf("</section>", start)).split("<li>").length - 1;
    };
    expect([await count("next"), await count("gone")]).toEqual([12, 0]);
    simulator.advance(300);
    expect([await count("next"), await count("gone")]).toEqual([0, 12]);
  });

  it("lays its forms out by their classes", async () => {
    await getTokens(simulator);
    await submit(simulator, "faults/preset", { preset: "ip" });
    const shown = ["/people?show=alice", `/apps?show=${appId}`, `/apps?show=${demoWebsite.appId}`];
    const forms = new Map<string, Set<string>>();
    for (const path of [...PANEL_PATHS, ...shown]) {
      const { text } = await openPanel(simulator, path);
      const page = path.split("?")[0] ?? "";
      const found = forms.get(page) ?? new Set();
      forms.set(page, found);
      for (const [, action = "", className] of text.matchAll(
        /<form method="post" action="\/_simulator\/forms\/([^"]*)"(?: class="([^"]*)")?>/g,
      ))
        found.add(className === undefined ? action : `${action} ${className}`);
    }
    expect(Object.fromEntries([...forms].map(([page, found]) => [page, [...found].sort()]))).toEqual({
      "/": ["requests/clear"],
      "/people": [
        "people/create",
        "people/js-code inline",
        "people/password",
        "people/revoke inline",
        "people/unfollow inline",
        "people/update",
        "phone",
        "wechat",
      ],
      "/people/delete": ["people/delete"],
      "/apps": ["apps/callback-host", "apps/limit", "apps/update"],
      "/tokens": ["tokens/end inline"],
      "/faults": [
        "faults own-fault",
        "faults/cancel inline",
        "faults/clear inline",
        "faults/preset preset-form",
      ],
      "/switches": ["settings switch"],
      "/clock": ["clock inline", "clock jumps", "clock row", "reset"],
      "/guide": [],
    });
  });
});
