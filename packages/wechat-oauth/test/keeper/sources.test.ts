import { describe, expect, it } from "vitest";
import type { GlobalAccessToken } from "../../src/index.js";
import { classicTokenSource, jsapiTicketSource, stableTokenSource, TokenKeeper } from "../../src/keeper.js";
import { appId, clientAnswering } from "../fake-wechat.js";

const token = (name: string) => ({ access_token: name, expires_in: 7200 });

describe("a source of tokens", () => {
  it("calls stable_token, with force_refresh only after WeChat returned the refused token again", async () => {
    const { client, requests } = clientAnswering([token("refused"), token("refused"), token("fresh")]);
    const keeper = new TokenKeeper({ source: stableTokenSource(client) });
    expect((await keeper.get()).value).toBe("refused");
    expect((await keeper.replace("refused")).value).toBe("fresh");
    const bodies = requests.map(({ body }) => JSON.parse(body ?? "{}").force_refresh);
    expect(bodies).toEqual([false, false, true]);
    expect(requests.every(({ url }) => url.endsWith("/cgi-bin/stable_token"))).toBe(true);
  });

  it("can use cgi-bin/token, under a separate key", async () => {
    const { client, requests } = clientAnswering([token("classic")]);
    const source = classicTokenSource(client);
    expect((await new TokenKeeper({ source }).get()).value).toBe("classic");
    expect(requests[0]?.url).toContain("/cgi-bin/token?");
    expect(source.key).not.toBe(stableTokenSource(client).key);
    expect(source.key).toContain(appId);
  });

  it("fetches a ticket with the token of another keeper, which is replaced if it is refused", async () => {
    const { client, requests } = clientAnswering([
      token("old"),
      { errcode: 40001, errmsg: "invalid credential" },
      token("new"),
      { errcode: 0, errmsg: "ok", ticket: "the-ticket", expires_in: 7200 },
    ]);
    const tokens = new TokenKeeper({ source: stableTokenSource(client) });
    const tickets = new TokenKeeper({ source: jsapiTicketSource(client, tokens) });
    expect((await tickets.get()).value).toBe("the-ticket");
    const asked = requests.map(({ url }) => new URL(url).searchParams.get("access_token"));
    expect(asked).toEqual([null, "old", null, "new"]);
    expect((await tickets.get()).value).toBe("the-ticket");
    expect(requests.length).toBe(4);
  });

  it("keeps the type of the token: a keeper of global tokens returns GlobalAccessToken", async () => {
    const { client } = clientAnswering([token("global")]);
    const keeper = new TokenKeeper({ source: stableTokenSource(client) });
    const value: GlobalAccessToken = (await keeper.get()).value;
    expect(await keeper.use(async (used: GlobalAccessToken) => used)).toBe(value);
  });
});
