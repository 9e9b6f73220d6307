import { readFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Diagnosis, Finding } from "../src/domain/doctor/finding.js";
import { KeyRing } from "../src/domain/key-ring.js";
import { userTokenRow } from "../src/domain/tokens/user-tokens.js";
import { type TestDatabase, testDatabase } from "./support/engine.js";
import { type ImportFiles, importFiles } from "./support/import-files.js";
import { addRows, rowsOf } from "./support/rows.js";
import { commandRunner } from "./support/run-command.js";
import { secretKey } from "./support/system.js";

const newKey = "n3w-k3y-Hq8Ty1Uz6Ox5Wc2Ra4Bv7Kp3";
const at = new Date("2026-11-28T12:00:00Z");

const appIdOf = (key: string) => `wx${key.padEnd(16, "0")}`;
const app = (key: string, group: string) => ({
  ...{ key, group, kind: "official_account", name: "Shop" },
  ...{ appId: appIdOf(key), appSecret: "5d0c1a7e0000000000000000000000c3" },
});
const apps = [app("oa", "books"), app("web", "books"), app("film", "films"), app("cast", "films")];

let database: TestDatabase;
let files: ImportFiles;
beforeEach(async () => {
  [database, files] = await Promise.all([testDatabase(), importFiles()]);
});
afterEach(() => Promise.all([database.remove(), files.remove()]));

const run = commandRunner(() => ({
  ...{ SECRET_KEYS: `${newKey},${secretKey}`, DATABASE_URL: "", INIT_CWD: files.folder },
  ...{ WECHAT_APPS: JSON.stringify(apps), ...database.env },
}));
const succeeded = (stdout: string) => ({ stdout, stderr: "", exitCode: undefined });

/** Runs `work` as a process that has ended when the command starts. */
async function before<Result>(
  work: (db: Awaited<ReturnType<TestDatabase["open"]>>) => Promise<Result>,
): Promise<Result> {
  const db = await database.open();
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

const binding = (userId: string, appId: string, unionid: string | null = null) => ({
  ...{ id: `${userId}-${appId}`, userId, appId, unionid, openid: `o${userId}` },
  ...{ scope: "snsapi_base", createdAt: at, lastSignInAt: at },
});

describe("`npm run groups -- preview`", () => {
  it("counts for each group who is recognized in all of its apps, and names the users of each conflict", async () => {
    await before((db) =>
      addRows(db, "bindings", [
        binding("alice", appIdOf("oa"), "unionAlice"),
        binding("ben", appIdOf("oa"), "unionBen"),
        binding("dan", appIdOf("web"), "unionBen"),
        binding("erin", appIdOf("film"), "unionErin"),
        binding("fay", appIdOf("cast"), "unionErin"),
        binding("gus", appIdOf("film"), "unionGus"),
        binding("hal", appIdOf("cast"), "unionGus"),
        binding("ida", appIdOf("cast")),
      ]),
    );
    expect(await run(() => import("../src/groups.js"), ["preview"])).toEqual(
      succeeded(`Group books (oa, web)
  1 person will be recognized in all of its apps.
  1 person is two users already, and will be a conflict each:
    ben and dan

Group films (film, cast)
  0 people will be recognized in all of its apps.
  2 people are two users already, and will be a conflict each:
    erin and fay
    gus and hal
`),
    );
  });
});

describe("`npm run keys -- rotate`", () => {
  const rotate = () => run(() => import("../src/keys.js"), ["rotate"]);
  const old = new KeyRing([secretKey]);
  const [newId, oldId] = new KeyRing([newKey, secretKey]).ids;

  it("counts what is under the newest key now and what cannot be read, and says when the older key can go", async () => {
    const token = (bindingId: string, keys: KeyRing) => ({
      ...{ bindingId, appId: appIdOf("oa"), scope: "snsapi_userinfo", scopeRank: 1 },
      accessToken: keys.encrypt("access", userTokenRow(bindingId, "access_token")),
      refreshToken: keys.encrypt("refresh", userTokenRow(bindingId, "refresh_token")),
      ...{ expiresAt: at, refreshExpiresAt: at, updatedAt: at },
    });
    await before(async (db) => {
      const bindings = ["alice", "ben", "carol"].map((name) => binding(name, appIdOf("oa")));
      await addRows(db, "bindings", bindings);
      const keys = [old, old, new KeyRing(["l0st-k3y-Bv7"])];
      await addRows(
        db,
        "userTokens",
        bindings.map(({ id }, n) => token(id, keys[n] ?? old)),
      );
    });
    expect(await rotate()).toEqual(
      succeeded(`2 tokens and webhook secrets were encrypted again, under the key ${newId}.
1 cannot be decrypted with these keys, and stay as they are.
The keys behind it (${oldId}) can be removed from SECRET_KEYS in ten minutes, when no sign-in begun under them is open.
`),
    );
    vi.stubEnv("SECRET_KEYS", newKey);
    expect(await rotate()).toEqual(
      succeeded(`0 tokens and webhook secrets were encrypted again, under the key ${newId}.
1 cannot be decrypted with these keys, and stay as they are.
`),
    );
  });

  it("says for what the older key is still needed", async () => {
    const entry = { operatorId: null, event: "operator.login", result: "ok", at } as const;
    const needed = (what: string) =>
      succeeded(
        `0 tokens and webhook secrets were encrypted again, under the key ${newId}.\nThe keys behind it (${oldId}) are still needed ${what}.\n`,
      );
    await before((db) =>
      addRows(db, "auditLog", [{ ...entry, id: "1", sealNumber: 1, seal: old.seal("any") }]),
    );
    expect(await rotate()).toEqual(needed("to check 1 entry of the audit log"));
    await before((db) => addRows(db, "blockedIdentities", [{ hash: "erased-1", at }]));
    expect(await rotate()).toEqual(
      needed("to check 1 entry of the audit log and to recognize 1 identity that stays blocked"),
    );
  });
});

describe("`npm run people -- import`", () => {
  it("prints the first 100 records that were not imported and how many more there are; its report has all", async () => {
    const bad = Array.from({ length: 102 }, (_, n) => `${n},oa,not an openid`);
    await files.write("people.csv", ["externalId,app,openid", "ann,oa,oAnn", ...bad, ""].join("\n"));
    const args = ["import", "people.csv", "--client", "shop", "--report", "report.csv"];
    const listed = bad.slice(0, 100).map((_, n) => `  line ${n + 3}: openid is not a WeChat openid\n`);
    expect(await run(() => import("../src/people.js"), args)).toEqual(
      succeeded(
        `1 new person, 0 join a known person, 0 already there, 0 conflicts, 102 lines that cannot be read.\n${listed.join("")}  and 2 more than these 100; --report FILE lists all\n`,
      ),
    );
    const report = await readFile(`${files.folder}/report.csv`, "utf8");
    expect(report.trim().split("\n")).toHaveLength(1 + 102);
    const external = await before((db) => rowsOf(db, "externalUsers"));
    expect(external).toMatchObject([{ clientId: "shop", externalId: "ann" }]);
  });
});

describe("`npm run openids -- import`", () => {
  const importOpenids = (...args: string[]) =>
    run(() => import("../src/openids.js"), ["import", "openids.csv", ...args]);
  const places = () =>
    before(async (db) => (await rowsOf(db, "bindings")).map(({ appId, openid }) => [appId, openid]));

  it("moves the bindings of the appid before to the app, which may be named by its appid", async () => {
    const [oldId, newId] = ["wxbefore0000000000", appIdOf("oa")];
    await files.write("openids.csv", "old,new\noalice,oAliceNew\n");
    await before(async (db) => {
      await addRows(db, "users", [{ id: "alice", createdAt: at }]);
      await addRows(db, "bindings", [binding("alice", oldId)]);
    });
    expect(await importOpenids("--app", newId, "--from", "before")).toMatchObject({
      stderr: expect.stringMatching(/^--from is an appid: wx and 16 characters\.\nUsage: npm run openids/),
      exitCode: 1,
    });
    expect(await places()).toEqual([[oldId, "oalice"]]);
    expect(await importOpenids("--app", newId, "--from", oldId)).toEqual(
      succeeded(
        "1 openid replaced, 0 already there, 0 of no user here, 0 conflicts, 0 lines that cannot be read.\n",
      ),
    );
    expect(await places()).toEqual([[newId, "oAliceNew"]]);
  });
});

describe("`npm run doctor`", () => {
  const found = (state: Finding["state"], actor: Finding["actor"] = null): Finding => ({
    ...{ check: "clock", outcome: "clock.right", state, actor, values: {} },
    text: { en: `It is ${state}.`, zh: `这是${state}。` },
    remedy: actor && { en: `Ask the ${actor}.`, zh: `找${actor}。` },
  });
  async function doctor(diagnosis: Omit<Diagnosis, "at">, ...args: string[]) {
    vi.doMock("../src/domain/doctor/doctor.js", () => ({ examine: async () => ({ at, ...diagnosis }) }));
    try {
      return await run(() => import("../src/doctor.js"), args);
    } finally {
      vi.doUnmock("../src/domain/doctor/doctor.js");
    }
  }
  const quiet: Omit<Diagnosis, "at"> = {
    site: [found("ok"), found("warning", "operator")],
    apps: [
      { appId: "wx1", key: "oa", kind: "official_account", findings: [found("unknown")] },
      { appId: "wx2", key: "web", kind: "website", findings: [] },
    ],
  };
  const failing = {
    ...quiet,
    apps: quiet.apps.map((one) => ({ ...one, findings: [...one.findings, found("problem", "developer")] })),
  };

  it("prints each state, remedy and who can mend it in both languages, and ends with 1 only where there is a problem", async () => {
    expect(await doctor(quiet)).toEqual(
      succeeded(`This server
  ok         It is ok.
  warning    It is warning.
             → Ask the operator. (an operator)

oa (Official Account)
  not known  It is unknown.

web (website app)
`),
    );
    expect(await doctor(failing, "--language", "zh")).toEqual({
      ...{ stderr: "", exitCode: 1 },
      stdout: `本服务
  正常         这是ok。
  注意         这是warning。
             → 找operator。 (由运维处理)

oa (公众号)
  未知         这是unknown。
  问题         这是problem。
             → 找developer。 (由开发处理)

web (网站应用)
  问题         这是problem。
             → 找developer。 (由开发处理)
`,
    });
    expect(await doctor(failing)).toMatchObject({
      stdout: expect.stringContaining(
        "\n  problem    It is problem.\n             → Ask the developer. (a developer)\n",
      ),
      exitCode: 1,
    });
    const { stdout, ...rest } = await doctor(quiet, "--json");
    expect(JSON.parse(stdout)).toEqual({ ...quiet, at: at.toISOString() });
    expect(rest).toEqual({ stderr: "", exitCode: undefined });
  });
});
