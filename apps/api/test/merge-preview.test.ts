import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listMergeCandidates, previewMerge } from "../src/domain/console/merge-preview.js";
import { mergeUsers } from "../src/domain/identity/merges.js";
import { type DomainHarness, startDomainHarness, visitor } from "./support/domain-harness.js";
import { addRows } from "./support/rows.js";
import { seedPerson } from "./support/seed.js";

const at = new Date("2026-03-01T12:00:00Z");

let harness: DomainHarness;
let appId: string;
beforeEach(async () => {
  harness = await startDomainHarness();
  appId = harness.app("oa").appId;
});
afterEach(() => harness.close());

describe("the people whom an operator may mean for a merge", () => {
  const candidates = async (text: string) => {
    const { items, ...page } = await listMergeCandidates(harness.deps, "operator", text);
    return { ...page, userIds: items.map(({ userId }) => userId) };
  };

  it("are ten of those with a nickname, the newest first, and whether there are others", async () => {
    const userIds: string[] = [];
    for (let n = 0; n < 11; n++) {
      const person = {
        at: new Date(at.getTime() + n),
        appId,
        nickname: n < 10 ? "Ann" : "Anna",
        openid: `o${n}`,
      };
      userIds.unshift((await seedPerson(harness.db, person)).userId);
    }
    const page = { nextCursor: null, more: true, userIds: userIds.slice(0, 10) };
    expect(await candidates("Ann")).toEqual(page);
    expect(await candidates("Anna")).toEqual({ ...page, more: false, userIds: userIds.slice(0, 1) });
  });

  it("are those of the users and sign-ins whose number ends so, the newest first and each once", async () => {
    // In the order of their times; the sign-ins are found first.
    const idOf = (time: string, end: string) => `01KJMV${time}000000000000000${end}`;
    const [ann, ben, cat] = [idOf("1", "ABCD"), idOf("2", "0001"), idOf("3", "0002")];
    const user = { status: "active", createdAt: at } as const;
    await addRows(
      harness.db,
      "users",
      [ann, ben, cat].map((id) => ({ ...user, id })),
    );
    const ended = { outcome: "signed_in", outcomeAt: at, createdAt: at, expiresAt: at } as const;
    const signIn = { ...ended, purpose: "sign_in", appId, returnTo: "/" } as const;
    await addRows(
      harness.db,
      "signIns",
      [ben, cat, ann, cat].map((userId, n) => ({
        ...{ ...signIn, id: idOf(`${n + 4}`, "ABCD"), browserHash: `hash ${n}`, userId },
      })),
    );
    expect(await candidates("00ABCD")).toEqual({ nextCursor: null, more: false, userIds: [cat, ben, ann] });
  });
});

describe("the preview of a merge", () => {
  it("is that of whom they became where one of the two was merged already", async () => {
    const [ann, ben, cat] = await Promise.all(
      ["Ann", "Ben", "Cat"].map((nickname) =>
        seedPerson(harness.db, { at, appId, nickname, openid: nickname }),
      ),
    );
    const [annId = "", benId = "", catId = ""] = [ann, ben, cat].map((person) => person?.userId);
    const by = { operatorId: "olga", visitor };
    await mergeUsers(harness.deps, { fromUserId: benId, intoUserId: annId, reason: "one person", by });
    const preview = async (userId: string, otherUserId?: string) => {
      const { users, refusal } = await previewMerge(harness.deps, { userId, otherUserId });
      return [users.map((user) => user.userId), refusal];
    };
    expect(await preview(benId)).toEqual([[annId], null]);
    expect(await preview(benId, catId)).toEqual([[annId, catId], null]);
    expect(await preview(catId, benId)).toEqual([[catId, annId], null]);
    expect(await preview(annId, benId)).toEqual([[annId], "same_person"]);
  });
});
