import type { FastifyReply, FastifyRequest } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FailurePage, FailureResult } from "../src/domain/sign-in/types.js";
import { createFailureSenders } from "../src/http/failures.js";
import { type DomainHarness, startDomainHarness } from "./support/domain-harness.js";

let harness: DomainHarness;
beforeAll(async () => {
  harness = await startDomainHarness();
});
afterAll(() => harness.close());

const signInId = "01M8X7C0ZZ0000000000000000";
const returnTo = "https://shop.example/back";
const account = "/login/account";
const newLink = "/login/bind";

/** The page that a failure leads to, and where its button does. */
function pageOf(failure: Omit<FailureResult, "kind">, userAgent = "Chrome"): [page: string, retry: string] {
  let sent: [string, string] | undefined;
  const { sendFailure } = createFailureSenders(harness.deps, (async (
    _request: unknown,
    _reply: unknown,
    page: string,
    slots: Record<string, string>,
  ) => {
    sent = [page, slots.retry ?? ""];
  }) as never);
  const request = { id: "1", routeOptions: { url: "/" }, headers: { "user-agent": userAgent } };
  sendFailure(request as FastifyRequest, {} as FastifyReply, failure);
  if (!sent) throw new Error("no page was sent");
  return sent;
}

/** What each failure shows of a binding, and of a bind link. */
const pages: Record<FailurePage, [bind: string, link: string]> = {
  refused: ["bind-refused", "link-refused"],
  expired: ["bind-expired", "link-retry"],
  used: ["bind-expired", "link-retry"],
  "code-rejected": ["bind-expired", "link-retry"],
  snapshot: ["bind-snapshot", "link-snapshot"],
  "wechat-unavailable": ["bind-unavailable", "link-unavailable"],
  "sign-in-failed": ["bind-failed", "link-failed"],
  "not-allowed": ["bind-not-allowed", "link-not-allowed"],
  blocked: ["bind-blocked", "link-blocked"],
  "bound-elsewhere": ["bound-elsewhere", "link-bound-elsewhere"],
  "link-expired": ["bind-expired", "link-expired"],
  "session-changed": ["session-changed", "link-retry"],
  "wrong-browser": ["wrong-browser", "wrong-browser"],
  "invalid-callback": ["invalid-callback", "invalid-callback"],
};
const failures = Object.entries(pages) as [FailurePage, [bind: string, link: string]][];

describe("a failure", () => {
  it.each(failures)("%s is shown as %j where an account is added, or connected by a link", (page, shown) => {
    const { appId } = harness.app("oa");
    const binding = pageOf({ page, signInId, appId, returnTo: account, isBind: true });
    const again = "/login/wechat?return_to=%2Flogin%2Faccount&app=oa&tap=1";
    expect(binding).toEqual([shown[0], page === "bound-elsewhere" ? again : account]);

    const host = { clientId: "shop", nonceHash: "-" };
    const [linkPage, retry] = pageOf({ page, signInId, appId, returnTo, host, bindLinkId: "b1" });
    const back = {
      "link-expired": `${returnTo}?error=bind_failed`,
      "link-failed": `${returnTo}?error=bind_failed`,
      "link-blocked": `${returnTo}?error=bind_failed`,
    }[linkPage];
    const anew = `/login/wechat?again=${signInId}&app=oa&tap=1`;
    const isOfHost = linkPage.startsWith("link-") && linkPage !== "link-bound-elsewhere";
    expect([linkPage, retry]).toEqual([shown[1], back ?? (isOfHost ? newLink : anew)]);
  });

  it("of a blocked person offers another account, which WeChat's own browser does not have", () => {
    const { appId } = harness.app("oa");
    const blocked = { page: "blocked", signInId, appId, returnTo: "/" } as const;
    expect(pageOf(blocked)).toEqual(["blocked", "/login/wechat?app=oa&tap=1"]);
    expect(pageOf(blocked, "MicroMessenger/8.0")).toEqual(["blocked", ""]);
  });
});
