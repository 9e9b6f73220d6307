import { request } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Simulator, startSimulator } from "../src/index.js";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
beforeEach(() => simulator.reset());
afterAll(() => simulator.close());

interface Response {
  status: number | undefined;
  contentType: string | undefined;
  text: string;
}

/** By node:http, because fetch corrects what it considers a mistake in a path. */
function send(path: string, method = "GET"): Promise<Response> {
  return new Promise((resolve, reject) => {
    const sent = request(`${simulator.url}/`, { path, method }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part) => {
        text += part;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode, contentType: response.headers["content-type"], text }),
      );
    });
    sent.on("error", reject).end();
  });
}

describe("an unknown path of WeChat's API", () => {
  it.each([
    ["/sns/oauth2/acces_token", "text/plain", ", rid: "],
    ["/sns/component/jscode2session", "text/plain", ", rid: "],
    ["/sns", "text/plain", ", rid: "],
    ["/wxa/business/getuserphonenumber", "application/json; encoding=utf-8", " rid: "],
    ["/cgi-bin/tokens", "application/json; encoding=utf-8", " rid: "],
    ["/cgi-bin", "application/json; encoding=utf-8", " rid: "],
  ])("%s answers 40066 as WeChat's other calls of its family do", async (path, contentType, tail) => {
    for (const method of ["GET", "POST", "DELETE"]) {
      const response = await send(`${path}?appid=x`, method);
      expect(response).toMatchObject({ status: 200, contentType });
      const { errcode, errmsg } = JSON.parse(response.text) as { errcode: number; errmsg: string };
      expect(errcode).toBe(40066);
      expect(errmsg.startsWith(`invalid url${tail}`)).toBe(true);
    }
    expect(simulator.requests().at(-1)).toMatchObject({ endpoint: "unknown_path", path, errcode: 40066 });
  });
});

describe("an address that the simulator does not have", () => {
  it.each([
    ["/sns/oauth2/acces_token", "GET"],
    ["/sns/userinfo", "PUT"],
    ["/sns/%zz", "GET"],
    ["/wxa/checksession", "GET"],
    ["/cgi-bin/%zz", "GET"],
    ["/connect/oauth2/authorise", "GET"],
    ["/connect/qrconnect", "PROPFIND"],
    ["/_simulator/nowhere", "GET"],
    ["/%zz", "GET"],
    [`/connect/qrcode/${"x".repeat(300)}`, "GET"],
  ])("%s by %s does not repeat the query", async (path, method) => {
    const { status, text } = await send(`${path}?secret=do-not-repeat&code=do-not-repeat`, method);
    expect(status).toBeLessThan(500);
    expect(text).not.toContain("do-not-repeat");
  });

  it.each([
    ["/snsx", 404, "The simulator has nothing at this address.\n"],
    ["/nowhere?a=/sns/x", 404, "The simulator has nothing at this address.\n"],
    ["/connect/oauth2/authorise", 404, "The simulator has nothing at this address.\n"],
    ["/%zz", 400, "This address is malformed.\n"],
    ["/sns/%zz", 400, "This address is malformed.\n"],
  ])("says so in one line: %s", async (path, status, text) => {
    expect(await send(path)).toEqual({ status, contentType: "text/plain; charset=utf-8", text });
  });

  it.each([
    ["/connect", "/connect", ""],
    ["/connect?a=1&b=?2", "/connect", "a=1&b=?2"],
    ["/connect/oauth2/authorise?", "/connect/oauth2/authorise", ""],
  ])("is in the log of calls where it begins as one of WeChat's: %s", async (sent, path, query) => {
    await send(sent);
    expect(simulator.requests()).toEqual([
      {
        id: expect.any(Number),
        at: expect.any(String),
        method: "GET",
        endpoint: "unknown_path",
        ...{ path, query, status: 404 },
        reason: { en: "the simulated WeChat has no such path", zh: "模拟的微信没有这个路径" },
      },
    ]);
  });

  it.each(["/connected", "/x/sns/y", "/favicon.ico", "/?next=/sns/x"])(
    "is not in the log of calls otherwise: %s",
    async (path) => {
      await send(path);
      expect(simulator.requests()).toEqual([]);
    },
  );

  it.each([
    [200, 200],
    [201, 414],
  ])("begins where a part of the path has more than 200 characters: %i, %i", async (length, status) => {
    const path = `/mmopen/vi_32/simulated-${"x".repeat(length)}/46`;
    expect((await send(path, "GET")).status).toBe(status);
  });
});
