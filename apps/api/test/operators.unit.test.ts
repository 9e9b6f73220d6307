import crypto from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createDeps } from "../src/domain/create-deps.js";
import type { Deps } from "../src/domain/deps.js";
import { firstOperatorProblems } from "../src/domain/operators/accounts.js";
import { defaultPasswordCost, hashPassword, isPassword } from "../src/domain/operators/password-hash.js";
import { passwordProblem, siteWords } from "../src/domain/operators/password-strength.js";
import { type OperatorRole, requireRole } from "../src/domain/operators/roles.js";
import { foldUsername, usernameProblem } from "../src/domain/operators/usernames.js";
import type { Settings } from "../src/env.js";
import { loadSettings } from "../src/load-settings.js";
import { replaceScrypt } from "./support/replace-scrypt.js";
import { secretKey } from "./support/system.js";

/** The hashes that were begun and not ended: a test ends them, so that no real one is computed. */
const running: { options: object; end: (error?: Error) => void }[] = [];
const { scrypt } = crypto;
beforeAll(() => {
  replaceScrypt((_password, _salt, length, options, done) => {
    const end = (error: Error | null = null) => done(error, Buffer.alloc(length, 7));
    running.push({ options: { length, ...options }, end });
  });
});
afterAll(() => replaceScrypt(scrypt));
afterEach(() => {
  expect(running.splice(0)).toEqual([]);
});

/** Lets what was begun go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

async function endAll(): Promise<void> {
  for (;;) {
    await settle();
    const ended = running.splice(0);
    if (ended.length === 0) return;
    for (const { end } of ended) end();
  }
}

describe("password hashes", () => {
  it("are computed two at a time; twenty more wait, and any beyond that are refused at once [T43]", async () => {
    for (const round of ["first", "second"]) {
      const hashes = Array.from({ length: 25 }, () => hashPassword("a fine password", defaultPasswordCost));
      const results = Promise.allSettled(hashes);
      await settle();
      expect(running.length, round).toBe(2);
      running.shift()?.end();
      await settle();
      expect(running.length, round).toBe(2);
      await endAll();
      const refused = (await results).flatMap((result, n) =>
        result.status === "rejected" ? [`${n} ${result.reason.name}`] : [],
      );
      expect(refused).toEqual(["22 TooManyHashesError", "23 TooManyHashesError", "24 TooManyHashesError"]);
    }
  });

  it("that fail make room for the next one", async () => {
    const results = Promise.allSettled(
      Array.from({ length: 3 }, () => hashPassword("a fine password", defaultPasswordCost)),
    );
    await settle();
    for (const { end } of running.splice(0)) end(new Error("no memory"));
    await endAll();
    expect((await results).map(({ status }) => status)).toEqual(["rejected", "rejected", "fulfilled"]);
  });

  it("are checked with the cost that they were made with", async () => {
    const checked = isPassword(
      "a password",
      "$scrypt$ln=14,r=4,p=2$AAAAAAAAAAAAAAAAAAAAAA$AAAA",
      defaultPasswordCost,
    );
    await settle();
    expect(running.map(({ options }) => options)).toEqual([
      { length: 32, N: 16_384, r: 4, p: 2, maxmem: 256 * 16_384 * 4 },
    ]);
    await endAll();
    expect(await checked).toBe(false);
  });
});

describe("a password", () => {
  it.each([
    ["1234567", "use at least 8 characters"],
    ["🦊🦊🦊🦊🐼🐼🐨", "use at least 8 characters"],
    ["🦊🦊🦊🦊🐼🐼🐨🐨", undefined],
    [`x1x1yz9!${"c".repeat(248)}`, undefined],
    [`x1x1yz9!${"c".repeat(249)}`, "use at most 256 characters"],
  ])("is judged by its length in characters: %s → %s [T43]", (password, problem) => {
    expect(passwordProblem(password, [])).toBe(problem);
  });

  it.each([
    ...["PassWord1", "zxcvbnm123", "00000000", "abababab", "19900101", "1qaz@WSX", "qwertyuiop["],
    ...["sunshine1", "princess1", "monkey123", "123456789a", "baseball1", "P@ssw0rd2026", "Aa123456!"],
    ...["woaini1314", "zhangsan123", "weixin888", "5201314520", "guanliyuan1", "admin2026", "operator99!"],
  ])(
    "that is guessed within a million tries is refused, with a letter or a year more as well: %s [T43]",
    (password) => {
      expect(passwordProblem(password, [])).toBe("this password is too easy to guess");
    },
  );

  it.each(["olga owns", "密码的八个字符了", "x1x1yz9!", "correct horse", "Tr0ub4dor", "mei li chi ku"])(
    "that takes more tries is accepted: %s [T43]",
    (password) => {
      expect(passwordProblem(password, [])).toBeUndefined();
    },
  );

  it.each(["camellia1", "Camellia!", "olga.brandt", "0lgabrandt", "camellia2026"])(
    "made from the names of its operator and site is refused there, and accepted elsewhere: %s [T43]",
    (password) => {
      expect(passwordProblem(password, ["olga.brandt", "camellia", "olgabrandt"])).toBe(
        "this password is too easy to guess",
      );
      expect(passwordProblem(password, ["otto", "shop"])).toBeUndefined();
    },
  );

  it("is compared with the names of the site as its settings have them [T43]", () => {
    const apps = [
      { name: { zh: "山茶书店", en: "Camellia Books" } },
      { name: undefined },
    ] as unknown as Settings["apps"];
    expect(siteWords({ publicUrl: new URL("https://login.peony.co.uk:8443/x"), apps })).toEqual([
      ...["login", "peony", "山茶书店", "Camellia", "Books"],
    ]);
  });
});

describe("an operator's name", () => {
  it.each([
    ["o", false],
    ["ol", true],
    ["o".repeat(64), true],
    ["o".repeat(65), false],
    ["张三", true],
    ["olga.o_1@example-2", true],
    ["ol ga", false],
    ["olga!", false],
    ["", false],
    ["  ol  ", true],
  ])("has 2 to 64 letters, digits and . _ @ -: %j", (name, isAccepted) => {
    expect(usernameProblem(name)).toBe(isAccepted ? undefined : "use 2 to 64 letters, digits and . _ @ -");
  });

  it("is the same in another width, case or spacing", () => {
    expect(["Ｏｌｇａ", " OLGA ", "olga"].map(foldUsername)).toEqual(["olga", "olga", "olga"]);
  });

  it("and the password from the settings are told apart by the setting, without their values", () => {
    const site = { publicUrl: new URL("https://camellia.example"), apps: [] };
    expect(firstOperatorProblems({ username: "olga", password: "olga owns the house" }, site)).toEqual([]);
    expect(firstOperatorProblems({ username: "o", password: "O" }, site)).toEqual([
      "ADMIN_PASSWORD: it is the name itself",
      "ADMIN_USERNAME: use 2 to 64 letters, digits and . _ @ -",
      "ADMIN_PASSWORD: use at least 8 characters",
    ]);
    const ofSite = firstOperatorProblems({ username: "olga", password: "camellia1" }, site);
    expect(ofSite).toEqual(["ADMIN_PASSWORD: this password is too easy to guess"]);
  });
});

describe("a role", () => {
  it("may do what every lower one may, and nothing of a higher one, which is logged [T44]", () => {
    const roles: OperatorRole[] = ["viewer", "operator", "owner"];
    const logged: object[] = [];
    const deps = { log: { warn: (fields: object) => void logged.push(fields) } } as unknown as Deps;
    const allowed = roles.map((role) =>
      roles.filter((lowest) => {
        try {
          const operator = { id: `id of ${role}`, role, mustEnrol: false };
          return requireRole(deps, operator, lowest) === operator;
        } catch (error) {
          expect(error).toMatchObject({ name: "AccessError", reason: "role_too_low" });
          return false;
        }
      }),
    );
    expect(allowed).toEqual([["viewer"], ["viewer", "operator"], ["viewer", "operator", "owner"]]);
    expect(logged).toEqual(
      ["viewer", "viewer", "operator"].map((role) => ({
        event: "role_too_low",
        operatorId: `id of ${role}`,
      })),
    );
    expect(() => requireRole(deps, undefined, "viewer")).toThrow(
      expect.objectContaining({ name: "AccessError", reason: "signed_out" }),
    );
    expect(logged).toHaveLength(3);
  });
});

describe("the domain's dependencies", () => {
  const log = { info() {}, warn() {}, error() {} };
  const settings = loadSettings({ SECRET_KEYS: secretKey }, () => []);
  const depsOn = (engine: "sqlite" | "postgres") =>
    createDeps({ settings, db: { engine } as Deps["db"], now: () => new Date(), log });

  it("hash passwords at 128 MiB each unless a test passes another cost [T43]", () => {
    expect(depsOn("sqlite").passwordCost).toEqual({ log2N: 17, r: 8, p: 1 });
  });

  it("let the console read two lists at a time on SQLite and three on PostgreSQL, with 20 waiting for 4 s", () => {
    const waiting = { waiting: 20, waitMs: 4_000 };
    expect(depsOn("sqlite").listGate.limits).toEqual({ running: 2, ...waiting });
    expect(depsOn("postgres").listGate.limits).toEqual({ running: 3, ...waiting });
  });

  it("have a client for each configured app, and none for another", () => {
    const { wechat, appToken, apps } = depsOn("sqlite");
    expect(apps.all.map(({ appId }) => wechat(appId).appId)).toEqual(apps.all.map(({ appId }) => appId));
    expect(() => wechat("wx-gone")).toThrow(RangeError);
    expect(() => appToken("wx-gone")).toThrow(RangeError);
  });
});
