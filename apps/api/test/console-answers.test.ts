import { createHash } from "node:crypto";
import { explainErrcode } from "@wechat-login/oauth/errcodes";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { getAccount, listOwnBindings } from "../src/domain/account.js";
import { userAgents } from "./support/browser.js";
import { type Console, seedOperator } from "./support/operator.js";
import { type System, startSystem } from "./support/system.js";
import {
  apps,
  clinic,
  gone,
  id,
  iso,
  minute,
  noon,
  oa,
  openids,
  rid,
  secrets,
  seedTwoPeople,
  unionids,
  web,
} from "./support/two-people.js";

// Whole answers for two people: a field that is left out, a row of the other one or the wrong order changes one of them.

let system: System;
let operator: Console;
let viewer: Console;
beforeAll(async () => {
  system = await startSystem({ at: noon, env: { WECHAT_APPS: JSON.stringify(apps) } });
  await seedTwoPeople(system.db);
  [operator, viewer] = [await seedOperator(system), await seedOperator(system, "viewer")];
});
afterAll(() => system.close());

async function answerOf(console: Console, path: string, input?: object): Promise<unknown> {
  const { data, text } = await console.query(path, input);
  if (data === undefined) throw new Error(`${path} answered ${text}`);
  return data;
}

/** What a viewer sees in place of each personal text. */
const avatarOf = (binding: string, address: string) =>
  `/admin/avatars/${id(binding)}?v=${createHash("sha256").update(address).digest("hex").slice(0, 8)}`;
const avatars = {
  ann: avatarOf("ANN1", "https://thirdwx.qlogo.cn/ann/132"),
  anna: avatarOf("ANN2", "https://wx.qlogo.cn/anna/0"),
  ben: avatarOf("BEN2", "https://wx.qlogo.cn/ben/0"),
};

const masks: Record<string, string | null> = {
  [openids.annOa]: "oAn…001",
  [openids.annWeb]: "oAn…002",
  [openids.benOa]: "oBe…003",
  [openids.benWeb]: "oBe…004",
  [openids.benGone]: "oBe…005",
  oAPersonWithoutABinding00006: "oAP…006",
  [unionids.ann]: "uAn…001",
  [unionids.ben]: "uBe…002",
  [unionids.cat]: "uCa…003",
  安娜Ａnna: "安…",
  "Anna Web": "A…",
  BENNO: "B…",
  "Ben of Old": "B…d",
  "203.0.113.77": "20…77",
  "198.51.100.5": "19….5",
  "2001:db8:1:2::7": "20…:7",
  "4711": "4…",
  "4712": "4…",
  "ann@crm": "a…",
  [avatars.ann]: null,
  [avatars.anna]: null,
  [avatars.ben]: null,
};
const personal = ["openid", "unionid", "nickname", "ip", "avatarUrl", "externalId"];

const maskedOf = (answer: unknown): unknown =>
  JSON.parse(
    JSON.stringify(answer, (key, value: unknown) => {
      if (!personal.includes(key) || typeof value !== "string") return value;
      if (!(value in masks)) throw new Error(`there is no mask for ${value}`);
      return masks[value];
    }),
  );

/** Expects this whole answer for an operator, and for a viewer the same one with its personal texts masked. */
async function expectAnswer(path: string, input: object | undefined, answer: unknown): Promise<void> {
  expect(await answerOf(operator, path, input)).toEqual(answer);
  expect(await answerOf(viewer, path, input)).toEqual(maskedOf(answer));
}

const device = {
  android: { client: "wechat", platform: "android" },
  ios: { client: "wechat", platform: "ios" },
  windows: { client: "browser", platform: "windows" },
  unknown: { client: "browser", platform: "other" },
};

const ann = {
  userId: id("ANN"),
  status: "active",
  createdAt: iso(-5000),
  lastSignInAt: iso(-10),
  profile: { nickname: "Anna Web", avatarUrl: avatars.anna },
  bindings: [
    {
      id: id("ANN1"),
      appId: oa,
      appKey: "oa",
      kind: "official_account",
      openid: openids.annOa,
      unionid: unionids.ann,
      scope: "snsapi_base,snsapi_userinfo",
      nickname: "安娜Ａnna",
      avatarUrl: avatars.ann,
      createdAt: iso(-5000),
      lastSignInAt: iso(-600),
    },
    {
      id: id("ANN2"),
      appId: web,
      appKey: "web",
      kind: "website",
      openid: openids.annWeb,
      unionid: unionids.ann,
      scope: "snsapi_login",
      nickname: "Anna Web",
      avatarUrl: avatars.anna,
      createdAt: iso(-4900),
      lastSignInAt: iso(-10),
    },
  ],
};
const ben = {
  userId: id("BEN"),
  status: "blocked",
  createdAt: iso(-4000),
  lastSignInAt: iso(-30),
  profile: { nickname: "BENNO", avatarUrl: null },
  bindings: [
    {
      id: id("BEN1"),
      appId: oa,
      appKey: "oa",
      kind: "official_account",
      openid: openids.benOa,
      unionid: null,
      scope: "snsapi_userinfo",
      nickname: "BENNO",
      avatarUrl: null,
      createdAt: iso(-4000),
      lastSignInAt: iso(-30),
    },
    {
      id: id("BEN2"),
      appId: web,
      appKey: "web",
      kind: "website",
      openid: openids.benWeb,
      unionid: unionids.ben,
      scope: "snsapi_login",
      nickname: "Ben of Old",
      avatarUrl: avatars.ben,
      createdAt: iso(-3500),
      lastSignInAt: iso(-3000),
    },
    {
      id: id("BEN3"),
      appId: gone,
      appKey: null,
      kind: null,
      openid: openids.benGone,
      unionid: null,
      scope: "snsapi_base",
      nickname: null,
      avatarUrl: null,
      createdAt: iso(-3400),
      lastSignInAt: iso(-3400),
    },
  ],
};
const cat = {
  userId: id("CAT"),
  status: "active",
  createdAt: iso(-3000),
  lastSignInAt: null,
  profile: { nickname: null, avatarUrl: null },
  bindings: [],
};

const blank = { openid: null, userId: null, browserUserId: null, ip: null, device: device.unknown };
const signIns = {
  S1: {
    ...{
      id: id("S1"),
      appId: oa,
      appKey: "oa",
      createdAt: iso(-10),
      outcome: "signed_in",
      outcomeAt: iso(-9),
    },
    ...{ openid: openids.annOa, userId: id("ANN"), browserUserId: null },
    ...{ ip: "203.0.113.77", device: device.android },
  },
  S2: {
    ...{
      id: id("S2"),
      appId: web,
      appKey: "web",
      createdAt: iso(-20),
      outcome: "failed",
      outcomeAt: iso(-19),
    },
    ...{ openid: openids.annWeb, userId: null, browserUserId: null },
    ...{ ip: "2001:db8:1:2::7", device: device.windows },
  },
  S3: {
    ...{ id: id("S3"), appId: oa, appKey: "oa", createdAt: iso(-25), outcome: "failed", outcomeAt: iso(-24) },
    ...{ ...blank, browserUserId: id("ANN"), device: device.ios },
  },
  S4: {
    ...{ id: id("S4"), appId: clinic, appKey: "clinic", createdAt: iso(-1), outcome: null, outcomeAt: null },
    ...blank,
  },
  S5: {
    ...{
      id: id("S5"),
      appId: web,
      appKey: "web",
      createdAt: iso(-30),
      outcome: "signed_in",
      outcomeAt: iso(-29),
    },
    ...{ ...blank, openid: openids.benWeb, userId: id("BEN") },
  },
  S6: {
    ...{
      id: id("S6"),
      appId: web,
      appKey: "web",
      createdAt: iso(-12),
      outcome: "snapshot",
      outcomeAt: iso(-11),
    },
    ...{ ...blank, openid: openids.annOa },
  },
  S7: {
    ...{
      id: id("S7"),
      appId: oa,
      appKey: "oa",
      createdAt: iso(-15),
      outcome: "blocked",
      outcomeAt: iso(-14),
    },
    ...{ ...blank, openid: openids.benOa },
  },
  S8: {
    ...{
      id: id("S8"),
      appId: oa,
      appKey: "oa",
      createdAt: iso(-40),
      outcome: "refused",
      outcomeAt: iso(-39),
    },
    ...blank,
  },
  S9: {
    ...{
      id: id("S9"),
      appId: oa,
      appKey: "oa",
      createdAt: iso(-41),
      outcome: "expired",
      outcomeAt: iso(-40),
    },
    ...{ ...blank, openid: openids.annOa, userId: id("CAT") },
  },
  S10: {
    ...{ id: id("S10"), appId: gone, appKey: null, createdAt: iso(-42), outcome: "abandoned" },
    ...{ ...blank, outcomeAt: iso(-41) },
  },
};

const meaningOf = ({ errcode = "40001" }: { errcode?: string }) => explainErrcode(errcode)?.meaning ?? null;
const failure = (name: string, at: number, fields: Record<string, unknown> & { errcode?: string }) => ({
  ...{ id: id(name), at: iso(at), appId: oa, appKey: "oa", endpoint: "sns/userinfo" },
  ...{ errcode: "40001", name: "invalid_credential", errmsg: `said of ${name}` },
  ...{ rid: null, openid: null, attempt: 1, latencyMs: 12, signInId: null },
  ...{ meaning: meaningOf(fields), ...fields },
});
const failures = {
  F1: failure("F1", -600, { openid: openids.annOa, rid, attempt: 2, latencyMs: 4321 }),
  F2: failure("F2", -20, {
    ...{ appId: web, appKey: "web", openid: openids.annWeb, signInId: id("S2"), latencyMs: 345 },
  }),
  F3: failure("F3", -25, {
    ...{ endpoint: "sns/oauth2/access_token", errcode: "40029", name: "invalid_code", signInId: id("S3") },
  }),
  F4: failure("F4", -15, {
    ...{ errcode: "50002", name: "user_limited", openid: openids.benOa, signInId: id("S7") },
  }),
  F5: failure("F5", -12, {
    ...{ appId: web, appKey: "web", errcode: "50002", name: "user_limited" },
    ...{ openid: openids.annOa, signInId: id("S6") },
  }),
  F6: failure("F6", -5, { endpoint: "cgi-bin/stable_token", attempt: 2 }),
  F7: failure("F7", -24, {
    ...{ errcode: "987654", name: null, openid: "oAPersonWithoutABinding00006", signInId: id("S3") },
  }),
  F9: failure("F9", -700, { openid: openids.annOa }),
  F8: failure("F8", -40, {
    ...{ endpoint: "sns/oauth2/access_token", errcode: "TIMEOUT", name: "timeout", signInId: id("S8") },
  }),
};

const seen = { lastSeenAt: iso(60), expiresAt: iso(1000) };
const sessions = {
  N1: {
    ...{ ...seen, id: id("N1"), createdAt: iso(-300), lastSeenAt: iso(61) },
    ...{ ip: "203.0.113.77", device: device.android },
  },
  N2: {
    ...{ ...seen, id: id("N2"), createdAt: iso(-10), expiresAt: iso(2000) },
    ...{ ip: "2001:db8:1:2::7", device: device.windows },
  },
  N5: { ...seen, id: id("N5"), createdAt: iso(-10), ip: "198.51.100.5", device: device.unknown },
};

describe("the list of people", () => {
  it("has every person with all of their bindings and no other's, newest first", async () => {
    await expectAnswer("people.list", {}, { items: [cat, ben, ann], nextCursor: null });
  });
});

describe("a person's page", () => {
  it("has their own sessions, sign-ins, failures and conflicts, each newest first", async () => {
    await expectAnswer(
      "people.get",
      { userId: id("ANN") },
      {
        ...ann,
        externalIds: [
          { clientId: "crm", externalId: "ann@crm" },
          { clientId: "shop", externalId: "4711" },
        ],
        sessions: [sessions.N2, sessions.N1],
        signIns: [signIns.S1, signIns.S2, signIns.S3],
        failures: [failures.F2, failures.F1, failures.F9],
        browserFailures: [failures.F3],
        ...{ mergedFrom: null, merges: [] },
        conflicts: [
          { id: id("C2"), unionid: unionids.ann, otherUserId: id("BEN"), createdAt: iso(-50) },
          { id: id("C1"), unionid: unionids.ben, otherUserId: id("BEN"), createdAt: iso(-100) },
        ],
      },
    );
  });

  it("names in a conflict the other person, whichever of the two brought the unionid", async () => {
    const { conflicts, ...page } = (await answerOf(operator, "people.get", { userId: id("BEN") })) as {
      conflicts: unknown;
    };
    expect(page).toEqual({
      ...ben,
      externalIds: [
        { clientId: "crm", externalId: "4711" },
        { clientId: "shop", externalId: "4712" },
      ],
      sessions: [sessions.N5],
      signIns: [signIns.S7, signIns.S5],
      failures: [failures.F4],
      browserFailures: [],
      ...{ mergedFrom: null, merges: [] },
    });
    expect(conflicts).toEqual([
      expect.objectContaining({ id: id("C3"), otherUserId: id("CAT") }),
      expect.objectContaining({ id: id("C2"), otherUserId: id("ANN") }),
      expect.objectContaining({ id: id("C1"), otherUserId: id("ANN") }),
    ]);
  });

  it("is complete for a person without a binding", async () => {
    await expectAnswer(
      "people.get",
      { userId: id("CAT") },
      {
        ...cat,
        ...{ externalIds: [], sessions: [], signIns: [signIns.S9], failures: [] },
        ...{ browserFailures: [], mergedFrom: null, merges: [] },
        conflicts: [
          {
            ...{ id: id("C3"), otherUserId: id("BEN"), createdAt: iso(-20) },
            unionid: unionids.cat,
          },
        ],
      },
    );
  });
});

const personAnn = { userId: id("ANN"), nickname: "Anna Web", isGuess: false };
const personBen = { userId: id("BEN"), nickname: "BENNO", isGuess: false };
const by = <Row extends object>(row: Row, person: object | null) => ({ ...row, person });

describe("the preview of a merge", () => {
  const side = (person: object, sessions: number, signInCount: number, externalIds: string[][]) => ({
    ...{ ...person, sessions, signIns: signInCount },
    externalIds: externalIds.map(([clientId, externalId]) => ({ clientId, externalId })),
  });
  const sideOfAnn = side(ann, 4, 1, [
    ["crm", "ann@crm"],
    ["shop", "4711"],
  ]);
  const sideOfBen = side(ben, 1, 1, [
    ["crm", "4711"],
    ["shop", "4712"],
  ]);
  const sideOfCat = side(cat, 0, 1, []);

  it("has what each of the two would give, and why the merge would be refused", async () => {
    for (const [other, users, refusal] of [
      ["CAT", [sideOfAnn, sideOfCat], null],
      ["BEN", [sideOfAnn, sideOfBen], "status_differs"],
      ["ANN", [sideOfAnn], "same_person"],
      ["DAN", [sideOfAnn], "not_found"],
      [undefined, [sideOfAnn], null],
    ] as const) {
      const answer = await answerOf(operator, "people.previewMerge", {
        userId: id("ANN"),
        ...(other && { otherUserId: id(other) }),
      });
      expect(answer, other).toEqual({ users, refusal });
    }
  });

  it("begins with the people whom a pasted text means, as in the list of people", async () => {
    for (const [text, items] of [
      [openids.benWeb, [ben]],
      [unionids.ann, [ann]],
      [` 用户 ${id("CAT")}`, [cat]],
      ["BENNO", [ben]],
      ["n", [ben, ann]],
      ["4711", [ben, ann]],
      // The ends of a user's id and of a sign-in's: that of a sign-in leads to who signed in, and not to a guess.
      [id("CAT").slice(-8), [cat]],
      [id("S5").slice(-8), [ben]],
      [id("S7"), [ben]],
      [id("S3"), []],
      ["40163", []],
      ["203.0.113.77", []],
      ["Zoe", []],
    ] as const) {
      const answer = await answerOf(operator, "people.mergeCandidates", { text });
      expect(answer, text).toEqual({ items, nextCursor: null, more: false });
    }
  });
});

describe("the list of sign-ins", () => {
  it("has every sign-in with its person and without its destination, newest first", async () => {
    const { S1, S2, S3, S4, S5, S6, S7, S8, S9, S10 } = signIns;
    const items = [
      ...[by(S4, null), by(S1, personAnn), by(S6, null), by(S7, personBen), by(S2, personAnn)],
      ...[by(S3, { ...personAnn, isGuess: true }), by(S5, personBen), by(S8, null)],
      ...[by(S9, { userId: id("CAT"), nickname: null, isGuess: false }), by(S10, null)],
    ];
    await expectAnswer("signIns.list", {}, { items, nextCursor: null });
  });
});

const failedWithTimeline = {
  ...signIns.S2,
  // Neither a query nor a fragment, whichever comes first.
  returnTo: "https://shop.example.com/a",
  person: personAnn,
  events: [
    { id: id("E1"), at: iso(-20), kind: "started", durationMs: null, detail: "snsapi_login" },
    { id: id("E3"), at: iso(-19.5), kind: "callback", durationMs: null, detail: null },
    { id: id("E4"), at: iso(-19.5), kind: "exchanged", durationMs: 120, detail: "snsapi_login" },
    { id: id("E5"), at: iso(-19), kind: "userinfo_failed", durationMs: 345, detail: "40001" },
  ],
  failures: [failures.F2],
};

describe("a sign-in's page", () => {
  it("has its own timeline in order and its own failures", async () => {
    await expectAnswer("signIns.get", { id: id("S2") }, failedWithTimeline);
  });

  it("shows only the path of the destination, and no guess once the person is known", async () => {
    await expectAnswer(
      "signIns.get",
      { id: id("S1") },
      {
        ...signIns.S1,
        ...{ returnTo: "/orders/7", person: personAnn, failures: [] },
        events: [
          { id: id("E2"), at: iso(-10), kind: "started", durationMs: null, detail: "snsapi_base" },
          { id: id("E6"), at: iso(-9), kind: "signed_in", durationMs: null, detail: null },
        ],
      },
    );
  });

  it("names the person whose browser began it as on that person's page", async () => {
    await expectAnswer(
      "signIns.get",
      { id: id("S3") },
      {
        ...signIns.S3,
        ...{ returnTo: "/", person: { ...personAnn, isGuess: true }, events: [] },
        failures: [failures.F7, failures.F3],
      },
    );
  });
});

/** Whom failures affect: once, in the app `oa`. */
const hit = (openid: string | null, lastSeenAt: number, failure: string) => ({
  ...{ appId: oa, appKey: "oa", openid, events: 1, lastSeenAt: iso(lastSeenAt), failureId: id(failure) },
});

describe("the list of failures", () => {
  it("has every failed call with its person, its number of attempts, its milliseconds and its rid, newest first", async () => {
    const { F1, F2, F3, F4, F5, F6, F7, F8, F9 } = failures;
    await expectAnswer(
      "failures.list",
      {},
      {
        items: [
          ...[by(F6, null), by(F5, null), by(F4, personBen), by(F2, personAnn), by(F7, null)],
          ...[by(F3, { ...personAnn, isGuess: true }), by(F8, null), by(F1, personAnn), by(F9, personAnn)],
        ],
        nextCursor: null,
      },
    );
  });

  it("has each group with its state, its first and last time and its events by day, the one that was seen last first", async () => {
    const group = (first: string, seenAt: number, appKey: "oa" | "web", about: object) => ({
      ...{ id: id(first), appId: { oa, web }[appKey], appKey, endpoint: "sns/userinfo" },
      ...{ state: "open", stateAt: null, stateBy: null, mutedUntil: null, isNew: true },
      ...{ firstSeenAt: iso(seenAt), lastSeenAt: iso(seenAt), events: 1, eventsBefore: null },
      ...{ peopleAffected: 1, peopleAffectedIsAtLeast: false, meaning: expect.any(Object) },
      bars: [...new Array(90).fill(0), 1],
      ...about,
    });
    const [invalid, limited] = [
      { errcode: "40001", name: "invalid_credential" },
      { errcode: "50002", name: "user_limited" },
    ];
    const exchange = { endpoint: "sns/oauth2/access_token", peopleAffectedIsAtLeast: true };
    const { data } = await operator.query<{ items: object[] }>("failures.groups", {});
    expect(data).toEqual({
      items: [
        group("F6", -5, "oa", {
          ...{
            ...invalid,
            endpoint: "cgi-bin/stable_token",
            peopleAffected: 0,
            peopleAffectedIsAtLeast: true,
          },
          meaning: {
            zh: "access_token 无效或已被新的取代",
            en: "The access token is invalid, or a newer one has replaced it",
          },
        }),
        group("F5", -12, "web", limited),
        group("F4", -15, "oa", limited),
        group("F2", -20, "web", invalid),
        group("F7", -24, "oa", { errcode: "987654", name: null, meaning: null }),
        group("F3", -25, "oa", { ...exchange, errcode: "40029", name: "invalid_code" }),
        group("F8", -40, "oa", { ...exchange, errcode: "TIMEOUT", name: "timeout" }),
        group("F9", -600, "oa", {
          ...{ ...invalid, events: 2, firstSeenAt: iso(-700), bars: [...new Array(90).fill(0), 2] },
        }),
      ],
      nextCursor: null,
      counts: { open: 8, acknowledged: 0, resolved: 0, regressed: 0, muted: 0 },
      bars: { from: new Date(Date.parse(iso(-720)) - 90 * 86_400_000).toJSON(), minutes: 1440 },
    });
    expect(await answerOf(viewer, "failures.groups", {})).toEqual(JSON.parse(JSON.stringify(data)));
  });
});

describe("the list of people whom failures affect", () => {
  it("has each person and each unknown browser with their events and the last of them, and no one for a global call", async () => {
    await expectAnswer(
      "failures.people",
      {},
      {
        items: [
          { ...hit(openids.annOa, -12, "F5"), appId: web, appKey: "web", person: null },
          { ...hit(openids.benOa, -15, "F4"), person: personBen },
          { ...hit(openids.annWeb, -20, "F2"), appId: web, appKey: "web", person: personAnn },
          { ...hit("oAPersonWithoutABinding00006", -24, "F7"), person: null },
          { ...hit(null, -25, "F3"), person: { ...personAnn, isGuess: true } },
          { ...hit(null, -40, "F8"), person: null },
          { ...hit(openids.annOa, -600, "F9"), events: 2, person: personAnn },
        ],
        nextCursor: null,
      },
    );
  });
});

/** WeChat's 40001: on a person's call the person signs in again; on a global one the settings are wrong. */
const invalidCredential = {
  code: "40001",
  name: "invalid_credential",
  meaning: {
    zh: "access_token 无效或已被新的取代",
    en: "The access token is invalid, or a newer one has replaced it",
  },
  link: "https://developers.weixin.qq.com/doc/offiaccount/Getting_Started/Global_Return_Code.html",
};
const onUserinfo = {
  ...invalidCredential,
  causes: {
    zh: ["token 已作废，或保存时被截断", "把全局 token 用在了用户接口上"],
    en: [
      "The token is no longer valid, or was cut off when it was stored",
      "The global token was used for a call that needs a person's token",
    ],
  },
  whoMustAct: "developer",
  steps: {
    zh: ["让用户重新登录即可", "如果反复出现，检查程序传的是不是用户 token"],
    en: [
      "Ask the person to sign in again",
      "If it keeps happening, check that the program sends the person's token",
    ],
  },
  retry: "restart",
};
const onStableToken = {
  ...invalidCredential,
  causes: {
    zh: ["AppSecret 不对（微信以前会这样返回）"],
    en: ["The AppSecret is wrong (WeChat formerly reported it so)"],
  },
  whoMustAct: "operator",
  steps: {
    zh: ["把设置里的 AppSecret 与微信后台的核对", "改好后重启服务"],
    en: [
      "Compare the AppSecret in the settings with the one in WeChat's console",
      "Correct it and restart the service",
    ],
  },
  retry: "never",
};

/** Of a failure from before its request and answer were kept. */
const nothingKept = { request: null, answer: null, callerIp: null };

describe("a failure's page", () => {
  it("has its sign-in with the whole timeline, and the remedy for the call that failed", async () => {
    await expectAnswer(
      "failures.get",
      { id: id("F2") },
      {
        ...{ ...failures.F2, ...nothingKept, person: personAnn, lookUp: null },
        ...{ explanation: onUserinfo, signIn: failedWithTimeline },
      },
    );
  });

  it("has the remedy for a global call, and no sign-in for one that belongs to none", async () => {
    await expectAnswer(
      "failures.get",
      { id: id("F6") },
      {
        ...{ ...failures.F6, ...nothingKept, person: null, lookUp: null },
        ...{ explanation: onStableToken, signIn: null },
      },
    );
    await expectAnswer(
      "failures.get",
      { id: id("F1") },
      {
        ...{ ...failures.F1, ...nothingKept, person: personAnn, lookUp: "not_recorded" },
        ...{ explanation: onUserinfo, signIn: null },
      },
    );
  });

  it("has its sign-in also where no openid was known yet", async () => {
    expect(await answerOf(operator, "failures.get", { id: id("F3") })).toMatchObject({
      ...failures.F3,
      explanation: { code: "40029", whoMustAct: "user", retry: "restart" },
      signIn: { ...signIns.S3, failures: [failures.F7, failures.F3] },
    });
  });

  it("has no explanation for an errcode that is unknown, and no link for one that WeChat does not document", async () => {
    expect(await answerOf(operator, "failures.get", { id: id("F7") })).toMatchObject({
      explanation: null,
      signIn: { id: id("S3") },
    });
    expect(await answerOf(operator, "failures.get", { id: id("F8") })).toMatchObject({
      explanation: { code: "TIMEOUT", retry: "backoff", link: null },
    });
  });
});

const userTokens = {
  ANN1: {
    ...{ bindingId: id("ANN1"), appId: oa, appKey: "oa", openid: openids.annOa, userId: id("ANN") },
    ...{ nickname: "Anna Web", scope: "snsapi_userinfo", state: "fresh", refusedErrcode: null },
    ...{ expiresAt: iso(100), refreshExpiresAt: iso(40_000), updatedAt: iso(-600), checkedAt: iso(-600) },
  },
  ANN2: {
    ...{ bindingId: id("ANN2"), appId: web, appKey: "web", openid: openids.annWeb, userId: id("ANN") },
    ...{ nickname: "Anna Web", scope: "snsapi_login", state: "refused", refusedErrcode: "42007" },
    ...{ expiresAt: iso(-1), refreshExpiresAt: iso(10_000), updatedAt: iso(-10), checkedAt: iso(-5) },
  },
  BEN1: {
    ...{ bindingId: id("BEN1"), appId: oa, appKey: "oa", openid: openids.benOa, userId: id("BEN") },
    ...{ nickname: "BENNO", scope: "snsapi_userinfo", state: "dead", refusedErrcode: "invalid" },
    ...{ expiresAt: iso(-100), refreshExpiresAt: null, updatedAt: iso(-400), checkedAt: iso(-400) },
  },
  BEN2: {
    ...{ bindingId: id("BEN2"), appId: web, appKey: "web", openid: openids.benWeb, userId: id("BEN") },
    ...{ nickname: "BENNO", scope: "snsapi_login", state: "refreshable", refusedErrcode: null },
    ...{ expiresAt: iso(-100), refreshExpiresAt: iso(1000), updatedAt: iso(-3000), checkedAt: iso(-2000) },
  },
  BEN3: {
    ...{ bindingId: id("BEN3"), appId: gone, appKey: null, openid: openids.benGone, userId: id("BEN") },
    ...{ nickname: "BENNO", scope: "snsapi_base", state: "dead", refusedErrcode: null },
    ...{ expiresAt: iso(-100), refreshExpiresAt: iso(-100), updatedAt: iso(-3400), checkedAt: iso(-3300) },
  },
};

describe("the list of people's tokens", () => {
  it("has the state of each, last updated first, and no token", async () => {
    const { ANN1, ANN2, BEN1, BEN2, BEN3 } = userTokens;
    await expectAnswer("tokens.listUsers", {}, { items: [ANN2, BEN1, ANN1, BEN2, BEN3], nextCursor: null });
  });

  it("has each by its binding as it is in the list", async () => {
    for (const [name, token] of Object.entries(userTokens)) {
      await expectAnswer("tokens.getUser", { bindingId: id(name) }, token);
    }
    const { status, error } = await viewer.query("tokens.getUser", { bindingId: id("DAN") });
    expect([status, error?.data.appCode]).toEqual([404, "not_found"]);
  });
});

const noFailure = {
  ...{ lastFailureAt: null, lastErrcode: null, failuresInRow: 0, retryAt: null },
  ...{ errmsg: null, refusedAddress: null, explanation: null, fetchingUntil: null, fetchingFor: null },
};
const seededTicket = {
  ...{ state: "fresh", source: "ticket/getticket", fingerprint: "ba9876543210", generation: 1 },
  ...{ fetchedAt: iso(-9), expiresAt: iso(99), requestedBy: null, fetchesToday: 0, dailyQuota: null },
  ...{ reportedInvalid: 0, forced: 0, ...noFailure },
};
const noToken = (source: string, dailyQuota: number | null) => ({
  ...{ state: "none", source, fingerprint: null, generation: 0, fetchedAt: null, expiresAt: null },
  ...{ requestedBy: null, fetchesToday: 0, dailyQuota, reportedInvalid: 0, forced: 0, ...noFailure },
});

describe("the list of apps' tokens", () => {
  it("has one row for each configured app, with the remedy for its last failure, and no ticket", async () => {
    await expectAnswer("tokens.listApps", undefined, {
      items: [
        {
          ...{ appId: oa, key: "oa", kind: "official_account", handedOutToday: [] },
          accessToken: {
            ...{ state: "failing", source: "stable_token", fingerprint: "0123456789ab", generation: 7 },
            ...{ fetchedAt: iso(-90), expiresAt: iso(30), requestedBy: { kind: "operator", name: "otto" } },
            ...{ lastFailureAt: iso(-3), lastErrcode: "40001", failuresInRow: 2, retryAt: iso(4) },
            ...{
              errmsg: null,
              refusedAddress: null,
              explanation: onStableToken,
              fetchingUntil: null,
              fetchingFor: null,
            },
            ...{ fetchesToday: 0, dailyQuota: 500_000, reportedInvalid: 0, forced: 0 },
          },
          jsapiTicket: seededTicket,
        },
        {
          ...{ appId: web, key: "web", kind: "website", handedOutToday: [] },
          ...{ accessToken: null, jsapiTicket: null },
        },
        {
          ...{ appId: clinic, key: "clinic", kind: "official_account", handedOutToday: [] },
          accessToken: noToken("stable_token", 500_000),
          jsapiTicket: noToken("ticket/getticket", null),
        },
      ],
    });
  });
});

describe("the list of apps", () => {
  it("has each app in the order of the settings, with its group, and no secret", async () => {
    await expectAnswer("apps.list", undefined, {
      items: [
        { appId: oa, key: "oa", kind: "official_account", profile: "ask", group: "demo" },
        { appId: web, key: "web", kind: "website", profile: "ask", group: "demo" },
        { appId: clinic, key: "clinic", kind: "official_account", profile: "none", group: null },
      ],
    });
  });
});

describe("a refresh of an app's token", () => {
  it("is answered with the row of that app, and is for Official Accounts that are configured", async () => {
    for (const appId of [web, gone]) {
      const refused = await operator.mutate("tokens.refreshApp", { appId, reason: "a try" });
      expect([refused.status, refused.error?.data.appCode]).toEqual([404, "not_found"]);
    }
    const { data } = await operator.mutate("tokens.refreshApp", { appId: clinic, reason: "a try" });
    const now = expect.stringMatching(/^2026-03-01T12:00:/);
    // WeChat answers the seconds that are left in whole ones: a busy machine sees 7199 as well.
    const inTwoHours = expect.stringMatching(/^2026-03-01T1(?:4:00|3:59):/);
    expect(data).toEqual({
      ...{ appId: clinic, key: "clinic", kind: "official_account", handedOutToday: [] },
      accessToken: {
        ...{ ...noToken("stable_token", 500_000), state: "fresh", generation: 1, fetchesToday: 1 },
        ...{ fingerprint: expect.stringMatching(/^[0-9a-f]{12}$/), fetchedAt: now, expiresAt: inTwoHours },
        requestedBy: { kind: "operator", name: "otto" },
      },
      jsapiTicket: noToken("ticket/getticket", null),
    });
  });
});

describe("an operator's own answer", () => {
  it("has the name and role of who asks, and is null without a session", async () => {
    const anId = expect.stringMatching(/^[0-9A-Z]{26}$/);
    const me = { id: anId, mustEnrol: false };
    expect(await answerOf(operator, "operator.me")).toEqual({ ...me, username: "otto", role: "operator" });
    expect(await answerOf(viewer, "operator.me")).toEqual({ ...me, username: "vera", role: "viewer" });
    const { data } = await system.browser().query("operator.me", undefined, "/admin/trpc");
    expect(data).toBeNull();
  });
});

describe("the notices of a process", () => {
  it("are shown with their time, each kind once, until they are no longer so", async () => {
    const { notices } = system.app.deps;
    expect(notices.add({ kind: "forwarded_for_ignored", since: minute(-7), ip: "203.0.113.77" })).toBe(true);
    expect(notices.add({ kind: "write_ahead_log_large", since: minute(-6) })).toBe(true);
    expect(notices.add({ kind: "forwarded_for_ignored", since: minute(-1), ip: "198.51.100.5" })).toBe(false);
    const ignored = { kind: "forwarded_for_ignored", since: iso(-7), ip: "203.0.113.77" };
    const large = { kind: "write_ahead_log_large", since: iso(-6) };
    await expectAnswer("system.notices", undefined, { items: [ignored, large] });
    notices.remove("forwarded_for_ignored");
    await expectAnswer("system.notices", undefined, { items: [large] });
    notices.remove("write_ahead_log_large");
    await expectAnswer("system.notices", undefined, { items: [] });
  });
});

describe("a person's own answers", () => {
  const browserOf = (secret: string) => {
    const browser = system.browser({ userAgent: userAgents.desktop });
    browser.cookies.set("wl_session", secret);
    return browser;
  };

  it("name the profile that was used last, and null is the answer for a blocked person and a stranger", async () => {
    const { data } = await browserOf(secrets.ann).query("session.get");
    expect(data).toEqual({
      userId: id("ANN"),
      nickname: "Anna Web",
      avatarUrl: "https://wx.qlogo.cn/anna/0",
    });
    expect((await browserOf(secrets.ben).query("session.get")).data).toBeNull();
    expect((await system.browser().query("session.get")).data).toBeNull();
  });

  it("list the person's own bindings, the first one first, without openids", async () => {
    const { data } = await browserOf(secrets.ann).query("bindings.list");
    expect(data).toEqual({
      items: [
        {
          ...{ id: id("ANN1"), appKey: "oa", kind: "official_account", nickname: "安娜Ａnna" },
          ...{ avatarUrl: "https://thirdwx.qlogo.cn/ann/132", boundAt: iso(-5000) },
          lastSignInAt: iso(-600),
        },
        {
          ...{ id: id("ANN2"), appKey: "web", kind: "website", nickname: "Anna Web" },
          ...{ avatarUrl: "https://wx.qlogo.cn/anna/0", boundAt: iso(-4900) },
          lastSignInAt: iso(-10),
        },
      ],
      nextCursor: null,
    });
  });

  it("are complete for a person without a nickname, whose app is not configured any more", async () => {
    const { deps } = system.app;
    const ben = { id: id("N5"), userId: id("BEN"), secretHash: "" };
    expect(await listOwnBindings(deps, ben)).toEqual([
      expect.objectContaining({ id: id("BEN1"), nickname: "BENNO", avatarUrl: null }),
      expect.objectContaining({ id: id("BEN2"), kind: "website" }),
      {
        ...{ id: id("BEN3"), appKey: "", kind: "official_account", nickname: null, avatarUrl: null },
        ...{ boundAt: minute(-3400), lastSignInAt: minute(-3400) },
      },
    ]);
    expect(await getAccount(deps, ben)).toEqual({ userId: id("BEN"), nickname: "BENNO", avatarUrl: null });
    expect(await getAccount(deps, { ...ben, userId: id("CAT") })).toEqual({
      ...{ userId: id("CAT"), nickname: "", avatarUrl: null },
    });
  });

  it("list the person's own live sessions, newest first, and mark the one that asks", async () => {
    const { data } = await browserOf(secrets.ann).query("session.list");
    expect(data).toEqual({
      items: [
        { ...sessions.N2, current: false },
        { ...sessions.N1, current: true },
      ],
      nextCursor: null,
    });
  });
});

describe("an id that names nothing", () => {
  it.each([
    ["people.get", "userId"],
    ["tokens.getUser", "bindingId"],
    ["conflicts.get", "id"],
    ["merges.get", "id"],
    ["failures.get", "id"],
    ["signIns.get", "id"],
  ])("is not found by %s", async (path, field) => {
    for (const console of [operator, viewer]) {
      const { status, error } = await console.query(path, { [field]: id("ZED") });
      expect([status, error?.data.appCode]).toEqual([404, "not_found"]);
    }
  });
});

describe("how long the console looks back", () => {
  it("is told in days", async () => {
    await expectAnswer("system.retention", undefined, { days: 190 });
  });
});
