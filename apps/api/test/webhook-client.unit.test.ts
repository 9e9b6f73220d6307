import { createHmac } from "node:crypto";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { createServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { createServer as createTcpServer } from "node:net";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { createServerIdentity } from "../../../packages/wechat-simulator/src/tls/ephemeral-ca.js";
import { retryDelaySeconds } from "../src/domain/events/deliver.js";
import type { Resolve } from "../src/domain/events/webhook-addresses.js";
import { createWebhookClient } from "../src/domain/events/webhook-client.js";
import { newWebhookSecret, signedHeaders } from "../src/domain/events/webhook-signature.js";
import { type Receiver, startReceiver } from "./support/receiver.js";

describe("the signature of a webhook", () => {
  const message = { id: "evt_1", timestamp: Math.floor(Date.now() / 1000), body: '{"type":"user.created"}' };

  it("is verified by the public library over the bytes that are sent, and by each of two secrets [T113]", () => {
    const [now, before, other] = [newWebhookSecret(), newWebhookSecret(), newWebhookSecret()];
    expect(new Set([now, before, other]).size).toBe(3);
    expect(Buffer.from(now.slice("whsec_".length), "base64")).toHaveLength(32);
    const headers = signedHeaders(message, [now, before]);
    expect(headers).toEqual({
      "webhook-id": "evt_1",
      "webhook-timestamp": String(message.timestamp),
      "webhook-signature": expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}= v1,[A-Za-z0-9+/]{43}=$/),
    });
    for (const secret of [now, before]) {
      expect(new Webhook(secret).verify(message.body, headers)).toEqual({ type: "user.created" });
    }
    expect(() => new Webhook(other).verify(message.body, headers)).toThrow();
    expect(() => new Webhook(now).verify(`${message.body} `, headers)).toThrow();
    const other2 = { ...headers, "webhook-id": "evt_2" };
    expect(() => new Webhook(now).verify(message.body, other2)).toThrow();
  });

  it("is that of the specification's own example [T113]", () => {
    const key = Buffer.from("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "base64");
    const [id, timestamp, body] = ["msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, '{"test": 2432232314}'];
    const expected = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
    expect(
      signedHeaders({ id, timestamp, body }, [`whsec_${key.toString("base64")}`])["webhook-signature"],
    ).toBe(`v1,${expected}`);
    expect(expected).toBe("g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  });
});

describe("the delays of a webhook that fails", () => {
  it("are 5 s, 5 min, 30 min, 2 h, 5 h, 10 h and 10 h, a tenth longer at most, and then it is not sent again [T114]", () => {
    const [minute, hour] = [60, 3600];
    const delays = [5, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 10 * hour];
    const failures = delays.map((_, n) => n + 1);
    expect(failures.map((n) => retryDelaySeconds(n, 0))).toEqual(delays);
    expect(failures.map((n) => Math.round(retryDelaySeconds(n, 1) ?? 0))).toEqual(
      delays.map((delay) => Math.round(delay * 1.1)),
    );
    expect(retryDelaySeconds(8, 0)).toBeUndefined();
  });
});

describe("sending a webhook", () => {
  const here = ["127.0.0.0/8"];
  const noAddress: Resolve = async () => [];
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await startReceiver();
  });
  afterAll(() => receiver.close());
  const send = (
    url: string,
    {
      privateCidrs = here,
      resolve = noAddress,
      timeoutMs = 400,
    }: { privateCidrs?: string[]; resolve?: Resolve; timeoutMs?: number } = {},
  ) => createWebhookClient({ privateCidrs, resolve, timeoutMs }).post(url, { "webhook-id": "1" }, "{}");
  const answering = async (how: Parameters<Receiver["answer"]>[0]) => {
    receiver.answer(how);
    return send(receiver.url);
  };

  it("counts the status alone, and follows no redirect [T113]", async () => {
    expect(await answering(204)).toEqual({ status: 204, error: null });
    expect(await answering(200)).toEqual({ status: 200, error: null });
    expect(await answering(299)).toEqual({ status: 299, error: null });
    expect(await answering(300)).toEqual({ status: 300, error: "redirected" });
    expect(await answering(399)).toEqual({ status: 399, error: "redirected" });
    expect(await answering(400)).toEqual({ status: 400, error: "refused" });
    expect(await answering(500)).toEqual({ status: 500, error: "refused" });
    const before = receiver.received.length;
    const redirect = await answering((_request, response) =>
      response.writeHead(307, { location: receiver.url }).end(),
    );
    expect([redirect, receiver.received.length]).toEqual([{ status: 307, error: "redirected" }, before + 1]);
  });

  it("is a POST of JSON with the headers that were given and this system's own", async () => {
    let sent: unknown;
    await answering((request, response) => {
      const { "content-type": type, "content-length": length, "user-agent": agent } = request.headers;
      sent = [request.method, request.url, request.headers["webhook-id"], type, length, agent];
      response.end();
    });
    expect(sent).toEqual(["POST", "/webhooks", "1", "application/json", "2", "wechat-login-webhooks"]);
    expect(receiver.received.at(-1)?.body).toBe("{}");
  });

  it("gives what the receiver wrote only where it is asked for, and 16 KB of it at most", async () => {
    const client = createWebhookClient({ privateCidrs: here, resolve: noAddress });
    const ask = (text: string, options?: { readsAnswer: boolean }) => {
      receiver.answer((_request, response) => response.end(text));
      return client.post(receiver.url, {}, "{}", options);
    };
    const taken = { status: 200, error: null };
    expect(await ask('{"errcode":0}', { readsAnswer: true })).toEqual({ ...taken, text: '{"errcode":0}' });
    const long = "a".repeat(16 * 1024);
    expect(await ask(long, { readsAnswer: true })).toEqual({ ...taken, text: long });
    expect(await ask(`${long}b`, { readsAnswer: true })).toEqual({ ...taken, text: long });
    expect(await ask("ok")).toEqual(taken);
    receiver.answer((_request, response) => {
      response.write("in two ");
      setImmediate(() => response.end("parts"));
    });
    const options = { readsAnswer: true };
    expect(await client.post(receiver.url, {}, "{}", options)).toEqual({ ...taken, text: "in two parts" });
  });

  it("is refused by a receiver that changes the protocol, and the connection is closed", async () => {
    let isClosed = false;
    const upgrading = createTcpServer((socket) => {
      socket
        .on("error", () => {})
        .on("close", () => {
          isClosed = true;
        })
        .resume();
      socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n");
    });
    await new Promise<void>((resolve) => upgrading.listen(0, "127.0.0.1", resolve));
    const { port } = upgrading.address() as AddressInfo;
    const answer = await send(`http://127.0.0.1:${port}/`, { timeoutMs: 30_000 });
    expect(answer).toEqual({ status: null, error: "connection failed" });
    await expect.poll(() => isClosed).toBe(true);
    await new Promise((resolve) => upgrading.close(resolve));
  });

  it("counts the status of an answer that breaks off [T114]", async () => {
    const broken = await answering((_request, response) => {
      response.writeHead(200, { "content-length": 9 }).write("a");
      setImmediate(() => response.destroy());
    });
    expect(broken).toEqual({ status: 200, error: null });
  });

  it("is cut at the deadline if the receiver hangs, before its answer or in it [T114]", async () => {
    expect(await answering(() => {})).toEqual({ status: null, error: "timed out" });
    const drip = await answering((_request, response) => void response.writeHead(200).write("a"));
    expect(drip).toEqual({ status: 200, error: null });
  });

  /** Counts the bytes that sockets of this process, which connect from now on, take in. */
  function watchSockets(): () => number {
    const sockets: Socket[] = [];
    const note = (message: unknown) => void sockets.push((message as { socket: Socket }).socket);
    subscribe("net.client.socket", note);
    onTestFinished(() => void unsubscribe("net.client.socket", note));
    return () => sockets.reduce((sum, { bytesRead }) => sum + bytesRead, 0);
  }

  it.each([
    [200, null],
    [500, "refused"],
  ])(
    "counts the status %i of an answer of 1 GB, and closes the connection after less than 128 KB of it [T114]",
    async (status, error) => {
      const gigabyte = 1024 ** 3;
      const chunk = Buffer.alloc(65_536);
      let offered = 0;
      const bytesRead = watchSockets();
      const closed = new Promise<void>((resolve) => {
        receiver.answer((_request, response) => {
          response.writeHead(status, { "content-length": gigabyte });
          response.on("close", resolve);
          const more = () => {
            while (!response.destroyed && offered < gigabyte) {
              offered += chunk.length;
              if (!response.write(chunk)) return;
            }
          };
          response.on("drain", more);
          more();
        });
      });
      // Long enough to read all of it.
      expect(await send(receiver.url, { timeoutMs: 30_000 })).toEqual({ status, error });
      await closed;
      // What the two sockets buffer; of that, this process takes little.
      expect(offered).toBeLessThan(32 * 1024 * 1024);
      expect(bytesRead()).toBeGreaterThan(16 * 1024);
      expect(bytesRead()).toBeLessThan(128 * 1024);
    },
  );

  it("is cut if the headers of an answer do not end [T114]", async () => {
    let isClosed = false;
    const endless = createTcpServer((socket) => {
      socket
        .on("error", () => {})
        .on("close", () => {
          isClosed = true;
        });
      socket.write("HTTP/1.1 200 OK\r\n");
      const more = () => {
        while (!socket.destroyed && socket.write(`x-more: ${"a".repeat(1_000)}\r\n`));
      };
      socket.on("drain", more);
      more();
    });
    await new Promise<void>((resolve) => endless.listen(0, "127.0.0.1", resolve));
    const { port } = endless.address() as AddressInfo;
    expect(await send(`http://127.0.0.1:${port}/`)).toEqual({ status: null, error: "connection failed" });
    await expect.poll(() => isClosed).toBe(true);
    await new Promise((resolve) => endless.close(resolve));
  });

  it("connects to the address that was checked, asked for once, whatever the name answers afterwards [T113]", async () => {
    receiver.answer(204);
    const answers: string[][] = [["127.0.0.1"], ["203.0.113.9"]];
    let asked = 0;
    const changing: Resolve = async () => (answers[asked++] ?? []).map((address) => ({ address, family: 4 }));
    const url = `http://shop.example:${receiver.port}/webhooks`;
    const before = receiver.received.length;
    expect(await send(url, { resolve: changing })).toEqual({ status: 204, error: null });
    expect([asked, receiver.received.length]).toEqual([1, before + 1]);
    expect(receiver.received.at(-1)?.headers.host).toBe(`shop.example:${receiver.port}`);
  });

  it("is refused for a name or an address outside of what is allowed, also if it is one of several [T113]", async () => {
    const before = receiver.received.length;
    const refused = { status: null, error: "address refused" };
    const to =
      (...addresses: string[]): Resolve =>
      async () =>
        addresses.map((address) => ({ address, family: 4 }));
    const url = `http://shop.example:${receiver.port}/webhooks`;
    expect(await send(url, { privateCidrs: [], resolve: to("127.0.0.1") })).toEqual(refused);
    expect(await send(url, { resolve: to("127.0.0.1", "10.0.0.1") })).toEqual(refused);
    expect(await send(url, { resolve: to() })).toEqual(refused);
    for (const host of ["127.0.0.1", "[::1]", "[::ffff:7f00:1]", "2130706433", "0x7f.1"]) {
      expect(await send(`http://${host}:${receiver.port}/webhooks`, { privateCidrs: [] })).toEqual(refused);
    }
    expect(receiver.received).toHaveLength(before);
  });

  it("says in a few words why no receiver was reached [T114]", async () => {
    const failing =
      (code: string): Resolve =>
      () =>
        Promise.reject(Object.assign(new Error(code), { code }));
    const url = "http://shop.example/webhooks";
    const reset = createTcpServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => reset.listen(0, "127.0.0.1", resolve));
    const { port } = reset.address() as AddressInfo;
    const error = async (...sent: Parameters<typeof send>) => (await send(...sent)).error;
    const reasons = [
      ["name not found", "ENOTFOUND ENODATA ESERVFAIL EAI_AGAIN ETIMEOUT EBADNAME EREFUSED"],
      ["certificate refused", "CERT_HAS_EXPIRED ERR_TLS_CERT_ALTNAME_INVALID DEPTH_ZERO_SELF_SIGNED_CERT"],
      [
        "certificate refused",
        "UNABLE_TO_VERIFY_LEAF_SIGNATURE ERR_SSL_WRONG_VERSION_NUMBER ERR_TLS_HANDSHAKE_TIMEOUT",
      ],
      ["connection failed", "ECONNRESET EHOSTUNREACH EPIPE ETIMEDOUT"],
    ] as const;
    for (const [reason, codes] of reasons) {
      for (const code of codes.split(" ")) {
        expect(await error(url, { resolve: failing(code) }), code).toBe(reason);
      }
    }
    expect(await error(url, { resolve: () => Promise.reject(new Error("a bug")) })).toBe("connection failed");
    expect(await error(url, { resolve: () => new Promise(() => {}) })).toBe("timed out");
    expect(await error(`http://127.0.0.1:${port}/`)).toBe("connection failed");
    await new Promise((resolve) => reset.close(resolve));
    expect(await error(`http://127.0.0.1:${port}/`)).toBe("connection failed");
  });

  it("checks the certificate, also where the environment says otherwise [T113]", async () => {
    const { certificate: cert, privateKey: key } = createServerIdentity(Date.now());
    const tls = createServer({ cert, key }, (_request, response) => response.end());
    await new Promise<void>((resolve) => tls.listen(0, "127.0.0.1", resolve));
    const { port } = tls.address() as AddressInfo;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
    try {
      expect(await send(`https://127.0.0.1:${port}/`)).toEqual({
        status: null,
        error: "certificate refused",
      });
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      await new Promise((resolve) => tls.close(resolve));
    }
  });
});
