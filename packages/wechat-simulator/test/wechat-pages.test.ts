import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { demoMiniProgram, demoOfficialAccount, type Simulator, startSimulator } from "../src/index.js";
import { linesInBoth, namedValues } from "./page-lines.js";
import { type Asked, authorizeUrl, open, qrUrl, WECHAT_UA } from "./phone.js";

// WeChat's pages as a whole: each element with its text, in English and, where it differs, in Chinese.

const { appId } = demoOfficialAccount;
let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ now: () => Date.UTC(2026, 0, 31, 4) });
});
beforeEach(() => {
  simulator.reset();
  for (const { id } of simulator.state().people) {
    if (id !== "alice" && id !== "noavatar") simulator.deletePerson(id);
  }
  simulator.updatePerson("noavatar", { unionid: false, snapshot: true });
});
afterAll(() => simulator.close());

const textOf = async (response: Promise<Response> | Response) => (await response).text();
const visit =
  (url: () => string, cookie = "") =>
  (language: string) =>
    textOf(open(url(), { "accept-language": language, cookie }));
const submit =
  (url: () => string | Promise<string>, fields: Record<string, string>) => async (language: string) =>
    textOf(
      fetch(await url(), {
        method: "POST",
        redirect: "manual",
        headers: { "user-agent": WECHAT_UA, origin: simulator.url, "accept-language": language },
        body: new URLSearchParams(fields),
      }),
    );
const link = (asked: Asked = {}) => authorizeUrl(simulator, asked);
const qr = (asked: Asked = {}) => qrUrl(simulator, asked);
const uuidIn = (page: string) => /data-uuid="([^"]+)"/.exec(page)?.[1] ?? "";
const confirmUrl = async () => `${simulator.url}/connect/confirm?uuid=${uuidIn(await textOf(open(qr())))}`;
const embedded = { login_type: "jssdk", style: "white", href: "https://app.example/qr.css" };

describe("a page of WeChat's", () => {
  it.each<[string, (language: string) => Promise<string>]>([
    [
      "consent",
      (language) => {
        simulator.updatePerson("noavatar", { snapshot: false });
        return visit(() => link(), "simulator_person=noavatar")(language);
      },
    ],
    ["choice of a person", visit(() => link({ scope: "snsapi_base" }))],
    ["other browsers", (language) => textOf(fetch(link(), { headers: { "accept-language": language } }))],
    ["snapshot", submit(() => link(), { person: "noavatar", decision: "allow" })],
    [
      "consent after the snapshot page",
      submit(() => link(), { person: "noavatar", decision: "full_service" }),
    ],
    ["refusal", submit(() => link(), { person: "alice", decision: "refuse" })],
    [
      "callback that arrives twice",
      (language) => {
        simulator.settings({ doubleCallback: true });
        return submit(() => link(), { person: "alice", decision: "allow" })(language);
      },
    ],
    ["error with a number", visit(() => link({ appid: "" }))],
    ["error without a number", visit(() => link({ scope: "x" }))],
    ["QR code", visit(() => qr())],
    [
      "QR code whose refusal returns",
      (language) => {
        simulator.settings({ refusal: "state_only" });
        return visit(() => qr({ self_redirect: "true" }))(language);
      },
    ],
    ["QR code within a dark page", visit(() => qr(embedded))],
    ["slim QR code", visit(() => qr({ ...embedded, stylelite: "1" }))],
    ["scanning phone", async (language) => textOf(open(await confirmUrl(), { "accept-language": language }))],
    ["allowed scan", submit(confirmUrl, { person: "alice", decision: "allow" })],
    ["cancelled scan", submit(confirmUrl, { person: "alice", decision: "refuse" })],
    ["unknown QR code", visit(() => `${simulator.url}/connect/confirm?uuid=x`)],
  ])("has its elements and words: %s", async (_what, page) => {
    const [english, chinese] = [await page("en"), await page("zh")];
    const named = (markup: string) =>
      namedValues(simulator)(markup).replaceAll(uuidIn(markup) || "no uuid", "uuid");
    // The codes of two visits are different.
    expect(linesInBoth(named(english), named(chinese)).replace(/\bcode-\d+\b/g, "code")).toMatchSnapshot();
  });
});

describe("an error page", () => {
  it("says in both languages what is wrong with the link", async () => {
    const account = (patch: object) => () => simulator.updateApp(appId, patch);
    const sets = (settings: object) => () => simulator.settings(settings);
    const long = "a".repeat(129);
    const mistakes: [string, (() => unknown)?][] = [
      [link({ appid: undefined })],
      [link({ redirect_uri: undefined })],
      [link({ scope: undefined })],
      [link({ state: undefined })],
      [link({ state: long })],
      [link({ state: "a-b" })],
      [link({ state: "a.b" }), sets({ stateAlphabet: "with_hyphen_and_underscore" })],
      [link({ appid: "wx0" })],
      [link({ appid: demoMiniProgram.appId })],
      [link({ component_appid: "wx0" })],
      [link(), account({ banned: true })],
      [link({ scope: "x" })],
      [link(), account({ scopes: [] })],
      [link({ redirect_uri: "nowhere" })],
      [link({ redirect_uri: "http://other.example/" })],
      [link({ response_type: "token" })],
      [link({ scope: undefined, response_type: undefined }).concat("&scope=snsapi_base&response_type=code")],
      [link({ state: undefined, scope: undefined }).concat("&state=a&scope=snsapi_base")],
      [qr({ appid: "wx0" })],
      [qr({ appid: appId })],
      [qr({ response_type: "token" })],
      [qr({ scope: "snsapi_base" })],
      [qr({ redirect_uri: "nowhere" })],
      [qr({ redirect_uri: "http://other.example/" })],
      [qr({ state: "a.b" })],
      [qr({ state: long })],
    ];
    const said: string[] = [];
    for (const [url, prepare] of mistakes) {
      simulator.reset();
      prepare?.();
      const [english = "", chinese = ""] = [await visit(() => url)("en"), await visit(() => url)("zh")].map(
        (page) =>
          [...page.matchAll(/<h1 lang="zh-CN">(.*?)<\/h1>|<\/strong> (.*?)<\/p>|: (\d+)<\/p>/g)]
            .map((found) => found.slice(1).filter(Boolean))
            .join(" | "),
      );
      said.push(`${url.slice(simulator.url.length).replace(long, "a…")}\n  ${english}\n  ${chinese}`);
    }
    expect(said.join("\n").replaceAll("&#39;", "'")).toMatchSnapshot();
  });
});
