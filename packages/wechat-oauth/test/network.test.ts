import type { RequestListener } from "node:http";
import { inspect } from "node:util";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { WeChatOAuthClient, type WeChatOAuthOptions } from "../src/index.js";
import { nodeTransport } from "../src/node.js";
import { appId, appSecret, failureOf, grantFor, openid, tokenAnswer } from "./fake-wechat.js";
import { serve } from "./local-server.js";

const ways: [string, Partial<WeChatOAuthOptions>][] = [
  ["fetch", {}],
  ["Node's HTTP client", { transport: nodeTransport() }],
];

/** Exchanges a code at a server of its own. */
type ExchangeWith = (listener: RequestListener, options?: Partial<WeChatOAuthOptions>) => Promise<unknown>;

function exchangeBy(way: Partial<WeChatOAuthOptions>): ExchangeWith {
  return async (listener, options = {}) => {
    const { url } = await serve(listener);
    const client = new WeChatOAuthClient({ appId, appSecret, apiUrl: url, ...way, ...options });
    return client.exchangeCode(await grantFor());
  };
}

describe.each(ways)("over a real connection, by %s,", (_, way) => {
  const exchangeWith = exchangeBy(way);

  it("an answer in many pieces is put together, also inside a character", async () => {
    const bytes = Buffer.from(JSON.stringify({ ...tokenAnswer, note: "小明🎉" }));
    const tokens = await exchangeWith((_, response) => {
      for (const byte of bytes) response.write(Buffer.from([byte]));
      response.end();
    });
    expect(tokens).toMatchObject({ openid });
  });

  it.each([301, 302, 303, 307, 308])("a redirect (%i) is not followed", async (status) => {
    let requests = 0;
    const failure = await failureOf(
      exchangeWith((_, response) => {
        requests++;
        response.writeHead(status, { location: "/elsewhere" }).end(JSON.stringify(tokenAnswer));
      }),
    );
    expect(failure).toMatchObject({ name: "ResponseError", code: "HTTP_STATUS", httpStatus: status });
    expect(requests).toBe(1);
  });

  it("a redirect is none of WeChat's answers, whatever errcode it holds", async () => {
    const failure = await failureOf(
      exchangeWith(
        (_, response) => void response.writeHead(302).end('{"errcode":40029,"errmsg":"invalid code"}'),
      ),
    );
    expect(failure).toMatchObject({ name: "ResponseError", code: "HTTP_STATUS", httpStatus: 302 });
  });

  it("a server that says nothing ends in TIMEOUT, and its connection is closed", async () => {
    let closed: (() => void) | undefined;
    const closing = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const listener: RequestListener = (request) => request.socket.on("close", () => closed?.());
    const failure = await failureOf(exchangeWith(listener, { timeoutMs: 100 }));
    expect(failure).toMatchObject({ name: "NetworkError", code: "TIMEOUT" });
    await closing;
  });

  it("a body that never ends ends in TIMEOUT as well", async () => {
    const failure = await failureOf(
      exchangeWith((_, response) => void response.writeHead(200).write('{"openid":'), { timeoutMs: 100 }),
    );
    expect(failure).toMatchObject({ code: "TIMEOUT" });
  });

  it.each(["before", "in the middle of"])("a connection cut %s the answer is NETWORK", async (when) => {
    const failure = await failureOf(
      exchangeWith((_, response) => {
        if (when !== "before") response.writeHead(200, { "content-length": 500 }).write('{"openid":');
        setImmediate(() => response.destroy());
      }),
    );
    expect(failure).toMatchObject({ name: "NetworkError", code: "NETWORK", cause: expect.any(Error) });
  });

  it("a server that would speak another protocol (101) is NETWORK, at once", async () => {
    const failure = await failureOf(
      exchangeWith((request) => {
        request.socket.end("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
      }),
    );
    expect(failure).toMatchObject({ name: "NetworkError", code: "NETWORK" });
  });

  it("nobody listening is NETWORK, with the reason in its causes", async () => {
    const { url, server } = await serve(() => {});
    await new Promise((resolve) => server.close(resolve));
    const client = new WeChatOAuthClient({ appId, appSecret, apiUrl: url, ...way });
    const failure = await failureOf(client.exchangeCode(await grantFor()));
    expect(failure).toMatchObject({ name: "NetworkError", code: "NETWORK" });
    expect(inspect(failure)).toContain("ECONNREFUSED");
  });

  it("an answer without a body is no JSON", async () => {
    const failure = await failureOf(exchangeWith((_, response) => void response.writeHead(204).end()));
    expect(failure).toMatchObject({ name: "ResponseError", code: "HTTP_STATUS", httpStatus: 204 });
  });
});

describe("a compressed answer", () => {
  it("is read by fetch, which asks for it", async () => {
    const tokens = await exchangeBy({})((_, response) => {
      response.setHeader("content-encoding", "gzip").end(gzipSync(JSON.stringify(tokenAnswer)));
    });
    expect(tokens).toMatchObject({ openid });
  });
});

describe.each(ways)("an answer's size, by %s,", (_, way) => {
  const exchangeWith = exchangeBy(way);

  /** The token answer, padded to this many bytes. */
  function padded(size: number): string {
    const empty = JSON.stringify({ ...tokenAnswer, padding: "" });
    return JSON.stringify({ ...tokenAnswer, padding: "x".repeat(size - empty.length) });
  }

  it("may be 256 KB to the byte", async () => {
    expect(await exchangeWith((_, response) => response.end(padded(262_144)))).toMatchObject({ openid });
  });

  it.each([
    [
      "declared",
      (body: string): RequestListener =>
        (_, response) =>
          response.end(body),
    ],
    [
      "not declared",
      (body: string): RequestListener =>
        (_, response) => {
          response.write(body.slice(0, 1000));
          response.end(body.slice(1000));
        },
    ],
  ])("over the cap is TOO_LARGE when it is %s", async (_, listener) => {
    const failure = { name: "ResponseError", code: "TOO_LARGE", httpStatus: 200 };
    await expect(exchangeWith(listener(padded(262_145)))).rejects.toMatchObject(failure);
    await expect(exchangeWith(listener(padded(2001)), { maxResponseBytes: 2000 })).rejects.toMatchObject(
      failure,
    );
  });

  it("without an end is cut off, not read on", async () => {
    const listener: RequestListener = (_, response) => {
      const write = () => {
        while (!response.destroyed && response.write("x".repeat(10_000)));
      };
      response.on("drain", write).on("error", () => {});
      write();
    };
    await expect(exchangeWith(listener)).rejects.toMatchObject({ code: "TOO_LARGE" });
  });
});

describe("an answer's size", () => {
  it("over the cap is TOO_LARGE when compression hid it", async () => {
    const listener: RequestListener = (_, response) =>
      response.setHeader("content-encoding", "gzip").end(gzipSync(" ".repeat(262_145)));
    await expect(exchangeBy({})(listener)).rejects.toMatchObject({ code: "TOO_LARGE", httpStatus: 200 });
  });
});
