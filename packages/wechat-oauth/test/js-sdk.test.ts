import { createHash } from "node:crypto";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { signJsSdk } from "../src/index.js";

const ticket = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg";
const documented = { ticket, nonceStr: "Wm3WZYTPz0wzccnW", timestamp: 1414587457 };

afterEach(() => {
  vi.useRealTimers();
});

describe("a page's signature", () => {
  it.each([
    ["http://mp.weixin.qq.com?params=value", "0f9de62fce790f9a083d5c99e95740ceb90c27ed"],
    ["http://mp.weixin.qq.com", "f4d90daf4b3bca3078ab155816175ba34c443a7b"],
  ])("matches the published one for %s", async (url, signature) => {
    expect(await signJsSdk({ ...documented, url })).toEqual({
      timestamp: 1414587457,
      nonceStr: "Wm3WZYTPz0wzccnW",
      signature,
    });
  });

  it("does not depend on the fragment, which the page's server never receives", async () => {
    const { signature } = await signJsSdk({
      ...documented,
      url: "http://mp.weixin.qq.com?params=value#/a?b#c",
    });
    expect(signature).toBe("0f9de62fce790f9a083d5c99e95740ceb90c27ed");
  });

  it("is the SHA-1 of the unencoded values in WeChat's order, for any page", async () => {
    const path = fc.webUrl({ withQueryParameters: true, withFragments: true });
    await fc.assert(
      fc.asyncProperty(path, fc.string({ unit: "binary" }), fc.nat(), async (url, nonceStr, timestamp) => {
        const page = url.replace(/#.*$/s, "");
        const text = `jsapi_ticket=${ticket}&noncestr=${nonceStr}&timestamp=${timestamp}&url=${page}`;
        const expected = createHash("sha1").update(text).digest("hex");
        expect((await signJsSdk({ ticket, url, nonceStr, timestamp })).signature).toBe(expected);
      }),
    );
  });

  it("has the current time and a fresh nonce by default", async () => {
    vi.useFakeTimers({ now: 1_700_000_000_999 });
    const url = "https://www.example.com/";
    const [first, second] = [await signJsSdk({ ticket, url }), await signJsSdk({ ticket, url })];
    expect(first.timestamp).toBe(1_700_000_000);
    expect(first.nonceStr).toMatch(/^[0-9a-f]{32}$/);
    expect(second.nonceStr).not.toBe(first.nonceStr);
    expect(second.signature).not.toBe(first.signature);
  });
});
