import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type Simulator, startSimulator } from "../src/index.js";
import { authorizeUrl, CALLBACK, open, openAs, qrUrl, tap } from "./phone.js";

// Status and headers of everything that a browser opens, as a whole.

let simulator: Simulator;
let uuid: string;
beforeAll(async () => {
  simulator = await startSimulator();
});
beforeEach(async () => {
  simulator.reset();
  simulator.settings({ qrPollSeconds: 0 });
  uuid = /data-uuid="([^"]+)"/.exec(await (await open(qrUrl(simulator))).text())?.[1] ?? "";
});
afterAll(() => simulator.close());

/** All headers but those of the connection and the length. */
function headersOf(response: Response) {
  const ofConnection = ["connection", "content-length", "date", "keep-alive", "transfer-encoding"];
  return Object.fromEntries([...response.headers].filter(([name]) => !ofConnection.includes(name)));
}

const at = (path: string, init: RequestInit = {}) =>
  fetch(simulator.url + path, { redirect: "manual", ...init });
const phone = (shown = uuid) => `${simulator.url}/connect/confirm?uuid=${shown}`;
const submit = (form: string, fields = {}) =>
  tap(simulator, `${simulator.url}/_simulator/forms/${form}`, fields);
const remembered = (value: string) => ({
  "set-cookie": `${value}; Max-Age=2592000; Path=/; HttpOnly; SameSite=Lax`,
});
const reason = (text: string) => ({ "x-simulator-reason": text });

const text = { "content-type": "text/plain; charset=utf-8" };
const script = { "content-type": "text/javascript; charset=utf-8" };
const json = { "content-type": "application/json; charset=utf-8" };
const hash = "'sha256-[A-Za-z0-9+/]{43}='";
const page = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": expect.stringMatching(
    new RegExp(`^default-src 'none'; style-src ${hash}; img-src data:; base-uri 'none'$`),
  ),
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
};
const qrPage = {
  ...page,
  "content-security-policy": expect.stringMatching(
    new RegExp(
      `^default-src 'none'; script-src 'self' ${hash}; style-src ${hash} ${hash}; img-src 'self' data:; base-uri 'none'$`,
    ),
  ),
};
const panel = {
  ...page,
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
};
const callback = {
  location: expect.stringMatching(new RegExp(`^${CALLBACK}\\?code=[A-Za-z0-9]{32}&state=abc123$`)),
  "cache-control": "no-store",
};

it.each<[string, number, Record<string, unknown>, () => Promise<Response>]>([
  ["the consent page", 200, page, () => open(authorizeUrl(simulator))],
  [
    "the page outside WeChat",
    200,
    { ...page, ...reason("the user agent is not WeChat's") },
    () => fetch(authorizeUrl(simulator)),
  ],
  [
    "an error page",
    200,
    { ...page, ...reason("scope must be snsapi_base or snsapi_userinfo") },
    () => open(authorizeUrl(simulator, { scope: "x" })),
  ],
  ["a callback", 302, callback, () => openAs("alice", authorizeUrl(simulator))],
  [
    "a callback after a tap",
    302,
    { ...callback, ...remembered("simulator_person=alice") },
    () => tap(simulator, authorizeUrl(simulator), { person: "alice", decision: "allow" }),
  ],
  ["an unknown person", 400, text, () => openAs("bob", authorizeUrl(simulator))],
  [
    "a page that a gateway answers",
    502,
    { "content-type": "text/html", "cache-control": "no-store", "content-security-policy": "sandbox" },
    () => {
      simulator.fail("authorize", { kind: "http_502" });
      return open(authorizeUrl(simulator));
    },
  ],
  ["the QR page", 200, qrPage, () => open(qrUrl(simulator))],
  [
    "a QR image",
    200,
    { "content-type": "image/svg+xml", "cache-control": "no-store" },
    () => at(`/connect/qrcode/${uuid}`),
  ],
  ["the image of no QR code", 404, { "content-type": "text/plain" }, () => at("/connect/qrcode/x")],
  ["a poll", 200, { ...script, "cache-control": "no-store" }, () => at(`/connect/l/qrconnect?uuid=${uuid}`)],
  ["the phone's page", 200, page, () => open(phone())],
  [
    "the phone's page after a tap",
    200,
    { ...page, ...remembered("simulator_person=alice") },
    () => tap(simulator, phone(), { person: "alice", decision: "allow" }),
  ],
  [
    "the phone's page of no QR code",
    200,
    { ...page, ...reason("this QR code is unknown, expired or already used") },
    () => open(phone("x")),
  ],
  ["wxLogin.js", 200, script, () => at("/connect/zh_CN/htmledition/js/wxLogin.js")],
  [
    "a picture",
    200,
    {
      "content-type": "image/svg+xml",
      "content-security-policy": "default-src 'none'",
      "x-content-type-options": "nosniff",
      "cache-control": "no-cache",
    },
    () => at("/mmopen/vi_32/simulated-alice/46"),
  ],
  ["a page of the panel", 200, panel, () => at("/people")],
  [
    "the switch of the language",
    303,
    { location: "/people", ...remembered("simulator_language=zh") },
    () => at("/people?lang=zh"),
  ],
  [
    "a script of the panel",
    200,
    { ...script, "cache-control": "no-cache", "x-content-type-options": "nosniff" },
    () => at("/_simulator/panel/panel.js"),
  ],
  [
    "a style of the panel",
    200,
    {
      "content-type": "text/css; charset=utf-8",
      "cache-control": "no-cache",
      "x-content-type-options": "nosniff",
    },
    () => at("/_simulator/panel/base.css"),
  ],
  ["a form of the panel", 303, { location: "/clock?done=reset" }, () => submit("reset", { back: "/clock" })],
  ["a form that failed", 404, panel, () => submit("people/delete", { person: "bob" })],
  [
    "the form that makes the browser WeChat's",
    303,
    { location: "/?done=wechat", ...remembered("simulator_wechat=1") },
    () => submit("wechat", { pretend: "1" }),
  ],
  [
    "the form that ends that",
    303,
    {
      location: "/?done=no_wechat",
      "set-cookie":
        "simulator_wechat=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; SameSite=Lax",
    },
    () => submit("wechat"),
  ],
  ["the state", 200, json, () => at("/_simulator/state")],
  ["a refused command", 404, json, () => at("/_simulator/faults/7", { method: "DELETE" })],
  ["a command of another site", 403, text, () => at("/_simulator/reset", { method: "POST" })],
  [
    "a call of another site",
    403,
    text,
    () => at("/sns/auth", { headers: { "sec-fetch-site": "cross-site" } }),
  ],
  ["an unknown address", 404, text, () => at("/nothing")],
  ["a malformed address", 400, text, () => at("/%zz")],
])("%s has status %i and exactly its headers", async (_what, status, headers, request) => {
  const response = await request();
  expect({ status: response.status, ...headersOf(response) }).toEqual({ status, ...headers });
});
