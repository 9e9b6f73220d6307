import pg from "pg";
import { afterEach, expect, it, vi } from "vitest";
import { type DomainHarness, profile, startDomainHarness, token } from "./support/domain-harness.js";

let harness: DomainHarness;
afterEach(async () => {
  vi.restoreAllMocks();
  await harness.close();
});

it("A sign-in of a new person waits for PostgreSQL 14 times, and of a returning one 8 times", async () => {
  harness = await startDomainHarness();
  const sent = vi.spyOn(pg.Client.prototype, "query");
  /** Through the app that asks for a profile, in a browser without a session. */
  const queriesOf = async (openid: string, unionid: string) => {
    const before = sent.mock.calls.length;
    Object.assign(harness.answers, {
      ...{ access_token: { ...token, openid, unionid }, userinfo: { ...profile, openid, unionid } },
    });
    const { kind } = await harness.handleCallback(await harness.startSignIn("web"));
    expect(kind).toBe("signed_in");
    return sent.mock.calls.length - before;
  };
  await queriesOf("oFirst", "uFirst-of-a-connection"); // a new connection sets itself up

  expect(await queriesOf("oAlice", "uAlice-in-the-group")).toBe(14);
  expect(await queriesOf("oAlice", "uAlice-in-the-group")).toBe(8);
});
