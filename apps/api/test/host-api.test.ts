import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHost } from "./support/hosts.js";
import { type System, startSystem } from "./support/system.js";

describe("the host API", () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem();
  });
  afterAll(() => system.close());

  it("tells a key whose it is and what it may do", async () => {
    const shop = await createHost(system, { scopes: ["tickets"] });
    await createHost(system, { id: "other", origin: "https://other.example" });
    expect(await shop.call("GET", "/client")).toEqual({
      status: 200,
      body: {
        id: "shop",
        name: "The shop",
        origins: ["https://shop.example"],
        redirectPaths: ["/wechat/return"],
        scopes: ["tickets"],
      },
    });
  });
});
