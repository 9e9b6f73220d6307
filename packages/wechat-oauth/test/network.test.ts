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

/** Exchanges a code with a separate server. */
type ExchangeWith = (listener: RequestListener, options?: Partial<WeChatOAuthOptions>) => Promise<unknown>;

function exchangeBy(way: Partial<WeChatOAuthOptions>): ExchangeWith {
  return async (listener, options = {}) => {
    const { url } = await serve(listener);
    const client = new WeChatOAuthClient({ appId, appSecret, apiUrl: url, ...way, ...options });
    return client.exchangeCode(await grantFor());
  };
}

describe.each(ways)("a real connection by %s", (_, way) => {
  const exchangeWith = exchangeBy(way);

  it("gives a complete answer from many pieces, even if one splits a character", async () => {
    const bytes = Buffer.from(JSON.stringify({ ...tokenAnswer, note: "小明🎉" }));
    const tokens = await exchangeWith((_, response) => {
      for (const byte of bytes) response.write(Buffer.from([byte]));
      response.end();
    });
    expect(tokens).toMatchObject({ openid });
  });

  it.each([300, 301, 302, 303, 307, 308, 399])("does not follow a redirect (%i)", async (status) => {
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

  it("reports a redirect as HTTP_STATUS even if it contains an errcode", async () => {
    const failure = await failureOf(
      exchangeWith(
        (_, response) => void response.writeHead(302).end('{"errcode":40029,"errmsg":"invalid code"}'),
      ),
    );
    expect(failure).toMatchObject({ name: "ResponseError", code: "HTTP_STATUS", httpStatus: 302 });
  });

  it("fails with TIMEOUT and is closed if the server does not answer", async () => {
    let closed: (() => void) | undefined;
    const closing = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const listener: RequestListener = (request) => request.socket.on("close", () => closed?.());
    const failure = await failureOf(exchangeWith(listener, { timeoutMs: 100 }));
    expect(failure).toMatchObject({ name: "NetworkError", code: "TIMEOUT" });
    await closing;
  });

  it("fails with TIMEOUT if a body never ends", async () => {
    const failure = await failureOf(
      exchangeWith((_, response) => void response.writeHead(200).write('{"openid":'), { timeoutMs: 100 }),
    );
    expect(failure).toMatchObject({ code: "TIMEOUT" });
  });

  it.each(["before", "in the middle of"])("fails with NETWORK if it is cut %s the answer", async (when) => {
    const failure = await failureOf(
      exchangeWith((_, response) => {
        if (when !== "before") response.writeHead(200, { "content-length": 500 }).write('{"openid":');
        setImmediate(() => response.destroy());
      }),
    );
    expect(failure).toMatchObject({ name: "NetworkError", code: "NETWORK", cause: expect.any(Error) });
  });

  it("fails with NETWORK at once if the server switches protocols (101)", async () => {
    const failure = await failureOf(
      exchangeWith((request) => {
        request.socket.end("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
      }),
    );
    expect(failure).toMatchObject({ name: "NetworkError", code: "NETWORK" });
  });

  it("fails with NETWORK and the reason as its cause if no server listens", async () => {
    const { url, server } = await serve(() => {});
    await new Promise((resolve) => server.close(resolve));
    const client = new WeChatOAuthClient({ appId, appSecret, apiUrl: url, ...way });
    const failure = await failureOf(client.exchangeCode(await grantFor()));
    expect(failure).toMatchObject({ name: "NetworkError", code: "NETWORK" });
    expect(inspect(failure)).toContain("ECONNREFUSED");
  });

  it("fails with BAD_JSON if the answer has no body", async () => {
    const failure = await failureOf(exchangeWith((_, response) => void response.writeHead(204).end()));
    expect(failure).toMatchObject({ name: "ResponseError", code: "HTTP_STATUS", httpStatus: 204 });
  });
});

describe("a compressed answer", () => {
  it("is accepted by fetch, which requests compression", async () => {
    const tokens = await exchangeBy({})((_, response) => {
      response.setHeader("content-encoding", "gzip").end(gzipSync(JSON.stringify(tokenAnswer)));
    });
    expect(tokens).toMatchObject({ openid });
  });
});

describe.each(ways)("the size of an answer by %s", (_, way) => {
  const exchangeWith = exchangeBy(way);

  /** The token answer, padded to this many bytes. */
  function padded(size: number): string {
    const empty = JSON.stringify({ ...tokenAnswer, padding: "" });
    return JSON.stringify({ ...tokenAnswer, padding: "x".repeat(size - empty.length) });
  }

  it("may be exactly 256 KB", async () => {
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
  ])("causes TOO_LARGE above the cap if it is %s", async (_, listener) => {
    const failure = { name: "ResponseError", code: "TOO_LARGE", httpStatus: 200 };
    await expect(exchangeWith(listener(padded(262_145)))).rejects.toMatchObject(failure);
    await expect(exchangeWith(listener(padded(2001)), { maxResponseBytes: 2000 })).rejects.toMatchObject(
      failure,
    );
  });

  it("is bounded for an endless answer, which is not read further", async () => {
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

describe("the size of an answer", () => {
  it("causes TOO_LARGE if only the decompressed answer exceeds the cap", async () => {
    const listener: RequestListener = (_, response) =>
      response.setHeader("content-encoding", "gzip").end(gzipSync(" ".repeat(262_145)));
    await expect(exchangeBy({})(listener)).rejects.toMatchObject({ code: "TOO_LARGE", httpStatus: 200 });
  });
});
