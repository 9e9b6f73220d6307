import { createHash, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest, type RequestOptions } from "node:https";
import { connect as connectTcp, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { connect as connectTls } from "node:tls";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { demoOfficialAccount, type Simulator, startSimulator } from "../src/index.js";
import { startTlsProxy, type TlsProxy } from "../src/tls/start-tls-proxy.js";
import { authorizeUrl, WECHAT_UA } from "./phone.js";

let simulator: Simulator;
let tlsProxy: TlsProxy;
let ca: string;

beforeEach(async () => {
  simulator = await startSimulator();
  tlsProxy = await startTlsProxy(simulator);
  ca = readFileSync(tlsProxy.caFile, "utf8");
});
afterEach(async () => {
  await tlsProxy.close();
  await simulator.close();
});

interface Heard {
  status: number | undefined;
  headers: IncomingMessage["headers"];
  body: string;
}

/** A call to one of the real names; the connection goes to the TLS proxy as if by /etc/hosts. */
async function ask(
  host: string,
  path: string,
  options: RequestOptions & { body?: string } = {},
): Promise<Heard> {
  const { body: sent, ...rest } = options;
  const request = httpsRequest({
    host: "127.0.0.1",
    port: tlsProxy.port,
    servername: host,
    path,
    ca,
    agent: false,
    ...rest,
    headers: { host, ...rest.headers },
  });
  request.end(sent);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  let body = "";
  for await (const chunk of response.setEncoding("utf8")) body += chunk;
  return { status: response.statusCode, headers: response.headers, body };
}

describe("the TLS proxy", { timeout: 20_000 }, () => {
  it("answers as the simulator does, including the content type without a charset", async () => {
    const { status, headers, body } = await ask("api.weixin.qq.com", "/sns/oauth2/access_token?appid=x");
    expect(status).toBe(200);
    expect(headers["content-type"]).toBe("text/plain");
    expect(JSON.parse(body)).toMatchObject({ errcode: 41004 });
  });

  it("forwards the body, and the query in its order", async () => {
    const { appId: appid, appSecret: secret } = demoOfficialAccount;
    const body = JSON.stringify({ grant_type: "client_credential", appid, secret });
    const token = await ask("api.weixin.qq.com", "/cgi-bin/stable_token?b=1&a=2", { method: "POST", body });
    expect(JSON.parse(token.body)).toMatchObject({ access_token: expect.any(String) });
    expect(simulator.requests().at(-1)?.query).toBe("b=1&a=2");
  });

  it("is not trusted by a client without its CA", async () => {
    const refused = ask("api.weixin.qq.com", "/", { ca: [] });
    await expect(refused).rejects.toMatchObject({ code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" });
  });

  it("writes its CA certificate without a key to a file, and removes the file at close", async () => {
    expect(ca).toMatch(/^-----BEGIN CERTIFICATE-----\n[^-]+-----END CERTIFICATE-----\n$/);
    await tlsProxy.close();
    expect(existsSync(tlsProxy.caFile)).toBe(false);
  });

  it("tells where it is, and speaks HTTP/1.1 alone", async () => {
    const { port, url, proxyUrl, publicKeyHash } = tlsProxy;
    expect([url, Number(new URL(proxyUrl).port) > 0]).toEqual([`https://127.0.0.1:${port}`, true]);
    expect(proxyUrl).toBe(`http://127.0.0.1:${new URL(proxyUrl).port}`);
    const servername = "api.weixin.qq.com";
    const socket = connectTls({ host: "127.0.0.1", port, servername, ca, ALPNProtocols: ["h2", "http/1.1"] });
    await once(socket, "secureConnect");
    const key = socket.getPeerX509Certificate()?.publicKey.export({ type: "spki", format: "der" });
    expect(socket.alpnProtocol).toBe("http/1.1");
    expect(
      createHash("sha256")
        .update(key ?? "")
        .digest("base64"),
    ).toBe(publicKeyHash);
    socket.destroy();
  });

  it("overwrites no file with its certificate, and keeps the folder of a file that was asked for", async () => {
    const folder = mkdtempSync(join(tmpdir(), "ca-file-"));
    const caFile = join(folder, "mine.pem");
    writeFileSync(caFile, "mine");
    const code = (error: NodeJS.ErrnoException) => error.code;
    expect(await startTlsProxy(simulator, { caFile }).then(String, code)).toBe("EEXIST");
    expect(readFileSync(caFile, "utf8")).toBe("mine");
    rmSync(caFile);
    const other = await startTlsProxy(simulator, { caFile });
    expect([other.caFile, existsSync(caFile)]).toEqual([caFile, true]);
    await other.close();
    expect([existsSync(caFile), existsSync(folder)]).toEqual([false, true]);
    rmSync(folder, { recursive: true });
    const now = () => Date.UTC(2030, 0, 2);
    const later = await startTlsProxy(simulator, { now });
    expect(new X509Certificate(readFileSync(later.caFile)).validTo).toBe("Jan  3 00:00:00 2030 GMT");
    await later.close();
    expect(tlsProxy.caFile).toMatch(/[/\\]wechat-simulator-[^/\\]+[/\\]ca\.pem$/);
    await tlsProxy.close();
    expect(existsSync(dirname(tlsProxy.caFile))).toBe(false);
  });

  it("gives its HTTPS port back if the port of its proxy is taken", async () => {
    const { port } = tlsProxy;
    await tlsProxy.close();
    const taken = Number(new URL(simulator.url).port);
    const code = (error: NodeJS.ErrnoException) => error.code;
    expect(await startTlsProxy(simulator, { port, proxyPort: taken }).then(String, code)).toBe("EADDRINUSE");
    tlsProxy = await startTlsProxy(simulator, { port });
    expect(tlsProxy.port).toBe(port);
  });

  it("accepts the forms of WeChat's own pages only", async () => {
    const { pathname, search } = new URL(authorizeUrl(simulator));
    const tap = (origin: string) =>
      ask("open.weixin.qq.com", pathname + search, {
        method: "POST",
        headers: { origin, "user-agent": WECHAT_UA, "content-type": "application/x-www-form-urlencoded" },
        body: "person=alice&decision=allow",
      });
    expect((await tap("https://open.weixin.qq.com")).headers.location).toContain("code=");
    expect((await tap("https://evil.example")).status).toBe(403);
  });

  it.each(["before", "after"] as const)(
    "resets the connection when the simulator does (reset %s)",
    async (when) => {
      simulator.fail("userinfo", { kind: "reset", when });
      await expect(ask("api.weixin.qq.com", "/sns/userinfo")).rejects.toMatchObject({ code: "ECONNRESET" });
    },
  );

  it("keeps running when a client disconnects during the handshake or a response", async () => {
    simulator.fail("userinfo", { kind: "slow_drip", ms: 60_000 });
    const leaving = connectTls({
      host: "127.0.0.1",
      port: tlsProxy.port,
      servername: "api.weixin.qq.com",
      ca,
    });
    await once(leaving, "secureConnect");
    leaving.write("GET /sns/userinfo HTTP/1.1\r\nhost: api.weixin.qq.com\r\n\r\n");
    await once(leaving, "data");
    leaving.destroy();
    expect((await ask("api.weixin.qq.com", "/sns/userinfo")).status).toBe(200);
  });

  it("closes at once with connections open", async () => {
    simulator.fail("userinfo", { kind: "delay", ms: 60_000 });
    const waiting = ask("api.weixin.qq.com", "/sns/userinfo").catch((error: Error) => error);
    await expect.poll(() => simulator.calls("userinfo")).toBe(1);
    const silent = [tlsProxy.port, Number(new URL(tlsProxy.proxyUrl).port)].map((port) => connectTcp(port));
    await Promise.all(silent.map((socket) => once(socket, "connect")));
    const cut = silent.map((socket) => once(socket.resume(), "close"));
    await tlsProxy.close();
    await Promise.all(cut);
    expect(await waiting).toBeInstanceOf(Error);
  });
});

describe("the CONNECT proxy", { timeout: 20_000 }, () => {
  /** The proxy's response to CONNECT, and the connection. */
  async function connect(target: string) {
    const { hostname, port } = new URL(tlsProxy.proxyUrl);
    const request = httpRequest({ host: hostname, port, method: "CONNECT", path: target }).end();
    const [response, socket, head] = (await once(request, "connect")) as [IncomingMessage, Socket, Buffer];
    const { statusCode: status, headers } = response;
    const body = status === 200 ? "" : head.toString() + (await text(socket));
    return { status, headers, body, socket };
  }

  it.each(["api.weixin.qq.com", "open.weixin.qq.com", "API.Weixin.QQ.com"])(
    "leads https://%s to the simulator",
    async (host) => {
      const { status, socket } = await connect(`${host}:443`);
      expect(status).toBe(200);
      const secure = connectTls({ socket, servername: host, ca });
      await once(secure, "secureConnect");
      secure.write(`GET /cgi-bin/nowhere HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
      const [chunk] = (await once(secure, "data")) as [Buffer];
      expect(chunk.toString()).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
      secure.destroy();
    },
  );

  it.each([
    "example.com:443",
    "api.weixin.qq.com:80",
    "api.weixin.qq.com.evil.example:443",
    "127.0.0.1:4000",
  ])("refuses every other target: %s", async (target) => {
    const { status, headers, body } = await connect(target);
    expect({ status, headers, body }).toEqual({
      status: 403,
      headers: { "content-type": "text/plain", "content-length": String(body.length), connection: "close" },
      body: "This proxy leads only to api.weixin.qq.com and open.weixin.qq.com. Set NO_PROXY for other hosts.\n",
    });
  });

  it("refuses plain HTTP", async () => {
    const response = await fetch(tlsProxy.proxyUrl);
    expect([response.status, response.headers.get("content-type"), await response.text()]).toEqual([
      403,
      "text/plain; charset=utf-8",
      "This proxy accepts only CONNECT: WeChat is called over https.\n",
    ]);
  });
});
