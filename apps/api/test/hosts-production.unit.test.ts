import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "../src/domain/ids.js";
import type { OperatorContext } from "../src/trpc/context.js";
import { router } from "../src/trpc/operator-router.js";
import { type DomainHarness, startDomainHarness, visitor } from "./support/domain-harness.js";

let harness: DomainHarness;
beforeAll(async () => {
  harness = await startDomainHarness();
});
afterAll(() => harness.close());

describe("the origin of a host application that an owner makes or changes", () => {
  it.each([
    ["https alone in production", true, "ClientError: origins_unfit"],
    ["plain http too in development", false, undefined],
  ])("may be %s", async (_, production, refusal) => {
    const deps = { ...harness.deps, settings: { ...harness.deps.settings, production } };
    const operator = { id: newId(deps.now()), username: "olga", role: "owner", mustEnrol: false };
    const { hosts } = router.createCaller({ deps, visitor, operator } as unknown as OperatorContext);
    const refusalOf = (act: Promise<unknown>) =>
      act.then(
        () => undefined,
        ({ cause }: { cause?: unknown }) => String(cause),
      );
    const site = { id: `site-${production}`, name: "A site", redirectPaths: ["/back"] };
    expect(await refusalOf(hosts.create({ ...site, origins: ["https://site.example"] }))).toBeUndefined();
    const plain = { ...site, origins: ["http://site.example"] };
    expect(await refusalOf(hosts.create({ ...plain, id: `${site.id}-2` }))).toBe(refusal);
    expect(await refusalOf(hosts.update(plain))).toBe(refusal);
  });
});
