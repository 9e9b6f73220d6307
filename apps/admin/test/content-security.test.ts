// @vitest-environment happy-dom
import { randomUUID } from "node:crypto";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod/mini";
import "../src/content-security.js";

/** The module reads the page when it is loaded, which is once for each address. */
const load = (): Promise<typeof import("../src/content-security.js")> =>
  import(/* @vite-ignore */ `../src/content-security.js?${randomUUID()}`);

describe("the nonce without which the Content-Security-Policy blocks a style tag", () => {
  it("is the one that the api wrote into the page, for Mantine and for what it uses", async () => {
    document.head.innerHTML =
      '<meta name="csp-nonce" content="n0nce-of-this-page"><meta name="other" content="x">';
    onTestFinished(() => {
      document.head.innerHTML = "";
    });
    const { styleNonce } = await load();
    expect([styleNonce, globalThis.__webpack_nonce__]).toEqual(["n0nce-of-this-page", "n0nce-of-this-page"]);
  });

  it("is empty on a page without one, as of Vite's server during development", async () => {
    const { styleNonce } = await load();
    expect([styleNonce, globalThis.__webpack_nonce__]).toEqual(["", ""]);
  });
});

it("zod compiles no code in the browser, which the Content-Security-Policy would block", async () => {
  z.config({ jitless: false });
  await load();
  expect(z.config().jitless).toBe(true);
});
