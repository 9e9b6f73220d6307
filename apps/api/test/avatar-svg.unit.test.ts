import { createServer, request as httpRequest } from "node:http";
import https from "node:https";
import { syncBuiltinESMExports } from "node:module";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from "vitest";
import { AvatarPictures } from "../src/domain/identity/avatar-pictures.js";

const drawing = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
const png = Buffer.from("89504e470d0a1a0a", "hex");
const host = createServer(({ url }, response) => response.end(url?.endsWith(".svg") ? drawing : png));
const port = () => (host.address() as AddressInfo).port;

beforeAll(() => new Promise<void>((resolve) => void host.listen(0, "127.0.0.1", resolve)));
afterAll(() => new Promise((resolve) => void host.close(resolve)));

/** WeChat's hosts are at public addresses alone, and speak TLS: what is asked of one comes from here instead. */
function answerForWeChat(): URL[] {
  const asked: URL[] = [];
  const spy = vi.spyOn(https, "request").mockImplementation(((url: URL) => {
    asked.push(url);
    return httpRequest({ host: "127.0.0.1", port: port(), path: url.pathname });
  }) as typeof https.request);
  syncBuiltinESMExports();
  onTestFinished(() => {
    spy.mockRestore();
    syncBuiltinESMExports();
  });
  return asked;
}

it("a drawing, which may hold a script, is a person's picture from the simulator and from no host of WeChat's [T58]", async () => {
  const simulatorUrl = `http://127.0.0.1:${port()}`;
  const asked = answerForWeChat();
  const pictures = new AvatarPictures({ simulatorUrl, wechatProxy: undefined });
  expect(await pictures.find(`${simulatorUrl}/avatars/alice.svg`)).toMatchObject({ type: "image/svg+xml" });
  const ofWeChat = "https://thirdwx.qlogo.cn/mmopen";
  expect(await pictures.find(`${ofWeChat}/a.svg`)).toBeUndefined();
  expect(await pictures.find(`${ofWeChat}/a/132`)).toMatchObject({ type: "image/png" });
  expect(asked.map(({ href }) => href)).toEqual([`${ofWeChat}/a.svg`, `${ofWeChat}/a/132`]);
});
