import type { FastifyReply, FastifyRequest } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FailurePage, FailureResult } from "../src/domain/sign-in/types.js";
import { createFailureSenders } from "../src/http/failures.js";
import type { SendPage } from "../src/http/pages.js";
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

interface Sent {
  page: string;
  slots: Record<string, string>;
  /** The key of the app whose site the page names. */
  app: string | undefined;
}

const requestId = "01M8X7C0ZZ0000000000000001";
const logged: unknown[][] = [];
const requestBy = (userAgent: string) =>
  ({
    ...{ id: requestId, url: "/login/wechat?nonce=secret", routeOptions: { url: "/login/wechat" } },
    ...{ headers: { "user-agent": userAgent }, log: { warn: (...line: unknown[]) => logged.push(line) } },
  }) as unknown as FastifyRequest;

/** The page that one of the senders sends. */
function sentBy(send: (senders: ReturnType<typeof createFailureSenders>) => unknown): Sent {
  let sent: Sent | undefined;
  const sendPage: SendPage = async (_request, reply, page, slots, app) => {
    sent = { page, slots, app: app?.key };
    return reply;
  };
  send(createFailureSenders(harness.deps, sendPage));
  if (!sent) throw new Error("no page was sent");
  return sent;
}
const sentFor = (failure: Omit<FailureResult, "kind">, userAgent = "Chrome") =>
  sentBy(({ sendFailure }) => sendFailure(requestBy(userAgent), {} as FastifyReply, failure));

/** The page that a failure leads to, and where its button does. */
function pageOf(failure: Omit<FailureResult, "kind">, userAgent?: string): [page: string, retry: string] {
  const { page, slots } = sentFor(failure, userAgent);
  return [page, slots.retry ?? ""];
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

  it("names its sign-in, WeChat's errcode, the site of its app, and an address without a code in it", () => {
    const { appId } = harness.app("web");
    const self = `/login/ended/${signInId}`;
    expect(sentFor({ page: "not-allowed", signInId, appId, errcode: "40226", returnTo: "/orders" })).toEqual({
      ...{ page: "not-allowed", app: "web" },
      slots: {
        ...{ number: signInId, errcode: "40226", self },
        retry: "/login/wechat?return_to=%2Forders&tap=1",
      },
    });
    const link = { host: { clientId: "shop", nonceHash: "-" }, bindLinkId: "b1", returnTo };
    expect(sentFor({ page: "refused", signInId, appId, ...link })).toEqual({
      ...{ page: "link-refused", app: "web" },
      slots: {
        ...{ number: signInId, errcode: "", self, retry: newLink },
        back: `${returnTo}?error=bind_refused`,
      },
    });
  });

  it("without a sign-in of this browser has another number, and the route as its address", () => {
    const foreignSignInId = "01M8X7C0ZZ0000000000000002";
    const self = "/login/wechat";
    expect(sentFor({ page: "wrong-browser", foreignSignInId, returnTo: "/" })).toEqual({
      ...{ page: "wrong-browser", app: undefined },
      slots: { number: foreignSignInId, errcode: "", self, retry: "/login/wechat?tap=1" },
    });
    expect(sentFor({ page: "invalid-callback" })).toEqual({
      ...{ page: "invalid-callback", app: undefined },
      slots: { number: `${requestId}-C`, errcode: "", self, retry: "/login/wechat?tap=1" },
    });
  });

  it("of another browser's sign-in for a host leads back to the host, which begins anew in this one", () => {
    const host = { clientId: "shop", nonceHash: "-" };
    expect(pageOf({ page: "wrong-browser", foreignSignInId: signInId, host, returnTo })).toEqual([
      ...["wrong-browser", `${returnTo}?error=begin_again`],
    ]);
    expect(pageOf({ page: "expired", signInId, host, returnTo })).toEqual([
      ...["expired", `/login/wechat?again=${signInId}&tap=1`],
    ]);
  });

  it.each(failures)("%s is told to the host where a person goes back without a ticket", (page) => {
    const link = { host: { clientId: "shop", nonceHash: "-" }, bindLinkId: "b1", returnTo };
    const error = { refused: "bind_refused", "bound-elsewhere": "bound_elsewhere" }[page as string];
    const { slots } = sentFor({ page, signInId, ...link });
    const isLink = !["wrong-browser", "invalid-callback"].includes(page);
    expect(slots.back).toBe(isLink ? `${returnTo}?error=${error ?? "bind_failed"}` : undefined);
  });
});

describe("a link that begins no sign-in", () => {
  it.each([
    ["APP_UNKNOWN", "a link names an app that is not in WECHAT_APPS, or several"],
    ["CLIENT_UNKNOWN", "a link names a host application that is unknown or disabled"],
    [
      "RETURN_TO_NOT_ALLOWED",
      "the return_to of a link is not at an origin and redirect path of its host application",
    ],
    ["NONCE_INVALID", "the nonce of a link is not one value of 16 to 200 letters, digits or - . _ ~"],
  ] as const)("says what is wrong with it on its page and in the log: %s", (problem, words) => {
    logged.length = 0;
    const sent = sentBy(({ sendBadLink }) => sendBadLink(requestBy("Chrome"), {} as FastifyReply, problem));
    expect(sent).toEqual({
      ...{ page: "invalid-host-link", app: undefined },
      slots: { retry: "/", number: requestId, errcode: problem, self: "" },
    });
    expect(logged).toEqual([[{ event: "link_refused", problem }, words]]);
  });
});
