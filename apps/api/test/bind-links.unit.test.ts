import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { claimBindLink } from "../src/db/bind-links.js";
import { DatabaseError, StaleDataError } from "../src/db/database.js";
import { insertExternalUsers, listExternalIdsOfUser } from "../src/db/external-users.js";
import type { HostCaller } from "../src/domain/hosts/api-keys.js";
import { createBindLink, findBindLinkOf } from "../src/domain/hosts/bind-links.js";
import { createHostClient } from "../src/domain/hosts/clients.js";
import { newSecret } from "../src/domain/key-ring.js";
import { startByBindLink } from "../src/domain/sign-in/start.js";
import {
  type DomainHarness,
  profile,
  type StartedSignIn,
  startDomainHarness,
  token,
  visitor,
} from "./support/domain-harness.js";
import { rowsOf } from "./support/rows.js";

// What a bind link writes, and what it does while others change what it planned with.

const returnTo = "https://shop.example/wechat/return";

let harness: DomainHarness;
beforeEach(async () => {
  harness = await startDomainHarness();
  for (const id of ["shop", "forum"]) {
    const redirectPaths = ["/wechat/return"];
    await createHostClient(harness.deps, { id, name: id, origins: [`https://${id}.example`], redirectPaths });
  }
});
afterEach(async () => {
  vi.restoreAllMocks();
  await harness.close();
});

/** A link of the shop for its user 42, up to WeChat. */
async function agree(key = "alone"): Promise<StartedSignIn> {
  const { deps } = harness;
  const client = { id: "shop", origins: ["https://shop.example"], redirectPaths: ["/wechat/return"] };
  const asked = { externalId: "42", label: "Ann", returnTo, nonce: "n0nce-of-the-shop~1" };
  const caller = { client } as unknown as HostCaller;
  const { url } = await createBindLink({ deps, caller, visitor }, asked);
  const link = await findBindLinkOf(deps, url.split("/").at(-1));
  if (!link) throw new Error("the link is not stored");
  const browserSecret = newSecret();
  const start = { link, app: harness.app(key), browserSecret, sessionSecret: undefined, visitor };
  const { url: wechat, signInId } = await startByBindLink(deps, start);
  return { state: new URL(wechat).searchParams.get("state") ?? "", signInId, browserSecret };
}

/** Comes back from WeChat as this person. */
async function connect(fields: object = {}, key = "alone", started?: StartedSignIn) {
  harness.answers.access_token = { ...token, openid: "oAnn", ...fields };
  harness.answers.userinfo = { ...profile, openid: "oAnn", ...fields };
  return harness.handleCallback(started ?? (await agree(key)));
}

async function signedIn(openid: string, key = "alone", fields: object = {}): Promise<string> {
  harness.answers.access_token = { ...token, openid, ...fields };
  const result = await harness.handleCallback(await harness.startSignIn(key));
  return (await harness.userOf(result)) ?? "";
}

const nameUser = (userId: string, clientId: string, ...externalIds: string[]) =>
  harness.db.batch([
    insertExternalUsers(
      clientId,
      externalIds.map((externalId) => ({ externalId, userId })),
      harness.deps.now(),
    ),
  ]);

const externalIds = async () =>
  (await rowsOf(harness.db, "externalUsers"))
    .map(({ clientId, externalId, userId }) => [clientId, externalId, userId])
    .sort();

const stepsOf = async ({ signInId }: StartedSignIn) =>
  (await rowsOf(harness.db, "signInEvents"))
    .filter((row) => row.signInId === signInId)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ kind, detail }) => (detail === null ? kind : [kind, detail]));

/** Lets the batch that uses the link fail this often. */
function failToBind(times: number, error: Error) {
  const { db } = harness;
  const batch = db.batch.bind(db);
  const tries = { count: 0 };
  vi.spyOn(db, "batch").mockImplementation((async (steps: Parameters<typeof batch>[0]) => {
    const isBind = steps.some(({ statement }) => (statement as unknown) === claimBindLink);
    if (isBind && tries.count++ < times) throw error;
    return batch(steps);
  }) as typeof db.batch);
  return tries;
}

describe("a bind link", () => {
  it("of a new person writes their user, the host's name for them, the sign-in and its steps, and counts it [T105, T112]", async () => {
    const counted = vi.spyOn(harness.deps.callCounts, "add");
    const started = await agree();
    const result = await connect({}, "alone", started);
    const userId = await harness.userOf(result);
    const [binding] = await rowsOf(harness.db, "bindings");
    const { appId } = harness.app("alone");
    expect(binding).toMatchObject({ userId, appId, openid: "oAnn" });
    expect(await externalIds()).toEqual([["shop", "42", userId]]);
    const events = (await rowsOf(harness.db, "outbox")).sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(events.map((row) => [row.type, row.userId, row.clientId, JSON.parse(row.data)])).toEqual([
      ["user.created", userId, null, {}],
      ["binding.created", userId, null, { bindingId: binding?.id, appId }],
      ["user.updated", userId, "shop", { changed: "externalId" }],
    ]);
    expect(await stepsOf(started)).toEqual([
      ["bind_link_started", "snsapi_base"],
      "callback",
      ["exchanged", "snsapi_userinfo"],
      "user_created",
      "bound",
      "signed_in",
    ]);
    const signIn = (await rowsOf(harness.db, "signIns")).find(({ id }) => id === started.signInId);
    const [link] = await rowsOf(harness.db, "bindLinks");
    expect(signIn).toMatchObject({
      ...{ outcome: "signed_in", openid: "oAnn", userId, bindLinkId: link?.id },
      ...{ clientId: "shop", nonceHash: link?.nonceHash },
    });
    expect(counted).toHaveBeenCalledWith(harness.deps.now(), appId, "sign_in", "signed_in");
    expect(await rowsOf(harness.db, "consents")).toEqual([]);
  });

  it("of a person who is known here makes no user, whatever another host calls them [T105]", async () => {
    const userId = await signedIn("oAnn");
    await nameUser(userId, "forum", "f1");
    const started = await agree();
    expect(await harness.userOf(await connect({}, "alone", started))).toBe(userId);
    expect(await externalIds()).toEqual([
      ["forum", "f1", userId],
      ["shop", "42", userId],
    ]);
    expect(await stepsOf(started)).toEqual([
      ["bind_link_started", "snsapi_base"],
      "callback",
      ["exchanged", "snsapi_userinfo"],
      "already_bound",
      "signed_in",
    ]);
  });

  it("keeps what a new person agreed to on WeChat's page [T105]", async () => {
    const started = await agree("oa");
    const userId = await harness.userOf(await connect({}, "oa", started));
    const [binding] = await rowsOf(harness.db, "bindings");
    expect(await rowsOf(harness.db, "consents")).toMatchObject([
      { id: started.signInId, userId, bindingId: binding?.id, purpose: "profile" },
    ]);
  });

  it("tells an operator of another unionid than the person's own, which joins them to no one [T74, T105]", async () => {
    const ann = await signedIn("oAnn", "plain", { unionid: "uUnionOfAnnInTheGroup" });
    const ben = await signedIn("oBen", "plain", { unionid: "uUnionOfBenInTheGroup" });
    const result = await connect({ unionid: "uUnionOfBenInTheGroup" }, "plain");
    expect(await harness.userOf(result)).toBe(ann);
    expect(await rowsOf(harness.db, "identityConflicts")).toMatchObject([
      { unionid: "uUnionOfBenInTheGroup", userId: ann, otherUserId: ben },
    ]);
  });

  it("says in its steps whether an operator hears of an identity that belongs elsewhere [T105]", async () => {
    const ann = await signedIn("oAnn", "plain", { unionid: "uUnionOfAnnInTheGroup" });
    await nameUser(ann, "shop", "another");
    const refused = await agree("plain");
    expect(await connect({}, "plain", refused)).toMatchObject({ kind: "failure", page: "bound-elsewhere" });
    expect((await stepsOf(refused)).at(-1)).toBe("bound_elsewhere");

    const owner = await signedIn("oOwner", "plain", { unionid: "uUnionOfOwnerInTheGroup" });
    await nameUser(owner, "shop", "42");
    const conflicting = await agree("plain");
    const result = await connect({ unionid: "uUnionOfAnnInTheGroup" }, "plain", conflicting);
    expect(result).toMatchObject({ kind: "failure", page: "bound-elsewhere" });
    expect((await stepsOf(conflicting)).at(-1)).toEqual(["bound_elsewhere", "identity conflict"]);
  });
});

describe("a bind link whose person is changed by others meanwhile", () => {
  it("is tried four times, with what is there by then [T105]", async () => {
    const tries = failToBind(3, new StaleDataError());
    const result = await connect();
    expect([result.kind, tries.count]).toEqual(["signed_in", 4]);
    expect(await externalIds()).toEqual([["shop", "42", await harness.userOf(result)]]);
  });

  it("ends after four tries as expired, and is not used [T105]", async () => {
    const tries = failToBind(4, new StaleDataError());
    const started = await agree();
    expect(await connect({}, "alone", started)).toMatchObject({ kind: "failure", page: "expired" });
    expect([tries.count, (await stepsOf(started)).at(-1)]).toEqual([
      4,
      ["expired", "the account changed meanwhile"],
    ]);
    expect((await rowsOf(harness.db, "bindLinks")).map(({ usedAt }) => usedAt)).toEqual([null]);
  });

  it("is not tried again where the database fails [T105]", async () => {
    const tries = failToBind(1, new DatabaseError("unavailable", { cause: new Error("away") }));
    await expect(connect()).rejects.toThrow(DatabaseError);
    expect(tries.count).toBe(1);
  });

  it("binds a person whom the host called this and something else at that moment [T105]", async () => {
    const userId = await signedIn("oAnn");
    const started = await agree();
    const { db } = harness;
    const run = db.run.bind(db);
    let isFirst = true;
    vi.spyOn(db, "run").mockImplementation((async (...asked: Parameters<typeof run>) => {
      if ((asked[0] as unknown) === listExternalIdsOfUser && isFirst) {
        isFirst = false;
        await nameUser(userId, "shop", "42", "another");
      }
      return run(...asked);
    }) as typeof db.run);
    expect(await harness.userOf(await connect({}, "alone", started))).toBe(userId);
    expect(await externalIds()).toEqual([
      ["shop", "42", userId],
      ["shop", "another", userId],
    ]);
  });
});
