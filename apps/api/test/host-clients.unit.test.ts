import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { changeHostClient, createHostClient } from "../src/domain/hosts/clients.js";
import { type DomainHarness, startDomainHarness, visitor } from "./support/domain-harness.js";
import { rowsOf } from "./support/rows.js";

let harness: DomainHarness;
beforeEach(async () => {
  harness = await startDomainHarness();
});
afterEach(() => harness.close());

describe("a change of a host application", () => {
  const by = { operatorId: "olga", visitor };
  const lists = { origins: ["https://shop.example"], redirectPaths: ["/return"] };
  const clients = async () =>
    (await rowsOf(harness.db, "hostClients")).map(({ id, name, origins, redirectPaths }) => ({
      ...{ id, name, origins: JSON.parse(origins), redirectPaths: JSON.parse(redirectPaths) },
    }));

  it.each([
    { name: "The new shop" },
    { origins: ["https://new.example", "https://shop.example"] },
    { redirectPaths: ["/a", "/b"] },
    { name: "All", origins: ["https://all.example"], redirectPaths: ["/all"] },
    {},
  ])("replaces what is given, and leaves the rest and the other application alone: %j", async (change) => {
    const [shop, forum] = ["shop", "forum"].map((id) => ({ id, name: `The ${id}`, ...lists }));
    if (!shop || !forum) throw new Error("there are no applications");
    for (const client of [forum, shop]) await createHostClient(harness.deps, client, by);
    expect(await changeHostClient(harness.deps, "shop", change, by)).toBe(true);
    expect(await clients()).toEqual([forum, { ...shop, ...change }]);
    expect(await changeHostClient(harness.deps, "none", change, by)).toBe(false);
    const entries = (await rowsOf(harness.db, "auditLog")).map(({ event, target }) => [event, target]);
    expect(entries).toEqual([
      ["host.create", "forum"],
      ["host.create", "shop"],
      ["host.update", "shop"],
    ]);
  });
});
