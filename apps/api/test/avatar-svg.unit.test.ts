import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { AvatarPictures } from "../src/domain/identity/avatar-pictures.js";

const drawing = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
const host = createServer((_request, response) => response.end(drawing));
const port = () => (host.address() as AddressInfo).port;

// WeChat's hosts are at public addresses alone, and speak TLS: what is asked of one comes from here instead.
vi.mock("node:https", async (original) => ({
  ...(await original<object>()),
  request: (url: URL) => httpRequest({ host: "127.0.0.1", port: port(), path: url.pathname }),
}));

beforeAll(() => new Promise<void>((resolve) => void host.listen(0, "127.0.0.1", resolve)));
afterAll(() => new Promise((resolve) => void host.close(resolve)));

it("a drawing, which may hold a script, is a person's picture from the simulator and from no host of WeChat's [T58]", async () => {
  const simulatorUrl = `http://127.0.0.1:${port()}`;
  const pictures = new AvatarPictures({ simulatorUrl, wechatProxy: undefined });
  expect(await pictures.find(`${simulatorUrl}/avatars/alice.svg`)).toMatchObject({ type: "image/svg+xml" });
  expect(await pictures.find("https://thirdwx.qlogo.cn/mmopen/a/132")).toBeUndefined();
});
