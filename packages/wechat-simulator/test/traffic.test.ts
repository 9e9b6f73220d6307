import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Simulator, startSimulator } from "../src/index.js";
import { type Application, findApplication } from "../src/traffic/application.js";
import { Browser } from "../src/traffic/browser.js";
import { runDemo } from "../src/traffic/demo.js";
import { assignScenarios, DEFAULT_MIX, parseMix } from "../src/traffic/mix.js";
import { outcomeTable, percentile, progressLine } from "../src/traffic/report.js";
import { type CompletedSignIn, type RunOptions, startRun } from "../src/traffic/run-traffic.js";
import type { ScenarioName } from "../src/traffic/scenarios.js";
import { ANDROID } from "../src/traffic/user-agents.js";
import { startApplication, type TestApplication } from "./traffic-application.js";

let simulator: Simulator;
let application: TestApplication;
let app: Application;

beforeEach(async () => {
  simulator = await startSimulator();
  application = await startApplication(simulator);
  app = await findApplication(new URL("/login/wechat", application.url), "/login/wechat/profile");
  application.starts.length = 0; // the check of the application opened it once
});
afterEach(async () => {
  await application.close();
  await simulator.close();
});

/** A run in which time only passes by sleeping. */
function traffic(options: Partial<RunOptions>) {
  let now = 0;
  const slept: number[] = [];
  const started = startRun({
    app,
    people: 3,
    rate: 10,
    mix: { new: 1 },
    seed: "a seed",
    slowMs: 20,
    now: () => now,
    sleep: async (ms) => {
      slept.push(ms);
      now += ms;
    },
    ...options,
  });
  return { ...started, slept };
}

async function resultsOf(options: Partial<RunOptions>): Promise<string[]> {
  const { progress, ended } = traffic(options);
  await ended;
  return progress.completed.map(({ result }) => result.label);
}

const exchanges = () =>
  simulator
    .requests()
    .filter(({ endpoint }) => endpoint === "access_token")
    .map(({ errcode }) => errcode ?? "ok");

describe("a traffic run", { timeout: 20_000 }, () => {
  it("signs in new people, each with their own account", async () => {
    expect(await resultsOf({ people: 5 })).toEqual(Array(5).fill("signed in"));
    expect(application.accounts.size).toBe(5);
  });

  it("has people with numbers of their own: eight digits of the seed and six of their place", async () => {
    await traffic({ people: 2 }).ended;
    const people = simulator.requests().map(({ person }) => person);
    expect([...new Set(people)].filter(Boolean).sort()).toEqual([
      "crowd-64971663000000",
      "crowd-64971663000001",
    ]);
  });

  it("has people who return with the same browser", async () => {
    expect(await resultsOf({ people: 1, mix: { returning: 1 } })).toEqual(["signed in"]);
    expect(application.starts).toEqual(["phone", "phone"]);
    expect(application.accounts.size).toBe(1);
  });

  it("has people who scan a QR code on a desktop", async () => {
    expect(await resultsOf({ people: 1, mix: { desktop: 1 } })).toEqual(["signed in"]);
    expect(application.starts).toEqual(["desktop"]);
  });

  it("has people who refuse, so that the application is not informed and the sign-in ends at WeChat", async () => {
    expect(await resultsOf({ people: 1, mix: { refuses: 1 } })).toEqual(["ended at WeChat"]);
    expect(exchanges()).toEqual([]);
  });

  it("has people who return too late, with WeChat's answer to an expired code", async () => {
    expect(await resultsOf({ people: 1, mix: { expires: 1 } })).toEqual(["WeChat says 40029"]);
    expect(application.callbacks.map(({ code }) => code)).toEqual(["0".repeat(32)]);
  });

  it("has people who return with a used code", async () => {
    expect(await resultsOf({ people: 1, mix: { used: 1 } })).toEqual(["WeChat says 40163"]);
    expect(exchanges()).toEqual(["ok", 40163]);
  });

  it("has people for whom WeChat is slow", async () => {
    const { progress, ended } = traffic({
      people: 1,
      mix: { slow: 1 },
      now: () => performance.now(),
      slowMs: 80,
    });
    await ended;
    expect(progress.completed[0]?.result.label).toBe("signed in");
    expect(progress.completed[0]?.ms).toBeGreaterThanOrEqual(79); // timers round
  });

  it("has snapshot visitors, for whom no account is created", async () => {
    expect(await resultsOf({ people: 2, mix: { snapshot: 1 } })).toEqual(["A visitor", "A visitor"]);
    expect(application.accounts.size).toBe(0);
  });

  it("has phones that send a callback twice at once, with two codes and one state", async () => {
    expect(await resultsOf({ people: 1, mix: { double: 1 } })).toEqual(["signed in"]);
    const [one, other] = application.callbacks;
    expect(application.callbacks).toHaveLength(2);
    expect(one?.state).toBe(other?.state);
    expect(one?.code).not.toBe(other?.code);
    expect(exchanges()).toEqual(["ok"]); // this application handles a repeated callback
  });

  it("has such phones of WeChat on Android only", async () => {
    const fetched = vi.spyOn(globalThis, "fetch");
    await resultsOf({ people: 4, mix: { double: 1 } });
    const agents = fetched.mock.calls.map(([, init]) => new Headers(init?.headers).get("user-agent"));
    fetched.mockRestore();
    expect([...new Set(agents)].filter((agent) => agent?.includes("MicroMessenger"))).toEqual([ANDROID]);
  });

  it("starts sign-ins at its rate, whether or not earlier ones have finished", async () => {
    const { ended, slept } = traffic({ people: 4, rate: 20 });
    await ended;
    expect(slept).toEqual([50, 50, 50]);
  });

  it("has the same people with the same seed and others with another seed", async () => {
    const peopleOf = async (seed: string) => {
      application.accounts.clear();
      await resultsOf({ seed, people: 4 });
      return [...application.accounts].sort();
    };
    const first = await peopleOf("one");
    expect(await peopleOf("one")).toEqual(first);
    expect((await peopleOf("two")).filter((openid) => first.includes(openid))).toEqual([]);
  });

  it("starts no more sign-ins when it is stopped, and reports no error", async () => {
    const stop = new AbortController();
    simulator.fail("access_token", { kind: "delay", ms: 60_000 }, 100);
    const { progress, ended } = traffic({
      people: 50,
      signal: stop.signal,
      sleep: async () => undefined,
      now: () => 0,
    });
    await expect.poll(() => simulator.calls("access_token")).toBeGreaterThan(0);
    stop.abort();
    await ended;
    expect(progress.completed).toEqual([]);
  });

  it("fails with what the simulator said if it refuses a command, and starts no more sign-ins", async () => {
    await traffic({ people: 1 }).ended;
    const person = simulator.requests().find((request) => request.person)?.person ?? "";
    simulator.deletePerson(person);
    const sleep = () => new Promise<void>((resolve) => setTimeout(resolve, 20));
    const { progress, ended } = traffic({ mix: { snapshot: 1 }, people: 200, sleep, now: () => 0 });
    await expect(ended).rejects.toThrow(
      `the simulator refused PATCH /_simulator/people/${person}: {"error":`,
    );
    expect(progress.started).toBeLessThan(200);
  });

  it("counts an application that resets the connection as no response", async () => {
    const { progress, ended } = traffic({ people: 2, sleep: () => application.close() });
    await ended;
    expect(progress.completed.map(({ result }) => result.label).at(-1)).toBe("no response");
    application = await startApplication(simulator); // for the cleanup
  });

  it("does not count a page at the callback's own address as a sign-in, whatever its status", async () => {
    application.problemStatus = 200;
    expect(await resultsOf({ people: 1, mix: { expires: 1 } })).toEqual(["WeChat says 40029"]);
  });

  it("counts a page with a status of 200 to 299 alone as a sign-in", async () => {
    for (const [status, result] of [
      [299, "signed in"],
      [300, "Home"],
    ] as const) {
      application.homeStatus = status;
      expect(await resultsOf({ people: 1 }), String(status)).toEqual([result]);
    }
  });

  it("follows a Refresh header a limited number of times", async () => {
    application.moments = 2;
    const { progress, ended, slept } = traffic({ people: 1 });
    await ended;
    expect(progress.completed[0]?.result.label).toBe("signed in");
    expect(slept).toEqual([1000, 1000]);
    application.moments = 1000;
    expect(await resultsOf({ people: 1 })).toEqual(["redirect loop"]);
  });

  it("reports the status and the path of a page without a title", async () => {
    application.titles = false;
    application.problemStatus = 200;
    expect(await resultsOf({ people: 1, mix: { expires: 1 } })).toEqual(["HTTP 200 at /back"]);
  });

  it("reports the reason of WeChat's error page", async () => {
    simulator.settings({ callbackHosts: ["elsewhere.example"] });
    expect(await resultsOf({ people: 1 })).toEqual([
      expect.stringMatching(/^ended at WeChat: the host of redirect_uri/),
    ]);
  });
});

describe("the demo", { timeout: 20_000 }, () => {
  it("prints a line for each sign-in, and plans its faults for the calls that an application makes", async () => {
    const lines: string[] = [];
    await runDemo(
      app,
      (line) => lines.push(line),
      async () => {},
    );
    const columns = (line: string) => [line.slice(0, 40), line.slice(41, 50), line.slice(51)];
    expect(
      lines.map((line) =>
        columns(line)
          .map((part) => part.trim())
          .join(" | "),
      ),
    ).toEqual([
      "signed in | alice | on Android, inside WeChat",
      "signed in | alice | returns: no page at all",
      "signed in | alice | scans the QR code on a desktop: the same person",
      "signed in | emoji | a nickname with emoji, on iOS",
      "signed in | noavatar | no avatar, no unionid",
      "signed in | longname | a very long nickname",
      "signed in | crowd-1 | a generated person",
      "signed in | crowd-2 | a generated person",
      "signed in | crowd-3 | a generated person, by QR code",
      "ended at WeChat | crowd-4 | declines",
      "A visitor | snapshot | a snapshot visitor: not stored",
      "WeChat says 40029 | crowd-5 | WeChat calls the code invalid",
      "WeChat says 40163 | crowd-6 | the code was used before",
      "WeChat says -1 | crowd-7 | WeChat is busy",
      "signed in | crowd-8 | too many calls this minute",
      "signed in | crowd-9 | the token has expired",
      "WeChat says 40125 | crowd-10 | as if the AppSecret had been reset",
    ]);
    // This application asks for no profile, so these two are left.
    expect(simulator.faults().map(({ endpoint, fault }) => [endpoint, fault])).toEqual([
      ["userinfo", { kind: "errcode", errcode: 45011 }],
      ["userinfo", { kind: "errcode", errcode: 42001 }],
    ]);
    expect(application.starts.map((start) => start[0]).join("")).toBe("ppdpppppdppppppdp");
    const visits = simulator.requests().filter(({ endpoint }) => endpoint === "authorize");
    expect(new Set(visits.map(({ person }) => person)).size).toBe(13);
  });
});

describe("the browser of a simulated person", () => {
  it("keeps cookies by host until they expire, and names its person to the simulator only", async () => {
    const sent: Record<string, string | null>[] = [];
    const setCookies = [
      ["a=1; Max-Age=60", "b=2; Path=/", "c=3=3"],
      ["a=x; Max-Age=0", "b=y; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "d=; Path=/"],
      [],
    ];
    const mock = vi.spyOn(globalThis, "fetch").mockImplementation(async (_url, init) => {
      const headers = new Headers(init?.headers);
      const names = ["cookie", "x-simulator-person", "x-simulator-decision"];
      const next = setCookies[sent.length] ?? [];
      sent.push(Object.fromEntries(names.map((name) => [name, headers.get(name)])));
      const response = new Headers([["refresh", "2; url=/next"]]);
      for (const cookie of next) response.append("set-cookie", cookie);
      return new Response("", { headers: response });
    });
    const sleep = async () => {};
    const browser = new Browser({ app, person: "emoji", decision: "refuse", userAgent: "x", sleep });
    const pages = [];
    for (let visit = 0; visit < 3; visit += 1) pages.push(await browser.open(app.start));
    await browser.open(new URL("http://elsewhere.example/"));
    await browser.open(new URL("/connect", app.wechat));
    mock.mockRestore();
    const other = { "x-simulator-person": null, "x-simulator-decision": null };
    expect(sent.slice(0, 4)).toEqual([
      { ...other, cookie: null },
      { ...other, cookie: "a=1; b=2; c=3=3" },
      { ...other, cookie: "c=3=3" },
      { ...other, cookie: null },
    ]);
    expect(sent[4]).toMatchObject({ "x-simulator-person": "emoji", "x-simulator-decision": "refuse" });
    expect(pages[0]).toEqual({
      url: app.start,
      status: 200,
      html: "",
      refresh: { ms: 2000, url: new URL("/next", app.start) },
    });
  });
});

describe("the phones of a run", { timeout: 20_000 }, () => {
  it("are of both kinds, and each person has their own", async () => {
    const agents = new Map<string, Set<string>>();
    const random = vi.spyOn(globalThis, "fetch").mockImplementation(async (_url, init) => {
      const headers = new Headers(init?.headers);
      const person = headers.get("x-simulator-person") ?? "";
      const kind = /Android|iPhone/.exec(headers.get("user-agent") ?? "")?.[0] ?? "other";
      if (person !== "") agents.set(person, (agents.get(person) ?? new Set()).add(kind));
      return new Response(null, { status: 204 });
    });
    const own = { ...app, start: new URL("/connect/oauth2/authorize", app.wechat) };
    const { progress, ended } = traffic({ app: own, people: 40 });
    await ended;
    random.mockRestore();
    expect(progress.completed).toHaveLength(40);
    expect(agents.size).toBe(40);
    const kinds = [...agents].sort().map(([, seen]) => [...seen].join());
    // By the seed, about half of each: the same on every run.
    expect(kinds.map((kind) => kind[0]).join("")).toMatchInlineSnapshot(
      `"AiAAiAAiiiiiiiAiiiAiAiiAiAAiAAAAAiiiAiAi"`,
    );
  });
});

describe("the mix of scenarios", { timeout: 20_000 }, () => {
  const count = (cast: readonly ScenarioName[], kind: ScenarioName) =>
    cast.filter((one) => one === kind).length;

  it("has exact shares in the same order for the same seed", () => {
    const cast = assignScenarios(DEFAULT_MIX, 500, "a");
    expect(cast).toHaveLength(500);
    expect([count(cast, "new"), count(cast, "refuses"), count(cast, "double")]).toEqual([250, 25, 15]);
    expect(assignScenarios(DEFAULT_MIX, 500, "a")).toEqual(cast);
    expect(assignScenarios(DEFAULT_MIX, 500, "b")).not.toEqual(cast);
    expect(new Set(cast.slice(0, 40)).size).toBeGreaterThan(1);
  });

  it("assigns a scenario to every person despite rounding", () => {
    expect(assignScenarios({ new: 1, refuses: 1, used: 1 }, 10, "a")).toHaveLength(10);
    expect(assignScenarios({ new: 99, refuses: 1 }, 1, "a")).toEqual(["new"]);
    const cast = assignScenarios({ new: 1, refuses: 2 }, 10, "a"); // 3.33 and 6.67
    expect([count(cast, "new"), count(cast, "refuses")]).toEqual([3, 7]);
  });

  it("is parsed from a list, with an error that lists the scenarios", () => {
    expect(parseMix("new=80, refuses=20")).toEqual({ new: 80, refuses: 20 });
    expect(parseMix("new=0,refuses=1")).toEqual({ new: 0, refuses: 1 });
    for (const wrong of ["", "new", "new=x", "new=1x", "old=1", "new=-1"]) {
      expect(() => parseMix(wrong), wrong).toThrow(/the scenarios are new, returning/);
    }
    expect(() => parseMix("new=0")).toThrow("at least one part above 0");
  });
});

describe("the report of a run", { timeout: 20_000 }, () => {
  const one = (scenario: ScenarioName, label: string, ms: number): CompletedSignIn => ({
    scenario,
    ms,
    result: { label, signedIn: label === "signed in" },
  });

  it("has a line for each scenario and result with percentiles, and one for all", () => {
    const completed = Array.from({ length: 100 }, (_, index) => one("new", "signed in", index + 1));
    expect(outcomeTable([one("refuses", "ended at WeChat", 7), ...completed])).toBe(
      [
        "scenario  result           people  p50 ms  p95 ms  p99 ms",
        "new       signed in           100      50      95      99",
        "refuses   ended at WeChat       1       7       7       7",
        "all                           101      50      95      99",
      ].join("\n"),
    );
  });

  it("begins with the most frequent result of a scenario, and sorts the durations of each", () => {
    const rare = [one("new", "redirect loop", 5)];
    const frequent = [30, 10, 20].map((ms) => one("new", "signed in", ms));
    expect(outcomeTable([...rare, ...frequent])).toBe(
      [
        "scenario  result         people  p50 ms  p95 ms  p99 ms",
        "new       signed in           3      20      30      30",
        "new       redirect loop       1       5       5       5",
        "all                           4      10      30      30",
      ].join("\n"),
    );
  });

  it("has no percentiles without finished sign-ins", () => {
    expect(percentile([], 50)).toBeUndefined();
    expect(outcomeTable([])).toBe(
      [
        "scenario  result  people  p50 ms  p95 ms  p99 ms",
        "all                    0       –       –       –",
      ].join("\n"),
    );
  });

  it("has a progress line", () => {
    const completed = [one("new", "signed in", 5), one("refuses", "ended at WeChat", 5)];
    const line = progressLine({ people: 10, started: 4, completed }, 500);
    expect(line).toBe("2/10 finished · 2 in progress · 1 signed in · 4.0/s");
    expect(progressLine({ people: 10, started: 0, completed: [] }, 0)).toBe(
      "0/10 finished · 0 in progress · 0 signed in · 0.0/s",
    );
  });
});

describe("the application of a run", { timeout: 20_000 }, () => {
  const find = (url: string, wechat?: string) =>
    findApplication(new URL(url), "/", wechat === undefined ? undefined : new URL(wechat));

  it("must respond", async () => {
    const { url } = application;
    await application.close();
    await expect(find(`${url}/login/wechat`)).rejects.toThrow(
      `No response from ${url}: start the application`,
    );
    application = await startApplication(simulator);
  });

  it("must redirect to WeChat, and not to a page of its own", async () => {
    await expect(find(`${application.url}/nowhere`)).rejects.toThrow(
      "HTTP 404 and does not redirect to WeChat: set --start",
    );
    const fetched = vi.spyOn(globalThis, "fetch");
    const ownPage = new Response(null, { status: 302, headers: { location: "/sign-in?next=/connect/" } });
    fetched.mockResolvedValueOnce(ownPage);
    await expect(find(`${application.url}/moved`)).rejects.toThrow(
      "HTTP 302 and does not redirect to WeChat: set --start",
    );
    fetched.mockRestore();
  });

  it("must not redirect to the real WeChat, unless --wechat names a simulator", async () => {
    const strict = await startApplication(simulator, "https://open.weixin.qq.com");
    const url = `${strict.url}/login/wechat`;
    await expect(find(url)).rejects.toThrow("traffic must not go to the real WeChat");
    const { progress, ended } = traffic({ app: await find(url, simulator.url), people: 1 });
    await ended;
    expect(progress.completed[0]?.result.label).toBe("signed in");
    await expect(find(url, application.url)).rejects.toThrow("is not a simulator");
    await strict.close();
  });

  it("is not led elsewhere by --wechat where it redirects to a simulator itself", async () => {
    const found = await find(`${application.url}/login/wechat`, application.url);
    expect(found.wechat.origin).toBe(simulator.url);
    expect(application.starts).toEqual(["phone"]);
  });
});
