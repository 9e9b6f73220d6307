import type {
  AccessToken,
  AffectedPerson,
  AppToken,
  Binding,
  Explanation,
  FailureDetail,
  FailureGroup,
  FailureRow,
  LoggedFailure,
  Person,
  PersonDetail,
  SignIn,
  SignInEvent,
  SignInRow,
  UserToken,
} from "../../src/api/types.js";
import { NOW } from "./console.js";
import type { Output } from "./stand-in-api.js";

type GroupList = Output<"failures.groups">;

// Rows as the api answers them. Every value is another one, so that two swapped columns show.

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

interface Span {
  days?: number;
  hours?: number;
  minutes?: number;
  ms?: number;
}

const lengthOf = ({ days = 0, hours = 0, minutes = 0, ms = 0 }: Span) =>
  days * DAY_MS + hours * HOUR_MS + minutes * MINUTE_MS + ms;

export const ago = (span: Span) => new Date(Date.parse(NOW) - lengthOf(span)).toISOString();
export const ahead = (span: Span) => new Date(Date.parse(NOW) + lengthOf(span)).toISOString();

export const MAIN = "wx00000000000000a1";
export const WEB = "wx00000000000000b2";
export const REMOVED = "wx00000000000000c3";

export function binding(fields: Partial<Binding> = {}): Binding {
  return {
    id: "01KBINDING0000000000000001",
    appId: MAIN,
    appKey: "main",
    kind: "official_account",
    openid: "oAliceInMain000000000000001",
    unionid: "uAlice0000000000000000001",
    scope: "snsapi_userinfo",
    nickname: "Alice",
    avatarUrl: "/admin/avatars/01KALICE?v=0a1b2c3d",
    createdAt: ago({ days: 9 }),
    lastSignInAt: ago({ hours: 3 }),
    ...fields,
  };
}

export function person(fields: Partial<Person> = {}): Person {
  return {
    userId: "01KALICE000000000000000001",
    status: "active",
    createdAt: ago({ days: 10 }),
    lastSignInAt: ago({ hours: 2 }),
    profile: { nickname: "Alice", avatarUrl: "/admin/avatars/01KALICE?v=0a1b2c3d" },
    bindings: [binding()],
    ...fields,
  };
}

export function personDetail(fields: Partial<PersonDetail> = {}): PersonDetail {
  return {
    ...person(),
    externalIds: [],
    sessions: [],
    signIns: [],
    failures: [],
    browserFailures: [],
    mergedFrom: null,
    merges: [],
    conflicts: [],
    ...fields,
  };
}

export function signInRow(fields: Partial<SignInRow> = {}): SignInRow {
  return {
    person: { userId: "01KALICE000000000000000001", nickname: "Alice", isGuess: false },
    id: "01KSIGNIN00000000000000001",
    appId: MAIN,
    appKey: "main",
    outcome: "signed_in",
    outcomeAt: ago({ minutes: 5, ms: -4200 }),
    createdAt: ago({ minutes: 5 }),
    openid: "oAliceInMain000000000000001",
    userId: "01KALICE000000000000000001",
    browserUserId: null,
    ip: "203.0.113.7",
    device: { client: "wechat", platform: "ios" },
    ...fields,
  };
}

export function failure(fields: Partial<FailureRow> = {}): FailureRow {
  return {
    id: "01KFAILURE0000000000000001",
    at: ago({ minutes: 20 }),
    appId: MAIN,
    appKey: "main",
    endpoint: "sns/oauth2/access_token",
    errcode: "40029",
    name: "invalid code",
    meaning: { en: "The code is not valid.", zh: "code 无效。" },
    errmsg: "invalid code, hints: [ req_id: aBc ]",
    rid: "6923a1f4-01234567-89abcdef",
    openid: "oAliceInMain000000000000001",
    attempt: 1,
    latencyMs: 87,
    signInId: "01KSIGNIN00000000000000001",
    ...fields,
  };
}

export function loggedFailure(fields: Partial<LoggedFailure> = {}): LoggedFailure {
  return {
    ...failure(),
    person: { userId: "01KALICE000000000000000001", nickname: "Alice", isGuess: false },
    ...fields,
  };
}

export function group(fields: Partial<FailureGroup> = {}): FailureGroup {
  return {
    id: "01KGROUP000000000000000001",
    appId: MAIN,
    appKey: "main",
    endpoint: "sns/oauth2/access_token",
    errcode: "40029",
    name: "invalid code",
    meaning: { en: "The code is not valid.", zh: "code 无效。" },
    events: 12345,
    peopleAffected: 1234,
    peopleAffectedIsAtLeast: false,
    firstSeenAt: ago({ days: 3 }),
    lastSeenAt: ago({ minutes: 20 }),
    ...{ state: "open", stateAt: null, stateBy: null, mutedUntil: null, isNew: false },
    ...{ eventsBefore: 12000, bars: [0, 12000, 300, 45] },
    ...fields,
  };
}

export function affectedPerson(fields: Partial<AffectedPerson> = {}): AffectedPerson {
  return {
    appId: MAIN,
    appKey: "main",
    openid: "oAliceInMain000000000000001",
    events: 3,
    lastSeenAt: ago({ minutes: 20 }),
    failureId: "01KFAILURE0000000000000001",
    person: { userId: "01KALICE000000000000000001", nickname: "Alice", isGuess: false },
    ...fields,
  };
}

/** A list of groups; the counts are those of the groups that are given, unless others are. */
export function groupList(items: FailureGroup[], fields: Partial<GroupList> = {}): GroupList {
  const counts = { open: 0, acknowledged: 0, resolved: 0, regressed: 0, muted: 0 };
  for (const { state } of items) counts[state]++;
  return { items, nextCursor: null, counts, bars: { from: ago({ days: 3 }), minutes: 1440 }, ...fields };
}

export function explanation(fields: Partial<Explanation> = {}): Explanation {
  return {
    code: "40029",
    name: "invalid code",
    meaning: { en: "The code is not valid.", zh: "code 无效。" },
    causes: { en: ["It was used.", "It is old."], zh: ["已被使用。", "已过期。"] },
    steps: { en: ["Sign in again.", "Look at the log."], zh: ["重新登录。", "查看日志。"] },
    whoMustAct: "user",
    retry: "restart",
    link: "https://developers.weixin.qq.com/doc/40029",
    ...fields,
  };
}

let events = 0;
export function event(kind: string, atMs: number, fields: Partial<SignInEvent> = {}): SignInEvent {
  events += 1;
  return {
    id: `01KEVENT${String(events).padStart(18, "0")}`,
    kind,
    at: ago({ minutes: 5, ms: -atMs }),
    durationMs: null,
    detail: null,
    ...fields,
  };
}

export function signIn(fields: Partial<SignIn> = {}): SignIn {
  return {
    ...signInRow(),
    returnTo: "/account",
    events: [event("started", 0), event("signed_in", 4200)],
    failures: [],
    ...fields,
  };
}

export function failureDetail(fields: Partial<FailureDetail> = {}): FailureDetail {
  return {
    ...{ ...loggedFailure(), explanation: explanation(), signIn: null },
    ...{ request: null, answer: null, callerIp: null, lookUp: null },
    ...fields,
  };
}

export function accessToken(fields: Partial<AccessToken> = {}): AccessToken {
  return {
    state: "fresh",
    source: "stable_token",
    fingerprint: "f1a9",
    generation: 7,
    fetchedAt: ago({ minutes: 30 }),
    expiresAt: ahead({ minutes: 90 }),
    requestedBy: { kind: "automatic", name: "" },
    fetchingUntil: null,
    fetchingFor: null,
    fetchesToday: 3,
    dailyQuota: 500_000,
    reportedInvalid: 0,
    forced: 0,
    lastFailureAt: null,
    lastErrcode: null,
    failuresInRow: 0,
    retryAt: null,
    errmsg: null,
    refusedAddress: null,
    explanation: null,
    ...fields,
  };
}

export function appToken(fields: Partial<AppToken> = {}): AppToken {
  return {
    appId: MAIN,
    key: "main",
    kind: "official_account",
    handedOutToday: [],
    accessToken: accessToken(),
    jsapiTicket: accessToken({ source: "ticket/getticket", dailyQuota: null, generation: 2 }),
    ...fields,
  };
}

export function userToken(fields: Partial<UserToken> = {}): UserToken {
  return {
    bindingId: "01KBINDING0000000000000001",
    userId: "01KALICE000000000000000001",
    appId: MAIN,
    appKey: "main",
    openid: "oAliceInMain000000000000001",
    nickname: "Alice",
    scope: "snsapi_userinfo",
    state: "fresh",
    expiresAt: ahead({ minutes: 40 }),
    refreshExpiresAt: ahead({ days: 29 }),
    updatedAt: ago({ minutes: 80 }),
    checkedAt: ago({ minutes: 50 }),
    refusedErrcode: null,
    ...fields,
  };
}
