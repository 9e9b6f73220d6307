import { createServer, request as httpRequest } from "node:http";
import https, { type RequestOptions } from "node:https";
import { syncBuiltinESMExports } from "node:module";
import type { AddressInfo, Server } from "node:net";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { createServerIdentity } from "../../../packages/wechat-simulator/src/tls/ephemeral-ca.js";
import { AvatarPictures } from "../src/domain/identity/avatar-pictures.js";

// WeChat's picture hosts are at public addresses and speak TLS: what is asked of one comes from this machine instead.

const drawing = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
const png = Buffer.from("89504e470d0a1a0a", "hex");
const { caCertificate, certificate, privateKey } = createServerIdentity(Date.now());
const host = createServer(({ url }, response) => response.end(url?.endsWith(".svg") ? drawing : png));
const tlsHost = https.createServer({ cert: certificate, key: privateKey }, (_, response) =>
  response.end(png),
);
const ofWeChat = "https://thirdwx.qlogo.cn/mmopen";

const listen = (server: Server) =>
  new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", () => resolve()));
const close = (server: Server) => new Promise((resolve) => void server.close(resolve));
const portOf = (server: Server) => (server.address() as AddressInfo).port;
beforeAll(async () => {
  await listen(host);
  await listen(tlsHost);
});
afterAll(async () => {
  await close(host);
  await close(tlsHost);
});

/** Puts `answer` in the place of requests over TLS, until the test ends. */
function insteadOfTls(answer: (url: URL, options: RequestOptions) => ReturnType<typeof httpRequest>): void {
  const spy = vi.spyOn(https, "request").mockImplementation(answer as typeof https.request);
  syncBuiltinESMExports();
  onTestFinished(() => {
    spy.mockRestore();
    syncBuiltinESMExports();
  });
}

const pictures = (resolve?: ConstructorParameters<typeof AvatarPictures>[1]) =>
  new AvatarPictures({ simulatorUrl: `http://127.0.0.1:${portOf(host)}`, wechatProxy: undefined }, resolve);

describe("a picture host of WeChat's", () => {
  it("shows pictures, and no drawing, which may hold a script: those come from the simulator only [T58]", async () => {
    const asked: string[] = [];
    insteadOfTls((url) => {
      asked.push(url.href);
      return httpRequest({ host: "127.0.0.1", port: portOf(host), path: url.pathname });
    });
    const found = pictures();
    const ofSimulator = `http://127.0.0.1:${portOf(host)}/avatars/alice.svg`;
    expect(await found.find(ofSimulator)).toMatchObject({ type: "image/svg+xml" });
    expect(await found.find(`${ofWeChat}/a.svg`)).toBeUndefined();
    expect(await found.find(`${ofWeChat}/a/132`)).toMatchObject({ type: "image/png" });
    expect(asked).toEqual([`${ofWeChat}/a.svg`, `${ofWeChat}/a/132`]);
  });

  it("has to show its certificate, also where the environment says otherwise [T58]", async () => {
    const { request } = https;
    const trusted: { ca?: string } = {};
    insteadOfTls((_, { agent, headers }) =>
      request({
        ...{ ...trusted, agent, headers, host: "127.0.0.1", port: portOf(tlsHost) },
        servername: "api.weixin.qq.com",
      }),
    );
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await pictures().find(`${ofWeChat}/a/132`)).toBeUndefined();
    trusted.ca = caCertificate;
    expect(await pictures().find(`${ofWeChat}/b/132`)).toMatchObject({ type: "image/png" });
  });

  it.each([
    ["at its public address", "93.184.216.34", "93.184.216.34"],
    ["at no address of this machine", "127.0.0.1", "refused"],
    ["at no address of a private network", "10.0.0.7", "refused"],
    ["at no address of a cloud's metadata", "169.254.169.254", "refused"],
  ])("is connected to %s [T58]", async (_, address, expected) => {
    const connected: unknown[] = [];
    insteadOfTls((url, { lookup }) => {
      lookup?.(url.hostname, {}, (error, found) => connected.push(error ? "refused" : found));
      return httpRequest({ host: "127.0.0.1", port: portOf(host), path: url.pathname });
    });
    await pictures(async () => [{ address, family: 4 }]).find(`${ofWeChat}/a/132`);
    expect(connected).toEqual([expected]);
  });
});
