import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHost, type Host } from "./support/hosts.js";
import { type System, startSystem } from "./support/system.js";

const returnTo = "https://shop.example/wechat/return?cart=7#top";
const nonce = "n0nce-of-the-shop~1";

describe("a ticket", () => {
  let system: System;
  let shop: Host;
  beforeAll(async () => {
    system = await startSystem({ env: { RATE_LIMIT: "off" } });
    shop = await createHost(system);
  });
  afterAll(() => system.close());

  const link = (about: Record<string, string> = {}) =>
    `/login/wechat?${new URLSearchParams({ client: "shop", return_to: returnTo, nonce, ...about })}`;
  const redeem = (ticket: string, about: object = {}, host = shop) =>
    host.call("POST", "/tickets/redeem", { ticket, nonce, ...about });

  it("tells the host who signed in", async () => {
    const browser = system.browser({ person: "alice" });
    const { location: url } = await browser.signIn(link());
    expect(url?.href.replace(/ticket=[\w-]{43}/, "ticket=T")).toBe(
      "https://shop.example/wechat/return?cart=7&ticket=T#top",
    );
    const answer = await redeem(url?.searchParams.get("ticket") ?? "");
    expect(answer).toEqual({});
  });
});
