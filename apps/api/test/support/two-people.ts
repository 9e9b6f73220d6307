import type { Database } from "../../src/db/database.js";
import type { Tables } from "../../src/db/schema.js";
import { foldNickname } from "../../src/domain/identity/identity.js";
import { hashSecret, newSecret } from "../../src/domain/key-ring.js";
import { userAgents } from "./browser.js";
import { seedGroups } from "./seed.js";

// Ann and Ben, each with accounts in two apps, and around them the rows that a wrong query would show: the other one's, those
// of another app with the same openid, expired ones, and those whose oldest and newest differ. Read them, do not change them.

export const noon = new Date("2026-03-01T12:00:00.000Z");
/** A moment so many minutes after noon, at which the clock of these tests starts. */
export const minute = (count: number) => new Date(noon.getTime() + count * 60_000);
/** The same moment as an answer has it. */
export const iso = (count: number) => minute(count).toJSON();

/** A well-formed id that can be read: `01M00000000000000000000ANN`. */
export const id = (name: string) => `01M0${name.padStart(22, "0")}`;
export const nameOf = (given: unknown) => String(given).slice(4).replace(/^0+/, "");

export const oa = "wx51a0b1c2d3e4f501";
export const web = "wx51a0b1c2d3e4f502";
export const clinic = "wx51a0b1c2d3e4f503";
/** An app that was configured once. */
export const gone = "wx51a0b1c2d3e4f599";

export const apps = [
  {
    key: "oa",
    kind: "official_account",
    appId: oa,
    appSecret: "5d0c1a7e0000000000000000000000a1",
    group: "demo",
  },
  { key: "web", kind: "website", appId: web, appSecret: "5d0c1a7e0000000000000000000000b2", group: "demo" },
  {
    ...{ key: "clinic", kind: "official_account", appId: clinic, profile: "none" },
    appSecret: "5d0c1a7e0000000000000000000000c3",
  },
];

export const openids = {
  annOa: "oAnnInTheOfficialAccount0001",
  annWeb: "oAnnOnTheWebsite000000000002",
  benOa: "oBenInTheOfficialAccount0003",
  benWeb: "oBenOnTheWebsite000000000004",
  benGone: "oBenInAnAppThatIsGone0000005",
};
export const unionids = {
  ann: "uAnn000000000000000000000001",
  ben: "uBen000000000000000000000002",
  cat: "uCat000000000000000000000003",
};

export const secrets = { ann: newSecret(), ben: newSecret() };

type Row<Name extends keyof Tables> = Tables[Name]["$inferInsert"];

const users: Row<"users">[] = [
  { id: id("ANN"), status: "active", createdAt: minute(-5000), lastSignInAt: minute(-10) },
  { id: id("BEN"), status: "blocked", createdAt: minute(-4000), lastSignInAt: minute(-30) },
  { id: id("CAT"), status: "active", createdAt: minute(-3000), lastSignInAt: null },
];

const binding = (name: string, userId: string, row: Partial<Row<"bindings">>) => ({
  ...{ id: id(name), userId: id(userId), nickname: null, unionid: null, avatarUrl: null },
  ...{ nicknameFolded: row.nickname ? foldNickname(row.nickname) : null, profileAt: minute(-1) },
  ...(row as Pick<Row<"bindings">, "appId" | "openid" | "scope" | "createdAt" | "lastSignInAt">),
  ...row,
});

const bindings: Row<"bindings">[] = [
  // Ann used the account that she bound last, Ben the one that he bound first.
  binding("ANN1", "ANN", {
    ...{ appId: oa, openid: openids.annOa, unionid: unionids.ann, scope: "snsapi_base,snsapi_userinfo" },
    ...{ nickname: "安娜Ａnna", avatarUrl: "https://thirdwx.qlogo.cn/ann/132" },
    ...{ createdAt: minute(-5000), lastSignInAt: minute(-600) },
  }),
  binding("ANN2", "ANN", {
    ...{ appId: web, openid: openids.annWeb, unionid: unionids.ann, scope: "snsapi_login" },
    ...{ nickname: "Anna Web", avatarUrl: "https://wx.qlogo.cn/anna/0" },
    ...{ createdAt: minute(-4900), lastSignInAt: minute(-10) },
  }),
  binding("BEN1", "BEN", {
    ...{ appId: oa, openid: openids.benOa, scope: "snsapi_userinfo" },
    ...{ nickname: "BENNO", avatarUrl: "http://thirdwx.qlogo.cn/ben/132" },
    ...{ createdAt: minute(-4000), lastSignInAt: minute(-30) },
  }),
  binding("BEN2", "BEN", {
    ...{ appId: web, openid: openids.benWeb, unionid: unionids.ben, scope: "snsapi_login" },
    ...{ nickname: "Ben of Old", avatarUrl: "https://wx.qlogo.cn/ben/0" },
    ...{ createdAt: minute(-3500), lastSignInAt: minute(-3000) },
  }),
  binding("BEN3", "BEN", {
    ...{ appId: gone, openid: openids.benGone, scope: "snsapi_base" },
    ...{ createdAt: minute(-3400), lastSignInAt: minute(-3400) },
  }),
];

const conflict = (name: string, userId: string, otherUserId: string, unionid: string, at: number) => ({
  ...{ id: id(name), group: "demo", unionid, userId: id(userId), otherUserId: id(otherUserId) },
  createdAt: minute(at),
});

const identityConflicts: Row<"identityConflicts">[] = [
  conflict("C1", "ANN", "BEN", unionids.ben, -100),
  conflict("C2", "BEN", "ANN", unionids.ann, -50),
  conflict("C3", "BEN", "CAT", unionids.cat, -20),
];

const externalUser = (clientId: string, externalId: string, userId: string): Row<"externalUsers"> => ({
  ...{ clientId, externalId, userId: id(userId), createdAt: minute(-100) },
});

const externalUsers: Row<"externalUsers">[] = [
  externalUser("crm", "4711", "BEN"),
  externalUser("crm", "ann@crm", "ANN"),
  externalUser("shop", "4711", "ANN"),
  externalUser("shop", "4712", "BEN"),
];

const signIn = (name: string, at: number, row: Partial<Row<"signIns">>): Row<"signIns"> => ({
  ...{ id: id(name), purpose: "sign_in", appId: oa, returnTo: "/", browserHash: `browser-of-${name}` },
  ...{ ip: null, userAgent: null, createdAt: minute(at), expiresAt: minute(at + 10) },
  ...{ outcome: null, outcomeAt: row.outcome ? minute(at + 1) : null },
  ...{ openid: null, userId: null, browserUserId: null },
  ...row,
});

const signIns: Row<"signIns">[] = [
  signIn("S1", -10, {
    ...{ userId: id("ANN"), openid: openids.annOa, browserUserId: id("ANN"), outcome: "signed_in" },
    ...{ ip: "203.0.113.77", userAgent: userAgents.wechatAndroid, returnTo: "/orders/7?token=t0k3n#s3cr3t" },
  }),
  signIn("S2", -20, {
    ...{ appId: web, openid: openids.annWeb, outcome: "failed", returnTo: "https://shop.example.com/a#b?c" },
    ...{ ip: "2001:db8:1:2::7", userAgent: userAgents.desktop },
  }),
  // Begun in Ann's browser; who came back is not known.
  signIn("S3", -25, { browserUserId: id("ANN"), outcome: "failed", userAgent: userAgents.wechatIos }),
  signIn("S4", -1, { appId: clinic }),
  signIn("S5", -30, { appId: web, userId: id("BEN"), openid: openids.benWeb, outcome: "signed_in" }),
  // Another person, who has in the website app the openid that Ann has in the Official Account.
  signIn("S6", -12, { appId: web, openid: openids.annOa, outcome: "snapshot" }),
  // Ben, in Ann's browser.
  signIn("S7", -15, { openid: openids.benOa, browserUserId: id("ANN"), outcome: "blocked" }),
  signIn("S8", -40, { outcome: "refused" }),
  signIn("S9", -41, { outcome: "expired", userId: id("CAT"), openid: openids.annOa }),
  signIn("S10", -42, { outcome: "abandoned", appId: gone }),
];

const event = (
  name: string,
  signInName: string,
  at: number,
  kind: string,
  row: Partial<Row<"signInEvents">> = {},
) => ({
  ...{ id: id(name), signInId: id(signInName), at: minute(at), kind, durationMs: null, detail: null },
  ...row,
});

const signInEvents: Row<"signInEvents">[] = [
  event("E1", "S2", -20, "started", { detail: "snsapi_login" }),
  event("E2", "S1", -10, "started", { detail: "snsapi_base" }),
  event("E3", "S2", -19.5, "callback"),
  event("E4", "S2", -19.5, "exchanged", { durationMs: 120, detail: "snsapi_login" }),
  event("E5", "S2", -19, "userinfo_failed", { durationMs: 345, detail: "40001" }),
  event("E6", "S1", -9, "signed_in"),
];

const failure = (name: string, at: number, row: Partial<Row<"apiFailures">>): Row<"apiFailures"> => ({
  ...{ id: id(name), at: minute(at), appId: oa, endpoint: "sns/userinfo", errcode: "40001" },
  ...{ errmsg: `said of ${name}`, rid: null, openid: null, attempt: 1, latencyMs: 12, signInId: null },
  ...{ request: null, answer: null },
  ...row,
});

export const rid = "637ec754-5b28c0ef-058e9cba";

const apiFailures: Row<"apiFailures">[] = [
  failure("F1", -600, { openid: openids.annOa, rid, attempt: 2, latencyMs: 4321 }),
  failure("F2", -20, { appId: web, openid: openids.annWeb, signInId: id("S2"), latencyMs: 345 }),
  failure("F3", -25, { endpoint: "sns/oauth2/access_token", errcode: "40029", signInId: id("S3") }),
  failure("F4", -15, { errcode: "50002", openid: openids.benOa, signInId: id("S7") }),
  failure("F5", -12, { appId: web, errcode: "50002", openid: openids.annOa, signInId: id("S6") }),
  failure("F6", -5, { endpoint: "cgi-bin/stable_token", attempt: 2 }),
  failure("F7", -24, { errcode: "987654", openid: "oAPersonWithoutABinding00006", signInId: id("S3") }),
  failure("F9", -700, { openid: openids.annOa }),
  failure("F8", -40, { endpoint: "sns/oauth2/access_token", errcode: "TIMEOUT", signInId: id("S8") }),
];

const session = (name: string, userId: string, row: Partial<Row<"sessions">>): Row<"sessions"> => ({
  ...{ id: id(name), userId: id(userId), secretHash: `hash-of-${name}`, signInId: id("S1") },
  // Seen in the future, so that no request of a test writes a later moment.
  ...{ createdAt: minute(-10), lastSeenAt: minute(60), expiresAt: minute(1000), ip: null, userAgent: null },
  ...row,
});

const sessions: Row<"sessions">[] = [
  session("N1", "ANN", {
    ...{ secretHash: hashSecret(secrets.ann), createdAt: minute(-300), lastSeenAt: minute(61) },
    ...{ ip: "203.0.113.77", userAgent: userAgents.wechatAndroid },
  }),
  session("N2", "ANN", { ip: "2001:db8:1:2::7", userAgent: userAgents.desktop, expiresAt: minute(2000) }),
  session("N3", "ANN", { expiresAt: minute(0) }),
  session("N4", "ANN", { lastSeenAt: minute(-14 * 1440) }),
  session("N5", "BEN", { secretHash: hashSecret(secrets.ben), ip: "198.51.100.5" }),
];

const userToken = (name: string, at: number, row: Partial<Row<"userTokens">>): Row<"userTokens"> => ({
  ...{ bindingId: id(name), appId: bindings.find((one) => one.id === id(name))?.appId ?? "" },
  ...{ accessToken: `sealed-access-${name}`, refreshToken: `sealed-refresh-${name}` },
  ...{ scope: "snsapi_userinfo", scopeRank: 2, updatedAt: minute(at), checkedAt: null, refusedErrcode: null },
  ...{ expiresAt: minute(-100), refreshExpiresAt: minute(-100) },
  ...row,
});

const userTokens: Row<"userTokens">[] = [
  userToken("ANN1", -600, { expiresAt: minute(100), refreshExpiresAt: minute(40_000) }),
  userToken("ANN2", -10, {
    ...{ scope: "snsapi_login", expiresAt: minute(-1), refreshExpiresAt: minute(10_000) },
    ...{ checkedAt: minute(-5), refusedErrcode: "42007" },
  }),
  // Without a refresh token; WeChat refused it before it expired.
  userToken("BEN1", -400, { scopeRank: 0, refreshExpiresAt: minute(-400), refusedErrcode: "invalid" }),
  userToken("BEN2", -3000, {
    scope: "snsapi_login",
    refreshExpiresAt: minute(1000),
    checkedAt: minute(-2000),
  }),
  userToken("BEN3", -3400, { scope: "snsapi_base", scopeRank: 1, checkedAt: minute(-3300) }),
];

const appToken = (
  kind: "access_token" | "jsapi_ticket",
  row: Partial<Row<"appTokens">>,
): Row<"appTokens"> => ({
  ...{ appId: oa, kind, token: "sealed-app-token", source: "stable_token", generation: 1, failuresInRow: 0 },
  ...row,
});

const appTokens: Row<"appTokens">[] = [
  appToken("access_token", {
    ...{ fingerprint: "0123456789ab", generation: 7, requestedBy: "otto" },
    ...{ fetchedAt: minute(-90), expiresAt: minute(30), refreshAt: minute(25) },
    ...{ lastFailureAt: minute(-3), lastErrcode: "40001", failuresInRow: 2, retryAt: minute(4) },
  }),
  appToken("jsapi_ticket", { fingerprint: "ba9876543210", fetchedAt: minute(-9), expiresAt: minute(99) }),
];

const rows = {
  ...{
    users,
    externalUsers,
    bindings,
    identityConflicts,
    signIns,
    signInEvents,
    apiFailures,
    sessions,
    userTokens,
    appTokens,
  },
};

/** Writes them all, the last one first, so that no list is in order by chance. */
export async function seedTwoPeople(db: Database): Promise<void> {
  for (const [table, values] of Object.entries(rows)) {
    await db.consoleQuery<unknown>((orm, t) =>
      orm
        .insert(t[table as keyof typeof rows] as Tables["users"])
        .values([...values].reverse() as Row<"users">[])
        .returning(),
    );
  }
  await seedGroups(db, apiFailures);
}
