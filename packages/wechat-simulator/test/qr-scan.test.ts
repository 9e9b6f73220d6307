import { createContext, runInContext } from "node:vm";
import { renderSVG } from "uqr";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { demoWebsite, type Simulator, startSimulator } from "../src/index.js";
import { CALLBACK, exchange, open, qrUrl, tap } from "./phone.js";

let simulator: Simulator;
beforeAll(async () => {
  // Time does not move unless a test moves it, so that no QR code expires by itself.
  simulator = await startSimulator({ now: () => Date.UTC(2026, 0, 31, 4) });
});
beforeEach(() => {
  simulator.reset();
  simulator.settings({ qrPollSeconds: 0 });
});
afterAll(() => simulator.close());

const website = { appid: demoWebsite.appId, secret: demoWebsite.appSecret };

/** Opens the QR page. @returns its uuid and the page */
async function showCode(asked = {}): Promise<{ uuid: string; page: string }> {
  const response = await open(qrUrl(simulator, asked), { "accept-language": "en" });
  const page = await response.text();
  return { uuid: /data-uuid="([^"]+)"/.exec(page)?.[1] ?? "", page };
}

/** Runs the script in the response to a poll, as the page does. */
async function poll(uuid: string, last = ""): Promise<{ status: number; code: string }> {
  const response = await fetch(`${simulator.url}/connect/l/qrconnect?uuid=${uuid}${last}&_=1`);
  expect(response.headers.get("content-type")).toMatch(/^text\/javascript/);
  const window: { wx_errcode?: number; wx_code?: string } = {};
  runInContext(await response.text(), createContext({ window }));
  return { status: window.wx_errcode ?? 0, code: window.wx_code ?? "" };
}

const phoneUrl = (uuid: string) => `${simulator.url}/connect/confirm?uuid=${uuid}`;
const scan = (uuid: string) => open(phoneUrl(uuid));
const answer = (uuid: string, decision: string, person = "alice") =>
  tap(simulator, phoneUrl(uuid), { person, decision });

describe("a poll of the QR page", () => {
  it("gets 408 before the scan, 404 after it, and 405 with the code after the confirmation", async () => {
    const { uuid } = await showCode();
    expect(await poll(uuid)).toEqual({ status: 408, code: "" });
    expect(await (await scan(uuid)).text()).toContain("Demo Website");
    expect((await poll(uuid)).status).toBe(404);
    expect((await poll(uuid, "&last=404")).status).toBe(408);
    await answer(uuid, "allow", "emoji");
    const { status, code } = await poll(uuid, "&last=404");
    expect(status).toBe(405);
    const { body } = await exchange(simulator, code, website);
    expect(body).toMatchObject({
      scope: "snsapi_login",
      openid: simulator.person("emoji", demoWebsite.appId).openid,
    });
  });

  it("gets 403 after a canceled sign-in, however often it is repeated", async () => {
    const { uuid } = await showCode();
    await scan(uuid);
    await answer(uuid, "refuse");
    expect(await poll(uuid)).toEqual({ status: 403, code: "" });
    await answer(uuid, "allow");
    simulator.advance(300);
    expect((await poll(uuid)).status).toBe(403);
  });

  it("gets 402 once the QR code has expired, scanned or not, and for an unknown QR code", async () => {
    const [idle, scanned] = [await showCode(), await showCode()];
    await scan(scanned.uuid);
    simulator.advance(300);
    expect((await poll(idle.uuid)).status).toBe(402);
    expect((await poll(scanned.uuid, "&last=404")).status).toBe(402);
    expect((await poll("unknown")).status).toBe(402);
    expect(await (await scan(idle.uuid)).text()).toContain("二维码已失效");
  });

  it("waits for a change and is then answered at once", async () => {
    simulator.settings({ qrPollSeconds: 60 });
    const { uuid } = await showCode();
    const waiting = poll(uuid);
    await scan(uuid);
    expect((await waiting).status).toBe(404);
    const confirmed = poll(uuid, "&last=404");
    await answer(uuid, "allow");
    expect((await confirmed).status).toBe(405);
  });

  it("does not wait for what happened between two polls", async () => {
    simulator.settings({ qrPollSeconds: 60 });
    const { uuid } = await showCode();
    await scan(uuid);
    expect((await poll(uuid)).status).toBe(404);
    await answer(uuid, "allow");
    expect((await poll(uuid, "&last=404")).status).toBe(405);
  });

  it("is answered when the clock moves past the expiry", async () => {
    simulator.settings({ qrPollSeconds: 60 });
    const { uuid } = await showCode();
    const waiting = poll(uuid);
    await vi.waitFor(() => expect(simulator.calls("qr_poll")).toBe(1));
    simulator.advance(300);
    expect((await waiting).status).toBe(402);
  });
});

describe("the QR page", () => {
  it("offers a link to the phone's page, an image to scan, and a button for each person", async () => {
    const { uuid, page } = await showCode();
    expect(page).toContain(`href="/connect/confirm?uuid=${uuid}"`);
    expect(page).toContain(`src="/connect/qrcode/${uuid}"`);
    expect(page).toContain("Scan and allow: alice");
    const image = await fetch(`${simulator.url}/connect/qrcode/${uuid}`);
    expect(await image.text()).toBe(renderSVG(`${simulator.url}/connect/confirm?uuid=${uuid}`));
    expect((await fetch(`${simulator.url}/connect/qrcode/unknown`)).status).toBe(404);
  });

  it("contains the callback with the state before the fragment", async () => {
    const { uuid, page } = await showCode({ redirect_uri: `${CALLBACK}?a=1#/cb` });
    expect(page).toContain(`data-callback="${CALLBACK}?a=1&amp;code=${uuid}&amp;state=abc123#/cb"`);
    expect(page).toContain('data-refused=""');
    simulator.settings({ refusal: "state_only" });
    expect((await showCode()).page).toContain(`data-refused="${CALLBACK}?state=abc123"`);
    simulator.settings({ refusal: "authdeny" });
    expect((await showCode()).page).toContain(`data-refused="${CALLBACK}?code=authdeny&amp;state=abc123"`);
  });

  it("forbids all scripts but its own and its polls, by its Content-Security-Policy", async () => {
    const policy = (await open(qrUrl(simulator))).headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toMatch(/script-src 'self' 'sha256-[^']+'(?:;|$)/);
    expect(policy).not.toContain("unsafe");
  });
});

describe("the QR page inside an app's own page (wxLogin.js)", () => {
  const frame = { login_type: "jssdk", self_redirect: "true", style: "white" };

  it("is reduced to the QR code, and tells its script whether to stay in the frame (self_redirect)", async () => {
    const { page } = await showCode(frame);
    expect(page).toContain('data-self-redirect="true"');
    expect(page).not.toContain("Scan and allow");
    expect(page).toContain("color: #fff");
    expect((await showCode({ ...frame, self_redirect: "false" })).page).toContain(
      'data-self-redirect="false"',
    );
  });

  it("loads the app's stylesheet from https or a data URL only, and none with stylelite", async () => {
    const policyOf = async (asked: object) =>
      (await open(qrUrl(simulator, { ...frame, ...asked }))).headers.get("content-security-policy") ?? "";
    expect(await policyOf({ href: "https://a.example/login.css" })).toMatch(
      /style-src '[^']*' '[^']*' https:\/\/a\.example;/,
    );
    const data = "data:text/css;base64,Ym9keXt9";
    expect(await policyOf({ href: data })).toMatch(/style-src [^;]* data:/);
    expect((await showCode({ ...frame, href: data })).page).toContain(`href="${data}"`);
    expect(await policyOf({ href: data, stylelite: "1" })).not.toMatch(/style-src [^;]* data:/);
    expect(await policyOf({ href: "http://a.example/x.css" })).not.toContain("a.example");
  });

  it("is embedded by the simulator's wxLogin.js", async () => {
    const response = await fetch(`${simulator.url}/connect/zh_CN/htmledition/js/wxLogin.js`);
    const container = { innerHTML: "x", children: [] as { src: string }[] };
    const frameElement = { style: {}, setAttribute: () => undefined, src: "" };
    const document = {
      currentScript: { src: `${simulator.url}/connect/zh_CN/htmledition/js/wxLogin.js` },
      createElement: () => frameElement,
      getElementById: () => ({
        ...container,
        appendChild: (child: { src: string }) => container.children.push(child),
      }),
    };
    const window: { WxLogin?: (options: object) => void } = {};
    runInContext(await response.text(), createContext({ window, document, URL }));
    window.WxLogin?.({
      id: "login",
      appid: demoWebsite.appId,
      scope: "snsapi_login",
      redirect_uri: encodeURIComponent(CALLBACK),
      state: "abc123",
      self_redirect: true,
    });
    const page = await (await open(container.children[0]?.src ?? "")).text();
    expect(page).toContain('data-self-redirect="true"');
    expect(page).toContain("state=abc123");
  });
});
