import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { demoOfficialAccount, demoWebsite, type Simulator } from "../../src/index.js";
import { openLink, type Peer, type RealNames, startRealNames } from "./peer.js";

interface Answer {
  status: number;
  location: string | null;
  cookies: string[];
  body: string;
}

/** The Cookie header for the received cookies. */
const cookieOf = ({ cookies }: Answer): string => cookies.map((cookie) => cookie.split(";", 1)[0]).join("; ");

describe("better-auth's unmodified WeChat provider", { timeout: 60_000 }, () => {
  let wechat: RealNames;
  let simulator: Simulator;
  let auth: Peer;
  beforeAll(async () => {
    wechat = await startRealNames();
    simulator = wechat.simulator;
    auth = await wechat.startPeer("better-auth", demoWebsite);
  }, 60_000);
  afterAll(() => wechat.close());
  beforeEach(async () => {
    simulator.reset();
    await auth.call("forget");
  });

  const request = (path: string, options: object = {}): Promise<Answer> =>
    auth.call("request", path, options) as Promise<Answer>;
  const countUsers = async (): Promise<number> => ((await auth.call("users")) as unknown[]).length;

  /** A browser after pressing the button: its redirect target, and the cookies for the callback. */
  async function start(): Promise<{ link: string; cookie: string }> {
    const body = { provider: "wechat", callbackURL: "/home", errorCallbackURL: "/failed" };
    const answer = await request("/api/auth/sign-in/social", { method: "POST", body });
    return { link: (JSON.parse(answer.body) as { url: string }).url, cookie: cookieOf(answer) };
  }

  async function scan(link: string, person?: string): Promise<string> {
    const answer = await openLink(simulator, link, person);
    return answer.headers.get("location") ?? `no redirect: ${answer.headers.get("x-simulator-reason")}`;
  }

  async function signIn(person: string): Promise<Answer> {
    const { link, cookie } = await start();
    return request(await scan(link, person), { cookie });
  }

  it("signs a person in from the button to the session", async () => {
    const landed = await signIn("alice");
    expect(landed.location).toBe("/home");
    const session = await request("/api/auth/get-session", { cookie: cookieOf(landed) });
    const { nickname } = simulator.person("alice", demoWebsite.appId);
    expect(JSON.parse(session.body)).toMatchObject({ user: { name: nickname } });
  });

  it("puts scope first in its link, which the QR page accepts", async () => {
    const { link } = await start();
    expect(link).toMatch(/\/connect\/qrconnect\?scope=snsapi_login&response_type=code&appid=/);
    expect(link).toMatch(/#wechat_redirect$/);
    expect(await scan(link)).toMatch(/code=\w{32}&state=/);
  });

  it("only uses the QR page, where WeChat refuses an Official Account's appid", async () => {
    const other = await wechat.startPeer("better-auth", demoOfficialAccount);
    const body = { provider: "wechat" };
    const answer = (await other.call("request", "/api/auth/sign-in/social", {
      method: "POST",
      body,
    })) as Answer;
    const { url } = JSON.parse(answer.body) as { url: string };
    expect(new URL(url).pathname).toBe("/connect/qrconnect");
    expect(await scan(url)).toMatch(/^no redirect: /);
  });

  it("invents an e-mail address for every person, because WeChat provides none", async () => {
    await signIn("alice");
    const [user] = (await auth.call("users")) as { email: string; emailVerified: boolean }[];
    expect(user).toMatchObject({ email: expect.stringContaining("wechat"), emailVerified: false });
  });

  it("does not call WeChat for a state that is missing, of another browser or spent", async () => {
    const { link, cookie } = await start();
    const callback = new URL(await scan(link));
    const stateless = new URL(callback);
    stateless.searchParams.delete("state");
    const foreign = new URL(callback);
    foreign.searchParams.set("state", "somebodyelses");
    for (const url of [stateless, foreign]) {
      expect((await request(url.href, { cookie })).location).toMatch(/error=/);
    }
    expect((await request(callback.href, { cookie: "" })).location, "another browser").toMatch(/error=/);
    expect(simulator.calls("access_token")).toBe(0);
    expect(await countUsers()).toBe(0);
  });

  it("shows an error page for a used code, to which WeChat answers 40163, and does not restart the sign-in", async () => {
    const one = await start();
    const callback = new URL(await scan(one.link));
    expect((await request(callback.href, { cookie: one.cookie })).location).toBe("/home");
    const other = await start();
    const reused = new URL(await scan(other.link));
    reused.searchParams.set("code", callback.searchParams.get("code") ?? "");
    const landed = await request(reused.href, { cookie: other.cookie });
    expect(landed.location).toMatch(/error=/);
    expect(simulator.requests().at(-1)).toMatchObject({ endpoint: "access_token", errcode: 40163 });
  });

  it("shows an error page for a repeated callback, whose state is spent", async () => {
    const { link, cookie } = await start();
    const callback = await scan(link);
    expect((await request(callback, { cookie })).location).toBe("/home");
    expect((await request(callback, { cookie })).location).toMatch(/error=/);
    expect(simulator.calls("access_token")).toBe(1);
  });

  it("creates a second user for one openid once WeChat returns a unionid", async () => {
    await signIn("noavatar");
    simulator.updatePerson("noavatar", { unionid: true });
    await signIn("noavatar");
    expect(await countUsers()).toBe(2);
  });

  it("recognizes a person with an unchanged unionid", async () => {
    await signIn("alice");
    await signIn("alice");
    expect(await countUsers()).toBe(1);
  });

  it("cannot parse a nickname with a control character, which WeChat sends raw", async () => {
    expect((await signIn("control")).location).toMatch(/error=/);
    expect(await countUsers()).toBe(0);
  });
});
