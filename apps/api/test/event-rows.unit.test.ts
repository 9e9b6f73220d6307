import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bindIdentity } from "../src/domain/identity/bind-identity.js";
import { findPerson, resolveIdentity } from "../src/domain/identity/identity.js";
import { joinGroups } from "../src/domain/identity/join-groups.js";
import { refreshProfile } from "../src/domain/identity/stale-profiles.js";
import { tryImport } from "../src/domain/imports/run-import.js";
import { findSession, revokeSession, type Session } from "../src/domain/sessions/sessions.js";
import { type DomainHarness, startDomainHarness, token, visitor } from "./support/domain-harness.js";
import {
  type ImportFiles,
  importFiles,
  importPeople,
  openidsTask,
  runTask,
  tryPeople,
} from "./support/import-files.js";
import { addRows, rowsOf } from "./support/rows.js";

// What is written to the outbox, as whole rows. The apps oa, web and plain are in the group demo; alone is in none.

let harness: DomainHarness;
let files: ImportFiles;
let seen: Set<string>;
beforeEach(async () => {
  [harness, files] = await Promise.all([startDomainHarness(), importFiles()]);
  seen = new Set();
});
afterEach(() => Promise.all([harness.close(), files.remove()]));

/** The rows that were written since the last call, in the order in which they are numbered. */
async function newRows() {
  const rows = (await rowsOf(harness.db, "outbox")).filter(({ id }) => !seen.has(id));
  for (const { id } of rows) seen.add(id);
  return rows
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ id, data, ...row }) => ({ ...row, id: /^evt_[0-9A-Z]{26}$/.test(id), data: JSON.parse(data) }));
}

const row = (
  type: string,
  userId: string | undefined,
  data: object = {},
  clientId: string | null = null,
) => ({
  ...{ id: true, number: null, at: harness.deps.now(), type, userId, clientId, data },
});

async function signedIn(key: string, openid: string, unionid?: string) {
  const identity = { app: harness.app(key), openid, unionid, scope: "snsapi_base", profile: undefined };
  return resolveIdentity(harness.deps, identity);
}

const bindingOf = async (key: string, openid: string) => {
  const { appId } = harness.app(key);
  const found = (await rowsOf(harness.db, "bindings")).find(
    (one) => one.appId === appId && one.openid === openid,
  );
  return { userId: found?.userId, bindingId: found?.id };
};

describe("the outbox", () => {
  it("gets one row for each change of an imported record, and none for a record that is known, refused or only tried [T112]", async () => {
    const ann = await signedIn("plain", "oAnnAnnAnn");
    const ben = await signedIn("plain", "oBenBenBen", "uUnionOfBenInTheGroup");
    await newRows();
    const path = await files.write(
      "people.csv",
      [
        "externalId,app,openid,unionid",
        "1,oa,oNewNewNew,uUnionOfNewInTheGroup",
        ",alone,oBareBare,",
        "2,plain,oAnnAnnAnn,uUnionOfAnnInTheGroup",
        ",web,oBenOfWeb,uUnionOfBenInTheGroup",
        ",plain,oBenBenBen,uUnionOfBenInTheGroup",
        "3,plain,oAnnAnnAnn,",
        ",plain,o x,",
        "",
      ].join("\n"),
    );
    await tryPeople(harness.deps, path);
    expect(await newRows()).toEqual([]);
    expect((await importPeople(harness.deps, path)).counts).toEqual({
      ...{ new: 2, joined: 2, unchanged: 1, conflict: 1, unreadable: 1 },
    });
    const made = await bindingOf("oa", "oNewNewNew");
    const bare = await bindingOf("alone", "oBareBare");
    const second = await bindingOf("web", "oBenOfWeb");
    const bound = (key: string, { userId, bindingId }: typeof made) =>
      row("binding.created", userId, { bindingId, appId: harness.app(key).appId });
    expect(await newRows()).toEqual([
      row("user.created", made.userId),
      row("user.created", bare.userId),
      bound("oa", made),
      bound("alone", bare),
      bound("web", { ...second, userId: ben.userId }),
      row("user.updated", ann.userId, { bindingId: ann.bindingId }),
      row("user.updated", ann.userId, { changed: "externalId" }, "shop"),
    ]);
    const again = await files.write(
      "again.csv",
      "externalId,app,openid\n1,oa,oNewNewNew\n2,plain,oAnnAnnAnn\n",
    );
    expect((await importPeople(harness.deps, again)).counts).toEqual({ unchanged: 2 });
    expect(await newRows()).toEqual([]);
  });

  it("gets one row for each binding with a new openid of a file, and none for those that it leaves as they are [T112]", async () => {
    const ann = await signedIn("plain", "oAnnAnnAnn");
    await signedIn("plain", "oBenBenBen");
    await newRows();
    const path = await files.write(
      "openids.csv",
      "old,new\noAnnAnnAnn,oAnnAnnNew\noBenBenBen,oBenBenBen\noUnknownOld,oUnknownNew\n",
    );
    await tryImport(await openidsTask(harness.deps, path, { key: "plain", isDryRun: true }));
    expect(await newRows()).toEqual([]);
    const run = async () => runTask(harness.deps, await openidsTask(harness.deps, path, { key: "plain" }));
    expect((await run()).counts).toEqual({ renamed: 1, unchanged: 1, unknown: 1 });
    expect(await newRows()).toEqual([row("user.updated", ann.userId, { bindingId: ann.bindingId })]);
    expect((await run()).counts).toEqual({ unchanged: 2, unknown: 1 });
    expect(await newRows()).toEqual([]);
  });

  it("gets one row for each conflict that a group's older bindings bring, and none for those that join without one [T112]", async () => {
    const ids = ["older", "newer", "other"];
    const at = harness.deps.now();
    await addRows(
      harness.db,
      "users",
      ids.map((id) => ({ id, createdAt: at, lastSignInAt: at })),
    );
    const older = (id: string, key: string, unionid: string) => ({
      ...{ id: `binding-of-${id}`, userId: id, appId: harness.app(key).appId, openid: `o${id}`, unionid },
      ...{ scope: "snsapi_base", createdAt: at, lastSignInAt: at },
    });
    await addRows(harness.db, "bindings", [
      older("older", "oa", "uSame"),
      older("newer", "plain", "uSame"),
      older("other", "plain", "uOther"),
    ]);
    await joinGroups(harness.deps);
    const [conflict, ...more] = await rowsOf(harness.db, "identityConflicts");
    expect(more).toEqual([]);
    expect([conflict?.userId, conflict?.otherUserId]).toEqual(["newer", "older"]);
    const { id: conflictId } = conflict ?? {};
    expect(await newRows()).toEqual([row("conflict.opened", "newer", { conflictId, otherUserId: "older" })]);
    await joinGroups(harness.deps);
    expect(await newRows()).toEqual([]);
  });

  it("gets one row for a profile that was read and is another one, also if a sign-in brings the same one at that moment, and none for the same profile again [T112]", async () => {
    await harness.signIn("oAlice", await harness.startSignIn("web"));
    const { userId, bindingId } = await bindingOf("web", "oAlice");
    await newRows();
    const app = harness.app("web");
    const read = async () => {
      harness.advance(60);
      return refreshProfile(harness.deps, app, "oAlice", harness.deps.now());
    };
    harness.answers.userinfo = {
      ...harness.answers.userinfo,
      nickname: "Alice",
      headimgurl: "https://a.example/1",
    };
    expect(await read()).toMatchObject({ kind: "read" });
    expect(await newRows()).toEqual([]);

    for (let round = 0; round < 5; round++) {
      const nickname = `Alice ${round}`;
      harness.answers.userinfo = { ...harness.answers.userinfo, nickname };
      const known = await findPerson(harness.deps, app, "oAlice");
      const profile = { nickname, avatarUrl: "https://a.example/1" };
      const identity = { app, openid: "oAlice", unionid: undefined, scope: "snsapi_login", profile, known };
      await Promise.all([read(), resolveIdentity(harness.deps, identity)]);
      expect(await newRows()).toEqual([row("user.updated", userId, { bindingId })]);
    }
    harness.answers.access_token = { errcode: 40030, errmsg: "invalid refresh_token" };
    expect(await read()).toEqual({ kind: "not_allowed" });
    expect(await newRows()).toEqual([]);
  });

  it("gets one row for an identity that a person adds, one for the conflict that it shows, and none if nothing is added [T112]", async () => {
    const session = async (openid: string) => {
      harness.answers.access_token = { ...token, openid };
      const secret = await harness.signIn(openid, await harness.startSignIn("alone"));
      return (await findSession(harness.deps, secret)) as Session;
    };
    const [ann, ben] = [await session("oAnn"), await session("oBen")];
    await newRows();
    const bind = async (openid: string, to: Session, unionid?: string) => {
      const app = harness.app("plain");
      const known = await findPerson(harness.deps, app, openid);
      const identity = { app, openid, unionid, scope: "snsapi_base", profile: undefined, known };
      return (await bindIdentity(harness.deps, identity, to)).kind;
    };
    expect(await bind("oAnnPlain", ann, "uAnn")).toBe("bound");
    const { bindingId } = await bindingOf("plain", "oAnnPlain");
    const { appId } = harness.app("plain");
    expect(await newRows()).toEqual([row("binding.created", ann.userId, { bindingId, appId })]);

    expect(await bind("oAnnPlain", ann, "uAnn")).toBe("bound");
    expect(await bind("oAnnPlain", ben)).toBe("bound_elsewhere");
    expect(await newRows()).toEqual([]);

    expect(await bind("oBenPlain", ben, "uAnn")).toBe("bound_elsewhere");
    const [conflict] = await rowsOf(harness.db, "identityConflicts");
    const opened = { conflictId: conflict?.id, otherUserId: ann.userId };
    expect(await newRows()).toEqual([row("conflict.opened", ben.userId, opened)]);
    expect(await bind("oBenPlain", ben, "uAnn")).toBe("bound_elsewhere");
    expect(await newRows()).toEqual([]);

    const by = { operatorId: "operator", visitor };
    await revokeSession(harness.deps, { userId: ann.userId, id: ann.id, by });
    await newRows();
    expect(await bind("oAnnLate", ann)).toBe("session_ended");
    expect(await newRows()).toEqual([]);
  });
});
