import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { demoOfficialAccount, type Simulator } from "../../src/index.js";
import { type Peer, type RealNames, startRealNames } from "./peer.js";

/** A little longer than both tokens work. */
const AFTER_CHANGE_OVER_SECONDS = 301;

describe("the unmodified npm package co-wechat-api", { timeout: 60_000 }, () => {
  let wechat: RealNames;
  let simulator: Simulator;
  let openid: string;
  beforeAll(async () => {
    wechat = await startRealNames();
    simulator = wechat.simulator;
    openid = simulator.person("alice", demoOfficialAccount.appId).openid;
  });
  afterAll(() => wechat.close());
  beforeEach(() => simulator.reset());

  const start = (env?: Record<string, string>): Promise<Peer> =>
    wechat.startPeer("co-wechat-api", demoOfficialAccount, env);

  it("reads followers with one global token and gets no nickname, which WeChat does not return", async () => {
    const api = await start();
    expect(await api.call("user", openid)).toMatchObject({ subscribe: 1, openid });
    expect(await api.call("user", openid)).not.toHaveProperty("nickname");
    expect(simulator.calls("token")).toBe(1);
  });

  it("signs a page for the JS-SDK, including a fragment that WeChat does not sign", async () => {
    const api = await start();
    const url = "http://localhost:4000/page?a=1#top";
    const config = (await api.call("jsConfig", url)) as Record<
      "nonceStr" | "timestamp" | "signature",
      string
    >;
    const ticket = await api.call("ticket");
    const text = `jsapi_ticket=${ticket}&noncestr=${config.nonceStr}&timestamp=${config.timestamp}&url=${url}`;
    expect(config.signature).toBe(createHash("sha1").update(text).digest("hex"));
    expect(simulator.calls("getticket")).toBe(1);
  });

  it("fetches /cgi-bin/token in each of two processes, and each ends the other's token (40001)", async () => {
    const [one, two] = await Promise.all([start(), start()]);
    await one.call("user", openid);
    await two.call("user", openid);
    for (const [turn, api] of [one, two, one, two].entries()) {
      simulator.advance(AFTER_CHANGE_OVER_SECONDS);
      await api.call("user", openid); // recovers with a new token
      expect(refusals(), `turn ${turn}`).toHaveLength(turn + 1);
      expect(simulator.calls("token"), `turn ${turn}`).toBe(turn + 3);
    }
    expect(new Set(refusals())).toEqual(new Set([40001]));
  });

  it("shares one token between processes through the file of its README", async () => {
    const folder = await mkdtemp(join(tmpdir(), "token-"));
    const env = { TOKEN_FILE: join(folder, "token.json") };
    const [one, two] = await Promise.all([start(env), start(env)]);
    await one.call("user", openid);
    simulator.advance(AFTER_CHANGE_OVER_SECONDS);
    await two.call("user", openid);
    await one.call("user", openid);
    expect(refusals()).toEqual([]);
    expect(simulator.calls("token")).toBe(1);
    await rm(folder, { recursive: true });
  });

  it("fetches ten of the 2000 tokens a day for ten concurrent calls without a token", async () => {
    const api = await start();
    await api.call("usersAtOnce", openid, 10);
    expect(simulator.calls("token")).toBe(10);
  });

  it("gives up on 40014, which WeChat also returns for an ended token", async () => {
    const api = await start();
    await api.call("user", openid);
    simulator.fail("user_info", { kind: "errcode", errcode: 40014 });
    await expect(api.call("user", openid)).rejects.toMatchObject({ code: 40014 });
    expect(simulator.calls("token")).toBe(1);
  });

  const refusals = (): unknown[] =>
    simulator
      .requests()
      .map(({ errcode }) => errcode)
      .filter((errcode) => errcode !== undefined);
});
