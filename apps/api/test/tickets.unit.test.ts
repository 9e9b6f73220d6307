import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { insertExternalUsers } from "../src/db/external-users.js";
import type { HostCaller } from "../src/domain/hosts/api-keys.js";
import { createBindLink, findBindLinkOf, isOpen, readBindLink } from "../src/domain/hosts/bind-links.js";
import { createHostClient, disableHost, enableHost } from "../src/domain/hosts/clients.js";
import { type HostScope, hostScopes } from "../src/domain/hosts/scopes.js";
import { hostOf, isNonce, redeem } from "../src/domain/hosts/tickets.js";
import { mergeUsers } from "../src/domain/identity/merges.js";
import { deleteExpired } from "../src/domain/jobs/delete-expired.js";
import { hashSecret, newSecret } from "../src/domain/key-ring.js";
import { blockUser, unblockUser } from "../src/domain/people/block.js";
import { eraseUser } from "../src/domain/people/erase.js";
import { findSession } from "../src/domain/sessions/sessions.js";
import { leaveQuestion } from "../src/domain/sign-in/host-return.js";
import type { CallbackResult } from "../src/domain/sign-in/types.js";
import {
  type DomainHarness,
  type StartedSignIn,
  startDomainHarness,
  token,
  visitor,
} from "./support/domain-harness.js";
import { rowsOf } from "./support/rows.js";

const returnTo = "https://shop.example/wechat/return?cart=7";
const nonce = "n0nce-of-the-shop~1";

let harness: DomainHarness;
beforeEach(async () => {
  harness = await startDomainHarness();
  await createHostClient(harness.deps, client("shop"));
});
afterEach(() => harness.close());

const client = (id: string) => ({
  id,
  name: id,
  origins: [`https://${id}.example`],
  redirectPaths: ["/wechat/return"],
});

function callerOf(clientId = "shop", scopes: readonly HostScope[] = hostScopes): HostCaller {
  return { client: client(clientId), keyId: "key", scopes, cidrs: [] } as unknown as HostCaller;
}

const trade = (
  ticket: string,
  about: { nonce?: string; clientId?: string; scopes?: readonly HostScope[] } = {},
) =>
  redeem(
    { deps: harness.deps, caller: callerOf(about.clientId, about.scopes), visitor },
    { ticket, nonce: about.nonce ?? nonce },
  );

const host = { clientId: "shop", nonceHash: hashSecret(nonce) };
const start = (key = "plain", browserSecret = newSecret()): Promise<StartedSignIn> =>
  harness.startSignIn(key, returnTo, browserSecret, host);

function ticketOf(result: CallbackResult): string {
  if (result.kind !== "signed_in" && result.kind !== "continue")
    throw new Error(`it ended as ${result.kind}`);
  const url = new URL(result.returnTo);
  expect(url.href).toMatch(/^https:\/\/shop\.example\/wechat\/return\?cart=7&ticket=[\w-]{43}$/);
  return url.searchParams.get("ticket") ?? "";
}

/** A sign-in of this openid up to its ticket. */
async function signIn(openid = token.openid): Promise<string> {
  harness.answers.access_token = { ...token, openid };
  return ticketOf(await harness.handleCallback(await start()));
}

const refusal = {
  name: "HostError",
  code: "ticket_invalid",
  message: expect.stringContaining("works once, for 60 seconds"),
};

describe("a ticket", () => {
  it("tells the host who signed in, with openid and unionid only for a key that may read them [T109, T110]", async () => {
    harness.answers.access_token = { ...token, unionid: "uAlice-12345" };
    const [ticket, second] = [
      ticketOf(await harness.handleCallback(await start())),
      ticketOf(await harness.handleCallback(await start())),
    ];
    const [{ id: userId = "" } = {}] = await rowsOf(harness.db, "users");
    await harness.db.batch([
      insertExternalUsers("other", [{ externalId: "42", userId }], harness.deps.now()),
      insertExternalUsers("shop", [{ externalId: "7", userId }], harness.deps.now()),
    ]);
    const [{ id } = { id: "" }] = await rowsOf(harness.db, "bindings");
    const binding = { id, appId: harness.app("plain").appId, app: "plain" };
    const about = { userId, externalId: "7", profile: null };
    const scopes = hostScopes.filter((scope) => scope !== "identities:read");
    expect(await trade(ticket, { scopes })).toEqual({ ...about, isNew: true, bindings: [binding] });
    expect(await trade(second)).toEqual({
      ...{ ...about, isNew: false },
      bindings: [{ ...binding, openid: "oAlice", unionid: "uAlice-12345" }],
    });
  });

  it("is redeemed once by 200 requests at the same time [T109]", async () => {
    const ticket = await signIn();
    const answers = await Promise.allSettled(Array.from({ length: 200 }, () => trade(ticket)));
    const refused = answers.flatMap((answer) => (answer.status === "rejected" ? [answer.reason] : []));
    expect(refused).toHaveLength(199);
    for (const reason of refused) expect(reason).toMatchObject(refusal);
    await expect(trade(ticket)).rejects.toMatchObject(refusal);
  });

  it("is refused to another client and with another nonce, which spends nothing and tells nothing [T109]", async () => {
    const ticket = await signIn();
    const other = await signIn("oBob");
    const refusals = await Promise.all(
      [
        trade(ticket, { clientId: "other" }),
        trade(ticket, { nonce: `${nonce}x` }),
        trade(ticket, { nonce: hashSecret(nonce) }),
        trade(hashSecret(ticket)),
        trade(newSecret()),
        trade(ticket.toLowerCase()),
      ].map((answer) =>
        answer.then(
          () => undefined,
          (error: Error) => `${error.name} ${error.message}`,
        ),
      ),
    );
    expect(new Set(refusals)).toEqual(
      new Set([expect.stringMatching(/^HostError This ticket cannot be redeemed/)]),
    );
    const [mine, theirs] = [await trade(ticket), await trade(other)];
    expect(mine.userId).not.toBe(theirs.userId);
    expect(mine.bindings).toMatchObject([{ openid: "oAlice" }]);
    expect(theirs.bindings).toMatchObject([{ openid: "oBob" }]);
  });

  it.each([
    [59, true],
    [61, false],
  ])("after %i seconds is redeemed: %s [T109]", async (seconds, isRedeemed) => {
    const ticket = await signIn();
    harness.advance(seconds);
    const answer = await trade(ticket).catch((error: { code: string }) => error.code);
    expect(answer).toEqual(isRedeemed ? expect.objectContaining({ isNew: true }) : "ticket_invalid");
  });

  it("does not come back when the clock is set back, once it was refused as expired, and one that was not refused does [T89, T109]", async () => {
    const [refused, other] = [await signIn(), await signIn()];
    harness.advance(60);
    await expect(trade(refused)).rejects.toMatchObject({ code: "ticket_invalid" });
    harness.advance(-30);
    await expect(trade(refused)).rejects.toMatchObject({ code: "ticket_invalid" });
    expect(await trade(other)).toMatchObject({ bindings: [{ openid: "oAlice" }] });
  });

  it("is worth nothing while its user is blocked, nor after they were erased, and leads to the survivor of a merge [T109]", async () => {
    const { deps } = harness;
    const [merged, blocked, erased, survivor] = [
      await signIn(),
      await signIn("oBob"),
      await signIn("oCat"),
      await signIn("oDan"),
    ];
    const [alice = "", bob = "", cat = "", dan = ""] = (await rowsOf(harness.db, "bindings"))
      .sort((a, b) => (a.openid < b.openid ? -1 : 1))
      .map(({ userId }) => userId);
    await mergeUsers(deps, {
      fromUserId: alice,
      intoUserId: dan,
      reason: "one person",
      by: { operatorId: "olga", visitor },
    });
    await blockUser(deps, { userId: bob, reason: "spam", by: "person" });
    await eraseUser(deps, { userId: cat, by: "person" });
    await expect(trade(blocked)).rejects.toMatchObject(refusal);
    await expect(trade(erased)).rejects.toMatchObject(refusal);
    expect(await trade(merged)).toMatchObject({ userId: dan, isNew: true });
    expect(await trade(survivor)).toMatchObject({ userId: dan });
    await unblockUser(deps, { userId: bob, reason: "a mistake", by: "person" });
    await expect(trade(blocked)).rejects.toMatchObject(refusal);
  });

  it("is the same for every repetition of a callback within a minute, and absent later [T6, T109]", async () => {
    const started = await start();
    const results = await Promise.all(Array.from({ length: 20 }, () => harness.handleCallback(started)));
    const [ticket = "", ...others] = [...new Set(results.map(ticketOf))];
    expect(others).toEqual([]);
    expect(await rowsOf(harness.db, "tickets")).toHaveLength(1);
    harness.advance(59);
    expect(ticketOf(await harness.handleCallback(started))).toBe(ticket);
    expect(await trade(ticket)).toMatchObject({ isNew: true });
    harness.advance(2);
    const [first] = results;
    const sessionSecret = first?.kind === "signed_in" ? first.sessionSecret : "";
    expect(await harness.handleCallback(started, { sessionSecret })).toEqual({ kind: "continue", returnTo });
    expect(await rowsOf(harness.db, "tickets")).toHaveLength(1);
  });

  it("is another one for each of two browsers of one person, and for each sign-in of one browser", async () => {
    const browserSecret = newSecret();
    const tickets = [
      ticketOf(await harness.handleCallback(await start("plain", browserSecret))),
      ticketOf(await harness.handleCallback(await start("plain", browserSecret))),
      await signIn(),
    ];
    expect(new Set(tickets).size).toBe(3);
    const answers = await Promise.all(tickets.map((ticket) => trade(ticket)));
    expect(new Set(answers.map(({ userId }) => userId)).size).toBe(1);
  });

  it("is not made for a sign-in that names no host, or that fails", async () => {
    expect(await harness.handleCallback(await harness.startSignIn())).toMatchObject({ returnTo: "/orders" });
    harness.answers.access_token = { errcode: 40029, errmsg: "invalid code" };
    const started = await start();
    expect(await harness.handleCallback(started)).toEqual({
      ...{ kind: "failure", page: "code-rejected", errcode: "40029", returnTo, host },
      ...{ signInId: started.signInId, appId: harness.app("plain").appId },
    });
    expect(await rowsOf(harness.db, "tickets")).toEqual([]);
  });

  it("is deleted once it has expired", async () => {
    await signIn();
    harness.advance(59);
    await deleteExpired(harness.deps);
    expect(await rowsOf(harness.db, "tickets")).toHaveLength(1);
    harness.advance(1);
    await deleteExpired(harness.deps);
    expect(await rowsOf(harness.db, "tickets")).toEqual([]);
  });
});

describe("the ticket of a known person whom a question is asked", () => {
  /** A person who signs in silently and is shown the page of a question. */
  async function ask({ secret = newSecret(), openid = token.openid } = {}) {
    harness.answers.access_token = { ...token, openid };
    Object.assign(harness.app("plain"), { profile: "none" });
    await harness.handleCallback(await start("plain", secret));
    harness.answers.access_token = { ...token, openid, scope: "snsapi_base" };
    Object.assign(harness.app("plain"), { profile: "ask" });
    const started = await start("plain", secret);
    const result = await harness.handleCallback(started);
    if (result.kind !== "signed_in") throw new Error(`it ended as ${result.kind}`);
    expect(result.question).toEqual({ signInId: started.signInId });
    const { signInId, browserSecret } = started;
    const { sessionSecret } = result;
    return { started, sessionSecret, browser: { signInId, browserSecrets: [browserSecret], sessionSecret } };
  }

  it("is made when they leave the page, however long they read it, and once", async () => {
    const { browser } = await ask();
    harness.advance(300);
    const left = await leaveQuestion(harness.deps, browser);
    expect(await leaveQuestion(harness.deps, browser)).toBe(left);
    const ticket = new URL(left ?? "").searchParams.get("ticket") ?? "";
    expect(await trade(ticket)).toMatchObject({ isNew: false, bindings: [{ openid: "oAlice" }] });
    await expect(trade(ticket)).rejects.toMatchObject(refusal);
  });

  it("is another one for each of two sign-ins of one browser [T109]", async () => {
    const secret = newSecret();
    const asked = [await ask({ secret }), await ask({ secret, openid: "oBob" })];
    const tickets: string[] = [];
    for (const { browser } of asked) {
      const left = await leaveQuestion(harness.deps, browser);
      tickets.push(new URL(left ?? "").searchParams.get("ticket") ?? "");
    }
    expect(new Set(tickets).size).toBe(2);
    for (const ticket of tickets) expect(await trade(ticket)).toMatchObject({ isNew: false });
  });

  it("is made for this browser and its session only, while the sign-in lasts", async () => {
    const { browser } = await ask();
    const stranger = await harness.signIn("oBob", await harness.startSignIn("alone"));
    for (const about of [
      { ...browser, browserSecrets: [newSecret()] },
      { ...browser, sessionSecret: undefined },
      { ...browser, sessionSecret: stranger },
      { ...browser, signInId: "01M8X7C0ZZ0000000000000000" },
    ]) {
      expect(await leaveQuestion(harness.deps, about)).toBeUndefined();
    }
    harness.advance(600);
    expect(await leaveQuestion(harness.deps, browser)).toBeUndefined();
    expect(await findSession(harness.deps, browser.sessionSecret)).toBeDefined();
  });

  it("comes back from WeChat with them, whether they agree or refuse there", async () => {
    const { started, sessionSecret } = await ask();
    harness.advance(120);
    const refusing = await harness.requestProfile(started, sessionSecret);
    harness.answers.access_token = { errcode: 40029, errmsg: "invalid code" };
    const refused = await harness.handleCallback(refusing, { sessionSecret });
    expect(refused.kind).toBe("continue");
    const again = await harness.handleCallback(refusing, { sessionSecret });
    expect(ticketOf(again)).toBe(ticketOf(refused));
    expect(await trade(ticketOf(refused))).toMatchObject({ isNew: false, profile: null });
    // A repeat brings none to a browser that is not signed in, nor after a minute.
    const used = { kind: "failure", page: "used", returnTo };
    expect(await harness.handleCallback(refusing)).toMatchObject(used);
    harness.advance(60);
    expect(await harness.handleCallback(refusing, { sessionSecret })).toEqual({ kind: "continue", returnTo });
    harness.answers.access_token = token;
    const agreed = await harness.handleCallback(await harness.requestProfile(started, sessionSecret), {
      sessionSecret,
    });
    expect(await trade(ticketOf(agreed))).toMatchObject({ profile: { nickname: "Alice" } });
  });
});

describe("a bind link", () => {
  it("is open until the moment it expires, and not while its host application is disabled", async () => {
    const { deps } = harness;
    const context = { deps, caller: callerOf(), visitor };
    const asked = { externalId: "42", label: "Alice", returnTo, nonce };
    const { id, url, expiresAt } = await createBindLink(context, asked);
    const secret = new URL(url).pathname.split("/").at(-1);
    const isOpenNow = async () => {
      const link = await findBindLinkOf(deps, secret);
      return link && isOpen(link, deps.now());
    };
    const about = { id, externalId: "42", createdAt: deps.now().toISOString(), expiresAt };
    harness.advance(599.999);
    expect(await isOpenNow()).toBe(true);
    expect(await readBindLink(context, id)).toEqual({ ...about, state: "open", usedAt: null, userId: null });
    await disableHost(deps, "shop");
    expect(await isOpenNow()).toBe(false);
    await enableHost(deps, "shop");
    expect(await isOpenNow()).toBe(true);
    harness.advance(0.001);
    expect(await isOpenNow()).toBe(false);
    expect(await readBindLink(context, id)).toMatchObject({ state: "expired" });
    await createHostClient(deps, client("other"));
    const other = { deps, caller: callerOf("other"), visitor };
    const notFound = { name: "HostError", code: "not_found" };
    await expect(readBindLink(other, id)).rejects.toMatchObject(notFound);
    await expect(readBindLink(context, "01M8X7C0ZZ0000000000000000")).rejects.toMatchObject(notFound);
  });
});

describe("the host application of a sign-in", () => {
  it("is known by its id and nonce together", () => {
    expect(hostOf(host)).toEqual(host);
    expect(hostOf({ ...host, clientId: null })).toBeUndefined();
    expect(hostOf({ ...host, nonceHash: null })).toBeUndefined();
  });
});

describe("a nonce", () => {
  it.each(["a".repeat(16), "a".repeat(200), "AZaz09-._~AZaz09", newSecret()])("is %s", (text) => {
    expect(isNonce(text)).toBe(true);
  });

  it.each([
    "",
    "a".repeat(15),
    "a".repeat(201),
    `${"a".repeat(16)} `,
    `${"a".repeat(16)}+`,
    "订".repeat(16),
    ["a".repeat(16)],
    undefined,
  ])("is not %j", (text) => {
    expect(isNonce(text)).toBe(false);
  });
});
