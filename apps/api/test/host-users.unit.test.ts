import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { StaleDataError } from "../src/db/database.js";
import { insertExternalUsers } from "../src/db/external-users.js";
import { CursorError } from "../src/domain/cursor.js";
import { DatabaseError, type Deps } from "../src/domain/deps.js";
import type { HostCaller } from "../src/domain/hosts/api-keys.js";
import { removeExternalId, setExternalId } from "../src/domain/hosts/external-ids.js";
import { findUsers, type UserQuery } from "../src/domain/hosts/find-users.js";
import { importUsers } from "../src/domain/hosts/import-users.js";
import { type HostScope, hostScopes } from "../src/domain/hosts/scopes.js";
import { mergeUsers } from "../src/domain/identity/merges.js";
import { eraseUser } from "../src/domain/people/erase.js";
import { type DomainHarness, startDomainHarness, visitor } from "./support/domain-harness.js";
import { rowsOf } from "./support/rows.js";

let harness: DomainHarness;
let deps: Deps;
beforeAll(async () => {
  harness = await startDomainHarness();
  deps = harness.deps;
});
afterAll(() => harness.close());
afterEach(() => vi.restoreAllMocks());

const by = { clientId: "shop", keyId: "key", visitor };
let people = 0;
async function createUser(): Promise<string> {
  const openid = `oPerson${++people}`;
  await harness.signIn(openid);
  return (await rowsOf(deps.db, "bindings")).find((row) => row.openid === openid)?.userId ?? "";
}

const externalIdsOf = async (id: string) =>
  (await rowsOf(deps.db, "externalUsers"))
    .filter(({ userId }) => userId === id)
    .map(({ clientId, externalId }) => `${clientId}:${externalId}`);
const eventsOf = async (id: string) =>
  (await rowsOf(deps.db, "outbox"))
    .filter(({ userId, clientId }) => userId === id && clientId === "shop")
    .map(({ type, data }) => [type, JSON.parse(data)]);

/** Does something between what the next change read and what it writes. */
function beforeNextBatch(change: () => Promise<unknown>): void {
  const batch = deps.db.batch.bind(deps.db);
  vi.spyOn(deps.db, "batch").mockImplementationOnce(async (steps) => {
    await change();
    return batch(steps);
  });
}

const set = (userId: string, externalId: string, replace = false) =>
  setExternalId(deps, { userId, externalId, replace, by });

describe("the external id that a host gives a user", () => {
  it("is refused with the reason of that moment if another request was quicker", async () => {
    const [ann, ben, cat] = [await createUser(), await createUser(), await createUser()];
    const [dan, eve, fay] = [await createUser(), await createUser(), await createUser()];
    const refusalAfter = async (userId: string, externalId: string, change: () => Promise<unknown>) => {
      beforeNextBatch(change);
      return set(userId, externalId).catch(({ code, message }) => [code, message]);
    };
    const alreadySet = ["external_id_set", expect.stringContaining("replace: true")];
    expect(await refusalAfter(ann, "a-1", () => set(ann, "a-1"))).toEqual(alreadySet);
    expect(await refusalAfter(ben, "b-1", () => set(ben, "b-2"))).toEqual(alreadySet);
    expect(await refusalAfter(cat, "c-1", () => set(dan, "c-1"))).toEqual([
      "external_id_taken",
      expect.stringContaining(`user ${dan}.`),
    ]);
    const noSuchUser = ["not_found", "There is no user with this id."];
    const merge = { fromUserId: cat, intoUserId: eve, reason: "one person" };
    const merging = () => mergeUsers(deps, { ...merge, by: { operatorId: "olga", visitor } });
    expect(await refusalAfter(cat, "c-2", merging)).toEqual(noSuchUser);
    const erasing = () => eraseUser(deps, { userId: fay, by: "person" });
    expect(await refusalAfter(fay, "f-1", erasing)).toEqual(noSuchUser);
    expect(await Promise.all([ann, ben, cat, dan, eve, fay].map(externalIdsOf))).toEqual([
      ...[["shop:a-1"], ["shop:b-2"], [], ["shop:c-1"], [], []],
    ]);
  });

  it("takes the place of all that a merge brought together, if it is asked to", async () => {
    const [ann, ben] = [await createUser(), await createUser()];
    await set(ann, "m-1");
    await set(ben, "m-2");
    const merge = { fromUserId: ben, intoUserId: ann, reason: "one person" };
    await mergeUsers(deps, { ...merge, by: { operatorId: "olga", visitor } });
    expect(await externalIdsOf(ann)).toEqual(["shop:m-1", "shop:m-2"]);
    await expect(set(ann, "m-1")).rejects.toMatchObject({ code: "external_id_set" });
    await set(ann, "m-1", true);
    expect(await externalIdsOf(ann)).toEqual(["shop:m-1"]);
  });

  it("is told to its host when it is set and when it is removed", async () => {
    const ann = await createUser();
    await deps.db.batch([insertExternalUsers("other", [{ externalId: "o-1", userId: ann }], deps.now())]);
    await set(ann, "e-1");
    await removeExternalId(deps, { userId: ann, by });
    await removeExternalId(deps, { userId: ann, by });
    const changed = ["user.updated", { changed: "externalId" }];
    expect(await eventsOf(ann)).toEqual([changed, changed]);
    expect(await externalIdsOf(ann)).toEqual(["other:o-1"]);
  });

  it("is not called refused when the database fails", async () => {
    const failure = new DatabaseError("unavailable", { cause: undefined });
    const ann = await createUser();
    vi.spyOn(deps.db, "batch").mockRejectedValueOnce(failure);
    await expect(set(ann, "d-1")).rejects.toBe(failure);
  });
});

describe("an import of a host", () => {
  const record = (n: number) => ({ externalId: `i-${n}`, app: "oa", openid: `oImport${n}` });
  const importing = (n: number) => importUsers(deps, { records: [record(n)], by });

  it("is planned again when a sign-in or another request was quicker", async () => {
    beforeNextBatch(() => importing(1));
    const [result] = await importing(1);
    const binding = (await rowsOf(deps.db, "bindings")).find(({ openid }) => openid === "oImport1");
    expect(result).toEqual({ result: "unchanged", userId: binding?.userId });

    const batch = vi.spyOn(deps.db, "batch").mockClear();
    const rejected = new DatabaseError("rejected", { cause: undefined });
    for (let n = 1; n <= 9; n++) batch.mockRejectedValueOnce(n % 2 ? new StaleDataError() : rejected);
    expect(await importing(2)).toMatchObject([{ result: "new" }]);
    expect(batch).toHaveBeenCalledTimes(10);
  });

  it("gives up after ten times, and at once when the database fails", async () => {
    const batch = vi.spyOn(deps.db, "batch").mockRejectedValue(new StaleDataError());
    await expect(importing(3)).rejects.toThrow(StaleDataError);
    expect(batch).toHaveBeenCalledTimes(10);
    const failure = new DatabaseError("unavailable", { cause: undefined });
    batch.mockReset().mockRejectedValue(failure);
    await expect(importing(3)).rejects.toBe(failure);
    expect(batch).toHaveBeenCalledTimes(1);
  });
});

describe("a search of a host for users", () => {
  const caller = (scopes: readonly HostScope[] = hostScopes) =>
    ({ client: { id: "shop" }, keyId: "key", scopes, cidrs: [] }) as unknown as HostCaller;
  const find = (query: Partial<UserQuery>, scopes?: readonly HostScope[]) =>
    findUsers(deps, caller(scopes), { limit: 2, ...query });

  const one = "Ask by one of externalId, app with openid, and unionid.";
  const together = "An openid is one of an app: send app and openid together.";
  it.each([
    [{ externalId: "1", unionid: "u" }, one],
    [{ externalId: "1", openid: "o" }, one],
    [{ externalId: "1", app: "oa" }, one],
    [{ unionid: "u", app: "oa" }, one],
    [{ unionid: "u", openid: "o" }, one],
    [{ app: "oa" }, together],
    [{ openid: "o" }, together],
    [{ app: "none", openid: "o" }, "app: there is no app with this key in WECHAT_APPS."],
    [{ app: "", openid: "o" }, "app: there is no app with this key in WECHAT_APPS."],
    [{ externalId: "1", cursor: "any" }, "cursor: leave it out with a filter."],
  ])("by %j is refused: %s", async (query, message) => {
    await expect(find(query)).rejects.toMatchObject({ code: "input_invalid", message });
  });

  it("by an openid or a unionid needs the scope identities:read, and one by an external id does not [T110]", async () => {
    const others = hostScopes.filter((scope) => scope !== "identities:read");
    const refusal = { code: "scope_missing", message: expect.stringContaining("identities:read") };
    for (const query of [{ app: "oa", openid: "o" }, { openid: "o" }, { app: "oa" }, { unionid: "u" }]) {
      await expect(find(query, others)).rejects.toMatchObject(refusal);
    }
    const none = { items: [], nextCursor: null };
    expect(await find({ externalId: "unknown" }, others)).toEqual(none);
    expect(await find({ app: "oa", openid: "oUnknown" })).toEqual(none);
  });

  it("says what is wrong with a cursor, and keeps the cause", async () => {
    const refused = find({ cursor: "none of ours" });
    await expect(refused).rejects.toMatchObject({ code: "input_invalid", cause: expect.any(CursorError) });
    await expect(refused).rejects.toThrow(/^cursor: ./);
  });

  it("shows a picture also without a name", async () => {
    const userId = await createUser();
    const [binding] = (await rowsOf(deps.db, "bindings")).filter((row) => row.userId === userId);
    const avatarUrl = "https://thirdwx.qlogo.cn/mmopen/1/132";
    await deps.db.consoleQuery((orm, { bindings }) =>
      orm
        .update(bindings)
        .set({ nickname: null, avatarUrl } as never)
        .returning(),
    );
    const { items } = await find({ app: "plain", openid: binding?.openid });
    expect(items).toMatchObject([{ id: userId, profile: { nickname: null, avatarUrl } }]);
  });
});
