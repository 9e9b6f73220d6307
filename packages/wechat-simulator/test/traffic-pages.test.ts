import { afterEach, describe, expect, it, vi } from "vitest";
import { Browser, type Page } from "../src/traffic/browser.js";
import { DEFAULT_MIX } from "../src/traffic/mix.js";
import { readTrafficArguments } from "../src/traffic/options.js";
import { signIn } from "../src/traffic/sign-in.js";

// The pages of an application, as a traffic run reads them. The browser answers from a list.

const app = {
  start: new URL("http://app/login"),
  wechat: new URL("http://wechat"),
  button: "/login/profile",
};

async function visit(answers: Record<string, Partial<Page>>) {
  const visited: string[] = [];
  const open = async (url: URL): Promise<Page> => {
    visited.push(url.href);
    return { url, status: 200, html: "", ...answers[url.href] };
  };
  const browser = { options: { app, sleep: async () => undefined }, open } as unknown as Browser;
  return { result: await signIn(browser), visited };
}

it("follows the link of an application's page to the address that its markup means", async () => {
  const html = '<a href="/other">x</a><a href="/login/profile?a=1&amp;b=2">Go on</a>';
  const end = "http://app/login/profile?a=1&b=2";
  const { result, visited } = await visit({ [app.start.href]: { html } });
  expect(visited).toEqual([app.start.href, end]);
  expect(result).toEqual({ label: "signed in", signedIn: true });
});

it("reports the first sixty characters of a title up to its dot, and of an address without one", async () => {
  const labelOf = async (status: number, html: string) =>
    (await visit({ [app.start.href]: { status, html } })).result;
  const failed = (label: string) => ({ label, signedIn: false });
  expect(await labelOf(500, "<title> Too late · Shop</title>")).toEqual(failed("Too late"));
  expect(await labelOf(500, `<title>${"t".repeat(61)}</title>`)).toEqual(failed("t".repeat(60)));
  expect(await labelOf(200, "")).toEqual(failed("HTTP 200 at /login"));
});

it.each([
  ["TimeoutError", "timeout"],
  ["TypeError", "no response"],
])("reports a page that fails with a %s as: %s", async (name, label) => {
  const open = async () => {
    throw Object.assign(new Error("failed"), { name });
  };
  const browser = { options: { app, sleep: async () => undefined }, open } as unknown as Browser;
  expect(await signIn(browser)).toEqual({ label, signedIn: false });
});

it("gives up after fourteen pages of one sign-in", async () => {
  const loop = { [app.start.href]: { status: 302, location: app.start } };
  const { result, visited } = await visit(loop);
  expect([result.label, visited.length]).toEqual(["redirect loop", 14]);
});

describe("the browser of one person", () => {
  afterEach(() => vi.restoreAllMocks());

  /** A browser to which each address answers with these headers. */
  function browserTo(answers: Record<string, [status: number, headers: [string, string][], html?: string]>) {
    const fetched = vi.spyOn(globalThis, "fetch").mockImplementation(async (url) => {
      const [status, headers, html = ""] = answers[String(url)] ?? [404, []];
      return new Response(html, { status, headers });
    });
    const browser = new Browser({ app, person: "alice", userAgent: "WeChat", sleep: async () => undefined });
    const open = (url: string) => browser.open(new URL(url));
    const sent = () => fetched.mock.calls.map(([, init]) => Object.fromEntries(new Headers(init?.headers)));
    return { browser, open, sent, fetched };
  }

  it("tells WeChat, and no other host, who decides and how", async () => {
    const { open, sent, fetched } = browserTo({});
    const timeout = vi.spyOn(AbortSignal, "timeout");
    await open("http://app/login");
    await open("http://wechat/connect/qrconnect");
    const usual = { accept: "text/html", "accept-language": "en", "user-agent": "WeChat" };
    const decision = { "x-simulator-person": "alice", "x-simulator-decision": "allow" };
    expect(sent()).toEqual([usual, { ...usual, ...decision }]);
    expect(fetched.mock.calls.map(([, init]) => init?.redirect)).toEqual(["manual", "manual"]);
    expect(timeout.mock.calls).toEqual([[30_000], [30_000]]);
  });

  it("keeps the cookies of a host as long as they last, whatever their path", async () => {
    const set = (...cookies: string[]): [number, [string, string][]] => [
      200,
      cookies.map((cookie) => ["set-cookie", cookie]),
    ];
    const { open, sent } = browserTo({
      "http://app/1": set("a=1; Path=/1; HttpOnly", "b=x=y", "c=3", "d=4", "e=5", "f=6; Max-Age=60"),
      "http://app:81/2": set(
        "a=7",
        "b=; Path=/",
        "c=3; max-age=0",
        "d=4; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
        "e=8; Expires=Fri, 31 Dec 2100 00:00:00 GMT",
      ),
    });
    await open("http://app/1");
    await open("http://app:81/2");
    await open("http://app/3");
    await open("http://wechat/");
    expect(sent().map(({ cookie }) => cookie)).toEqual([
      undefined,
      "a=1; b=x=y; c=3; d=4; e=5; f=6",
      "a=7; e=8; f=6",
      undefined,
    ]);
  });

  it("reads where a page leads, by a redirect or after a while, and why WeChat refused", async () => {
    const { open } = browserTo({
      "http://app/moved": [302, [["location", "/next?a=1"]]],
      "http://app/wait": [200, [["refresh", "2; url=/again"]], "<p>wait</p>"],
      "http://app/reload": [200, [["refresh", "0"]]],
      "http://app/odd": [200, [["refresh", "soon; url=/again"]]],
      "http://wechat/error": [200, [["x-simulator-reason", "the account is banned"]]],
    });
    const page = (url: string, more: Partial<Page> = {}) => ({
      url: new URL(url),
      status: 200,
      html: "",
      ...more,
    });
    expect(await open("http://app/moved")).toEqual(
      page("http://app/moved", { status: 302, location: new URL("http://app/next?a=1") }),
    );
    expect(await open("http://app/wait")).toEqual(
      page("http://app/wait", {
        html: "<p>wait</p>",
        refresh: { ms: 2000, url: new URL("http://app/again") },
      }),
    );
    expect(await open("http://app/reload")).toEqual(
      page("http://app/reload", { refresh: { ms: 0, url: new URL("http://app/reload") } }),
    );
    expect(await open("http://app/odd")).toEqual(page("http://app/odd"));
    expect(await open("http://wechat/error")).toEqual(
      page("http://wechat/error", { reason: "the account is banned" }),
    );
  });
});

describe("the command line of a run", () => {
  const start = new URL("http://localhost:4000/login/wechat");
  const defaults = {
    start,
    button: "/login/wechat/profile",
    people: 100,
    rate: 10,
    mix: DEFAULT_MIX,
    slowMs: 2000,
    demo: false,
  };

  it.each<[string, object]>([
    ["", defaults],
    ["--demo", { ...defaults, demo: true }],
    [
      "--at https://app.example/x --start /in?a=1 --people 1 --rate 0.5 --mix new=1,used=2 --seed s --slow-ms 1 --button /b --wechat http://127.0.0.1:4010",
      {
        start: new URL("https://app.example/in?a=1"),
        button: "/b",
        wechat: new URL("http://127.0.0.1:4010"),
        people: 1,
        rate: 0.5,
        mix: { new: 1, used: 2 },
        seed: "s",
        slowMs: 1,
        demo: false,
      },
    ],
    [
      "--people 1000000 --rate 10000 --slow-ms 60000",
      { ...defaults, people: 1_000_000, rate: 10_000, slowMs: 60_000 },
    ],
  ])("is read as a whole: %s", (line, read) => {
    expect(readTrafficArguments(line === "" ? [] : line.split(" "))).toEqual(read);
  });

  it.each([
    ["--people 0", "--people must be a whole number above 0 and up to 1000000."],
    ["--people 1.5", "--people must be a whole number above 0 and up to 1000000."],
    ["--people 1000001", "--people must be a whole number above 0 and up to 1000000."],
    ["--rate 0", "--rate must be a number above 0 and up to 10000."],
    ["--rate 10000.5", "--rate must be a number above 0 and up to 10000."],
    ["--slow-ms 60001", "--slow-ms must be a whole number above 0 and up to 60000."],
    ["--start in", "--start must be a path such as /login/wechat."],
    ["--at ftp://app.example", "--at must be an address such as http://localhost:4000."],
    ["--wechat here", "--wechat must be an address such as http://localhost:4000."],
  ])("is refused with what it may be: %s", (line, message) => {
    expect(() => readTrafficArguments(line.split(" "))).toThrow(message);
  });
});
