import type {
  AlertChannel,
  AlertIncident,
  AuditEntry,
  ConflictUser,
  Delivery,
  Finding,
  HostDetail,
  Merge,
  MergeRow,
  OperatorRow,
  Overview,
  PersonDetail,
  SecondFactors,
} from "../../src/api/types.js";
import { NOW } from "./console.js";
import {
  affectedPerson,
  ago,
  ahead,
  appToken,
  binding,
  event,
  explanation,
  failure,
  failureDetail,
  group,
  groupList,
  loggedFailure,
  MAIN,
  person,
  personDetail,
  signIn,
  signInRow,
  userToken,
  WEB,
} from "./seeds.js";
import type { Answers } from "./stand-in-api.js";

// One answer for every question of the console, for tests that walk over all of its pages. Each list has a row of every kind
// that has something of its own to show.

const list = <Row>(...items: Row[]) => ({ items, nextCursor: null });

const userId = "01KALICE000000000000000001";
const twinId = "01KTWIN0000000000000000002";
const groupKey = `${MAIN}~sns/oauth2/access_token~40029`;

const second = binding({ id: "01KBINDING0000000000000002", appId: WEB, appKey: "web", kind: "website" });
const alice: PersonDetail = personDetail({
  bindings: [binding(), second],
  sessions: [
    {
      ...{ id: "01KSESSION0000000000000001", createdAt: ago({ days: 1 }), lastSeenAt: ago({ minutes: 7 }) },
      ...{ expiresAt: ahead({ days: 6 }), ip: "203.0.113.7" },
      device: { client: "wechat", platform: "android" },
    },
  ],
  externalIds: [{ clientId: "crm", externalId: "a-1" }],
  signIns: [signInRow({ outcome: "failed", browserUserId: userId })],
  failures: [failure()],
  browserFailures: [failure({ id: "01KFAILURE0000000000000003", errcode: "40163" })],
  conflicts: [
    {
      ...{ id: "01KCONFLICT000000000000001", unionid: "uAlice0000000000000000001" },
      ...{ otherUserId: twinId, createdAt: ago({ days: 8 }) },
    },
  ],
  merges: [
    { id: "01KMERGE000000000000000001", fromUserId: twinId, createdAt: ago({ days: 2 }), canUndo: true },
  ],
  mergedFrom: "01KOLD00000000000000000001",
});
const sideOf = (fields: Parameters<typeof person>[0]): ConflictUser => ({
  ...{ ...person(fields), sessions: 2, signIns: 31 },
  externalIds: [{ clientId: "crm", externalId: "a-1" }],
});
const sides = [sideOf({}), sideOf({ userId: twinId, bindings: [second] })];

const noCalls = { signIns: {}, calls: 0, failedCalls: 0 };
const overview: Overview = {
  ...{ from: ago({ hours: 2 }), to: NOW, barMinutes: 60 },
  bars: [
    { at: ago({ hours: 2 }), ...noCalls },
    { at: ago({ hours: 1 }), ...noCalls, signIns: { signed_in: 8, failed: 2 } },
  ],
  totals: { signIns: { signed_in: 8, failed: 2 }, calls: 40, failedCalls: 4 },
  before: { signIns: { signed_in: 5 }, calls: 30, failedCalls: 0 },
  newPeople: { count: 3, more: false },
  affected: { count: 2, more: true },
};

const conflictRow = {
  ...{ id: "01KCONFLICT000000000000001", group: "shop", unionid: "uAlice0000000000000000001" },
  ...{ createdAt: ago({ hours: 6 }), resolvedAt: null, resolution: null },
  ...{ user: { userId: twinId, nickname: "Alice L." }, otherUser: { userId, nickname: "Alice" } },
};
const mergeRow: MergeRow = {
  ...{ id: "01KMERGE000000000000000001", conflictId: conflictRow.id, fromUserId: twinId, intoUserId: userId },
  ...{ operator: "night-shift", createdAt: ago({ days: 2 }), undoneAt: null, undoneBy: null },
  ...{ undoableUntil: ahead({ days: 28 }), survivor: { userId, nickname: "Alice" } },
};
const merge: Merge = {
  ...{ ...mergeRow, undoRefusal: null, reason: "one person, two phones" },
  moved: { bindings: 1, sessions: 1, externalIds: 0, signIns: 4 },
};

const operators: OperatorRow[] = [
  {
    ...{ id: "01KOWNER000000000000000000", username: "the-owner", role: "owner", status: "active" },
    ...{ createdAt: ago({ days: 90 }), sessions: 1, factors: 1, lastSeenAt: ago({ minutes: 2 }) },
  },
  {
    ...{ id: "01KNINA0000000000000000000", username: "nina", role: "operator", status: "active" },
    ...{ createdAt: ago({ days: 12 }), sessions: 2, factors: 2, lastSeenAt: ago({ hours: 3 }) },
  },
];
export const disabledOperator: OperatorRow = {
  ...{ id: "01KNINA0000000000000000000", username: "nina", role: "operator", status: "disabled" },
  ...{ createdAt: ago({ days: 12 }), sessions: 0, factors: 0, lastSeenAt: null },
};
const auditEntry: AuditEntry = {
  ...{ id: "01KENTRY000000000000000001", at: ago({ minutes: 4 }), event: "people.block", result: "ok" },
  actor: { kind: "host", id: "shop", keyId: "01KKEY00000000000000000001", name: "The shop" },
  ...{ target: userId, targetName: null, person: { userId, nickname: "Alice" }, errcode: null },
  ...{ ip: "203.0.113.7", reason: "sells fakes", detail: null, sealNumber: 41 },
};

const channel: AlertChannel = {
  ...{ id: "01KCHAN000000000000000001", kind: "feishu", name: "On call", host: "open.feishu.cn" },
  ...{ isSigned: true, language: "zh", timeZone: "Asia/Shanghai", quiet: { from: 1320, to: 425 } },
  ...{ createdAt: ago({ days: 30 }), disabledAt: null, lastSentAt: ago({ minutes: 3 }) },
  ...{ failingSince: null, lastError: null, retryAt: null },
};
const disabledChannel: AlertChannel = {
  ...{ ...channel, id: "01KCHAN000000000000000002", kind: "slack", name: "Nights", isSigned: false },
  ...{ host: "hooks.slack.com", disabledAt: ago({ days: 1 }) },
};
const incident: AlertIncident = {
  ...{ id: "01KINC0000000000000000001", kind: "group_new", subject: "01KGROUP", appId: MAIN, appKey: "main" },
  ...{ endpoint: "sns/oauth2/access_token", errcode: "40029", name: "invalid_code", people: 12, events: 345 },
  ...{ percent: null, isCritical: true, openedAt: ago({ hours: 5 }), recoveredAt: null },
};

const finding: Finding = {
  ...{ check: "allow_list", outcome: "allow_list.refused", state: "problem", actor: "operator" },
  text: { en: "WeChat refuses 203.0.113.7.", zh: "微信拒绝 203.0.113.7。" },
  remedy: { en: "Add it to the allow-list.", zh: "把它加入白名单。" },
  values: { ip: "203.0.113.7" },
};

const hook = {
  ...{ id: "01KHK10000000000000000001", url: "https://shop.example/hooks", types: [], enabled: true },
  ...{ createdAt: ago({ days: 10 }), failingSince: null, disabledAt: null, disabledReason: null },
};
const host: HostDetail = {
  ...{ id: "shop", name: "The shop", origins: ["https://shop.example"], redirectPaths: ["/wechat/return"] },
  ...{ createdAt: ago({ days: 30 }), disabledAt: null },
  keys: [
    {
      ...{ id: "01KKEY0000000000000000001", hint: "aZ9_", scopes: ["tickets"], cidrs: ["203.0.113.0/24"] },
      ...{ createdAt: ago({ days: 20 }), lastUsedAt: ago({ minutes: 3 }), revokedAt: null },
    },
  ],
  webhooks: [
    hook,
    {
      ...{ ...hook, id: "01KHK20000000000000000002", url: "https://old.example/", enabled: false },
      ...{ failingSince: ago({ days: 4 }), disabledAt: ago({ days: 1 }), disabledReason: "failing" },
    },
  ],
};
export const disabledHost: HostDetail = { ...host, disabledAt: ago({ hours: 1 }) };
const delivery: Delivery = {
  ...{ id: "01KSENT000000000000000001", eventId: "evt_1", type: "user.created", state: "failed" },
  ...{ attempts: 8, createdAt: ago({ days: 2 }), nextAttemptAt: null, lastAttemptAt: ago({ hours: 5 }) },
  ...{ status: 500, error: "refused", durationMs: 120 },
};
const factors: SecondFactors = {
  ...{ isRequired: true, recoveryCodes: 9 },
  factors: [
    {
      ...{ id: "01KPHONE", kind: "totp", name: "phone" },
      ...{ createdAt: ago({ days: 2 }), lastUsedAt: ago({ hours: 1 }) },
    },
  ],
};

export const everyAnswer: Answers = {
  "system.notices": {
    items: [{ kind: "forwarded_for_ignored", since: ago({ hours: 2 }), ip: "203.0.113.9" }],
  },
  "conflicts.countOpen": { count: 3, isMore: false },
  "overview.get": overview,
  "overview.checklist": {
    items: [
      { id: "https", done: true },
      { id: "first_sign_in", done: false },
    ],
  } as never,
  "people.list": list(person(), person({ userId: twinId, status: "blocked" })),
  "people.get": alice,
  "people.previewMerge": ({ otherUserId }) => ({
    users: otherUserId === undefined ? sides.slice(0, 1) : sides,
    refusal: null,
  }),
  "people.mergeCandidates": { ...list(person({ userId: twinId })), more: true },
  "tokens.listApps": {
    items: [
      appToken(),
      appToken({ appId: WEB, key: "web", kind: "website", accessToken: null, jsapiTicket: null }),
    ],
  },
  "tokens.listUsers": list(userToken()),
  "tokens.getUser": userToken(),
  "tokens.listFetches": list(
    ...(["40164", null] as const).map((errcode) => ({
      ...{ id: `01KFETCH${errcode}`, at: ago({ minutes: 30 }), source: "stable_token", latencyMs: 87 },
      ...{ requestedBy: { kind: "automatic" as const, name: "" }, generation: 7 },
      ...{ errcode, name: null, meaning: null },
    })),
  ),
  "failures.groups": ({ errcode }) =>
    errcode === "48001"
      ? groupList([], { explanation: explanation({ code: errcode }) } as never)
      : groupList([group(), group({ errcode: "40163", state: "regressed", isNew: true })]),
  "failures.list": list(loggedFailure()),
  "failures.people": list(affectedPerson(), affectedPerson({ person: null, failureId: "01KF2" })),
  "failures.get": failureDetail({ lookUp: "possible", callerIp: "203.0.113.7", signIn: signIn() }),
  "signIns.list": list(signInRow()),
  "signIns.get": signIn({
    failures: [failure({ at: ago({ minutes: 4 }) })],
    events: [event("started", 0), event("exchanged", 900, { detail: "snsapi_base" })],
  }),
  "conflicts.list": ({ state }) =>
    list({
      ...conflictRow,
      ...(state === "resolved" && { resolvedAt: ago({ hours: 1 }), resolution: "kept_apart" as const }),
    }),
  "conflicts.get": { ...conflictRow, users: sides },
  "merges.list": list(mergeRow),
  "merges.get": merge,
  "operators.list": list(...operators),
  "operators.factorPolicy": { isRequired: false },
  "audit.list": list(auditEntry),
  "apps.diagnosis": {
    at: ago({ minutes: 1 }),
    site: [{ ...finding, outcome: "codes.twice", state: "warning", remedy: null }],
    apps: [{ appId: MAIN, key: "main", kind: "official_account", findings: [finding] }],
  },
  "alerts.channels": { items: [channel, disabledChannel] },
  "alerts.incidents": list(incident),
  "hosts.list": {
    items: [
      {
        ...{ id: "shop", name: "The shop", origins: host.origins, redirectPaths: host.redirectPaths },
        ...{ createdAt: host.createdAt, disabledAt: null, keys: 1, lastUsedAt: ago({ minutes: 3 }) },
        ...{ webhooks: 2, disabledWebhooks: 1 },
      },
    ],
  },
  "hosts.get": host,
  "hosts.deliveries": list(delivery),
  "search.find": ({ text }) =>
    text === "40029"
      ? {
          ...{ kind: "several", q: text },
          choices: [
            { kind: "sign_in", id: "01KS", at: ago({ hours: 1 }), outcome: "failed", appKey: "main" },
            { kind: "person", userId, nickname: "Alice" },
          ],
        }
      : {
          ...{ kind: "request", number: text, id: text.slice(0, 26), at: ago({ hours: 2 }) },
          page: "expired",
        },
  "secondFactor.get": factors,
};

/** What the api answers where there is nothing yet. */
export const emptyAnswers: Answers = {
  ...everyAnswer,
  "system.notices": { items: [] },
  "overview.get": { ...overview, totals: noCalls, before: noCalls, bars: [] },
  "failures.groups": groupList([]),
  ...Object.fromEntries(
    [
      ...["people.list", "tokens.listUsers", "tokens.listFetches", "failures.list", "failures.people"],
      ...[
        "signIns.list",
        "conflicts.list",
        "merges.list",
        "operators.list",
        "audit.list",
        "alerts.incidents",
      ],
      ...["hosts.deliveries", "people.mergeCandidates"],
    ].map((procedure) => [procedure, list()]),
  ),
  "people.get": personDetail({ sessions: [], bindings: [], signIns: [], failures: [] }),
  "tokens.listApps": { items: [] },
  "alerts.channels": { items: [] },
  "hosts.list": { items: [] },
  "hosts.get": { ...host, keys: [], webhooks: [] },
  "secondFactor.get": { isRequired: false, recoveryCodes: 0, factors: [] },
};

const choice = `range=30d&appId=${MAIN}`;

/** Every address of the console, also with what can be open beside a list, and with filters that links are to keep. */
export const everyPage = [
  `/overview?${choice}`,
  "/people?status=active",
  `/people?status=active&open=${userId}`,
  `/people/merge?user=${userId}&q=Alice`,
  `/people/merge?user=${userId}&other=${twinId}`,
  "/tokens?state=fresh",
  `/tokens?state=fresh&app=${MAIN}`,
  "/tokens?state=fresh&open=01KBINDING0000000000000001",
  `/errors?${choice}`,
  "/errors?errcode=48001",
  `/errors?${choice}&view=people`,
  `/errors?${choice}&view=log`,
  `/errors?${choice}&view=log&open=01KFAILURE0000000000000001`,
  `/errors?${choice}&group=${groupKey}`,
  `/sign-ins?range=custom&from=2026-02-01T00:00:00.000Z&appId=${MAIN}`,
  "/sign-ins/01KSIGNIN00000000000000001",
  "/conflicts",
  "/conflicts?view=resolved",
  "/conflicts?view=merges&open=01KMERGE000000000000000001",
  "/conflicts/01KCONFLICT000000000000001",
  "/operators",
  "/operators?open=01KNINA0000000000000000000",
  "/audit?result=ok&range=30d",
  "/audit?result=ok&range=30d&open=01KENTRY000000000000000001",
  "/apps",
  "/alerts",
  "/hosts",
  "/hosts/shop",
  "/hosts/shop?webhook=01KHK10000000000000000001",
  "/requests/01KREQUEST0000000000000001-C",
  "/search?q=40029",
  "/security",
  "/nowhere",
] as const;

/** The addresses of all that may be empty. */
export const emptyPages = [
  "/overview",
  "/people",
  `/people?open=${userId}`,
  `/people/merge?user=${userId}&q=Alice`,
  "/tokens",
  "/errors",
  "/errors?view=people",
  "/errors?view=log",
  `/errors?group=${groupKey}`,
  "/sign-ins",
  "/conflicts",
  "/conflicts?view=resolved",
  "/conflicts?view=merges",
  "/operators",
  "/operators?open=01KNINA0000000000000000000",
  "/audit?range=all",
  "/audit?range=all&open=01KENTRY000000000000000001",
  "/alerts",
  "/hosts",
  "/hosts/shop",
  "/hosts/shop?webhook=01KHK10000000000000000001",
  "/security",
] as const;
