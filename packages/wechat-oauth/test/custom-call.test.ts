import { describe, expect, it } from "vitest";
import type { CallReport, CustomCall } from "../src/index.js";
import { clientAnswering, failureOf, globalToken } from "./fake-wechat.js";

const tags = { tags: [{ id: 2, name: "星标" }] };
const path = "cgi-bin/tags/get";

describe("call", () => {
  it("sends a GET with the token first in the query and returns WeChat's answer", async () => {
    const { client, requests } = clientAnswering([tags]);
    const query = { name: "a b&c" };
    expect(await client.call({ path, accessToken: globalToken, query })).toEqual(tags);
    const url = `https://api.weixin.qq.com/${path}?access_token=${globalToken}&name=a%20b%26c`;
    expect(requests).toEqual([{ url }]);
  });

  it("sends a POST with a JSON body, and reads the answer with the given function", async () => {
    const { client, requests } = clientAnswering([{ tag: { id: 134 } }]);
    const id = await client.call({
      path: "/cgi-bin/tags/create",
      accessToken: globalToken,
      body: { tag: { name: "广东" } },
      read: ({ tag }) => (tag as { id: number }).id,
    });
    expect(id).toBe(134);
    const url = `https://api.weixin.qq.com/cgi-bin/tags/create?access_token=${globalToken}`;
    const body = '{"tag":{"name":"广东"}}';
    expect(requests).toEqual([{ url, method: "POST", body, contentType: "application/json" }]);
  });

  it("reports and refuses like every other call", async () => {
    const reports: CallReport[] = [];
    const errmsg = `invalid tag of ${globalToken}, rid: 637ec754-5b28c0ef-058e9cba`;
    const { client } = clientAnswering([{ errcode: 45157, errmsg }], { onCall: (one) => reports.push(one) });
    const failure = await failureOf(client.call({ path, accessToken: globalToken }));
    expect(failure).toMatchObject({ name: "WeChatApiError", endpoint: path, errmsg: "invalid tag of ***" });
    expect(reports).toMatchObject([{ endpoint: path, outcome: "refused", errcode: 45157 }]);
  });

  it("repeats a busy call only if it may", async () => {
    const busy = { errcode: -1, errmsg: "system error" };
    const repeated = clientAnswering([busy, tags]);
    expect(await repeated.client.call({ path, isRepeatable: true })).toEqual(tags);
    const once = clientAnswering([busy, tags]);
    expect(await failureOf(once.client.call({ path }))).toMatchObject({ errcode: -1 });
    expect([repeated.requests.length, once.requests.length]).toEqual([2, 1]);
  });

  it("makes an error of what `read` throws, with it as the cause", async () => {
    const cause = new Error("tags is not a list");
    const read = () => {
      throw cause;
    };
    const failure = await failureOf(clientAnswering([tags]).client.call({ path, read }));
    expect(failure).toMatchObject({ name: "ResponseError", code: "BAD_SHAPE", endpoint: path });
    expect(failure.message).toContain("read() refused it");
    expect(failure.cause).toBe(cause);
  });

  it("refuses an answer that repeats the token or a value in `secrets`", async () => {
    const secret = "a-code-of-a-person";
    for (const [reply, isRefused] of [
      [{ said: globalToken }, true],
      [{ said: secret }, true],
      [{ said: "another text" }, false],
    ] as const) {
      const { client } = clientAnswering([reply]);
      const call = { path, accessToken: globalToken, body: { code: secret }, secrets: [secret] };
      const outcome = await client.call(call).catch((error: Error) => error.name);
      expect(outcome).toEqual(isRefused ? "ResponseError" : reply);
    }
  });

  it.each([
    "",
    "/",
    "//evil.example/x",
    "https://evil.example/x",
    "cgi-bin/../x",
    "cgi-bin/./x",
    "cgi-bin/menu?x=1",
    "cgi-bin/menu#x",
    "cgi-bin\\menu",
    "cgi-bin//menu",
    "cgi-bin/%2e%2e/x",
    "@evil.example",
  ])("refuses the path %j before any request", async (bad) => {
    const { client, requests } = clientAnswering([tags]);
    const failure = await failureOf(client.call({ path: bad, accessToken: globalToken }));
    expect(failure).toBeInstanceOf(TypeError);
    expect(requests).toEqual([]);
  });

  it.each<[string, Partial<CustomCall>]>([
    ["an empty token", { accessToken: "" as typeof globalToken }],
    ["an empty value of the query", { query: { next_openid: "" } }],
    ["a value that is no text", { query: { count: 3 as never } }],
  ])("refuses %s", async (_, wrong) => {
    const { client, requests } = clientAnswering([tags]);
    expect(await failureOf(client.call({ path, ...wrong }))).toBeInstanceOf(TypeError);
    expect(requests).toEqual([]);
  });
});
