import type { AuditEntry, ConflictUser, Merge } from "../../src/api/types.js";
import { disabledHost, everyAnswer } from "./every-page.js";
import {
  accessToken,
  ago,
  ahead,
  appToken,
  binding,
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
  WEB,
} from "./seeds.js";
import { type Answers, type Output, Refusal } from "./stand-in-api.js";

// The states of pages that the tests of each page leave out: something is absent, ended, refused or unknown.

export interface Case {
  path: string;
  answers: Answers;
  /** Buttons and menu items that are pressed, one after the other. */
  press?: string[];
}

const list = <Row>(...items: Row[]) => ({ items, nextCursor: null });
const userId = "01KALICE000000000000000001";
const twinId = "01KTWIN0000000000000000002";
const drawer = `/people?open=${userId}`;
const failureId = "01KFAILURE0000000000000001";

const none = accessToken({
  ...{ state: "none", expiresAt: null, fetchedAt: null, requestedBy: null, fingerprint: null },
  ...{ generation: 0, fetchesToday: 0 },
});
const lean: ConflictUser = {
  ...{ ...person({ bindings: [] }), sessions: 0, signIns: 0, externalIds: [] },
};
const rich: ConflictUser = {
  ...person({
    ...{ userId: twinId, status: "active", profile: { nickname: null, avatarUrl: null } },
    bindings: [
      binding({ unionid: null, nickname: null }),
      binding({ id: "01KB2", appId: WEB, appKey: null, unionid: "uOther" }),
      binding({ id: "01KB3", unionid: "uOther" }),
    ],
  }),
  ...{ sessions: 2, signIns: 31 },
  externalIds: ["crm", "shop"].map((clientId) => ({ clientId, externalId: `${clientId}-1` })),
};
const conflict = {
  ...{ id: "01KCONFLICT000000000000001", group: "shop", unionid: "uAlice0000000000000000001" },
  ...{ createdAt: ago({ hours: 6 }), resolvedAt: null, resolution: null },
};
const merge: Merge = {
  ...{ id: "01KMERGE000000000000000001", conflictId: null, fromUserId: twinId, intoUserId: userId },
  ...{ operator: null, reason: null, createdAt: ago({ days: 2 }), undoableUntil: ahead({ days: 28 }) },
  ...{ undoneAt: ago({ hours: 1 }), undoneBy: null, survivor: null, undoRefusal: "already_undone" },
  moved: { bindings: 0, sessions: 0, externalIds: 0, signIns: 0 },
};
const entry = (fields: Partial<AuditEntry>): AuditEntry => ({
  ...{ id: "01KENTRY000000000000000001", at: ago({ minutes: 4 }), event: "token.refresh_app" },
  ...{ result: "refused", actor: null, target: MAIN, targetName: null, person: null, errcode: "40164" },
  ...{ ip: null, reason: null, detail: null, sealNumber: 41 },
  ...fields,
});
const [hook, failingHook] = disabledHost.webhooks;

export const otherStates: Record<string, Case> = {
  "a person without WeChat accounts and sessions": {
    path: drawer,
    answers: { "people.get": personDetail({ bindings: [], lastSignInAt: null }) },
  },
  "the erasing of a person without a name": {
    path: drawer,
    answers: { "people.get": personDetail({ profile: { nickname: null, avatarUrl: null } }) },
    press: ["Erase"],
  },
  "a merge with a person who does not exist": {
    path: `/people/merge?user=${userId}&other=01KNONE`,
    answers: { "people.previewMerge": { users: [lean], refusal: "not_found" } },
  },
  "a merge without a person": { path: "/people/merge", answers: {} },
  "what a merge of many accounts moves": {
    path: `/people/merge?user=${userId}&other=${twinId}`,
    answers: { "people.previewMerge": { users: [lean, rich], refusal: null } },
    press: ["Keep this one: Alice"],
  },
  "a merge of one who has nothing": {
    path: `/people/merge?user=${userId}&other=${twinId}`,
    answers: { "people.previewMerge": { users: [lean, rich], refusal: null } },
    press: ["Keep this one: Person 00000002"],
  },
  "two people who could not be less alike": {
    path: `/conflicts/${conflict.id}`,
    answers: { "conflicts.get": { ...conflict, users: [lean, rich] } },
  },
  "a conflict that was merged": {
    path: `/conflicts/${conflict.id}`,
    answers: {
      "conflicts.get": { ...conflict, users: [lean], resolvedAt: ago({ hours: 2 }), resolution: "merged" },
    },
  },
  "a merge that moved nothing and was undone, by operators who are gone": {
    path: `/conflicts?view=merges&open=${merge.id}`,
    answers: { "merges.get": merge },
  },
  "a merge whose person was erased": {
    path: `/conflicts?view=merges&open=${merge.id}`,
    answers: { "merges.get": { ...merge, undoneAt: null, undoRefusal: "not_found", moved: null } },
  },
  "figures of trouble, and errors without a meaning or a name": {
    path: "/overview",
    answers: {
      "tokens.listApps": {
        items: [
          appToken({ accessToken: accessToken({ state: "near_expiry" }), jsapiTicket: none }),
          appToken({ appId: WEB, accessToken: accessToken({ state: "expired" }), jsapiTicket: null }),
        ],
      },
      "failures.groups": groupList([
        group({ errcode: "1", meaning: null }),
        group({ errcode: "2", meaning: null, name: null }),
      ]),
    },
  },
  "figures without trouble": {
    path: "/overview",
    answers: {
      "overview.get": {
        ...(everyAnswer["overview.get"] as Output<"overview.get">),
        affected: { count: 0, more: false },
        totals: { signIns: { signed_in: 8 }, calls: 40, failedCalls: 0 },
      },
      "tokens.listApps": { items: [appToken()] },
    },
  },
  "a search that fails": {
    path: "/search?q=zzz",
    answers: { "search.find": new Refusal("FORBIDDEN", 403, "role_too_low") },
  },
  "tokens that were never fetched, are being fetched, and are handed out": {
    path: "/tokens",
    answers: {
      "tokens.listApps": {
        items: [
          appToken({ key: "new", accessToken: none, jsapiTicket: none }),
          appToken({
            ...{ appId: WEB, key: "first" },
            accessToken: { ...none, fetchingUntil: ahead({ ms: 4000 }), lastErrcode: "-1" },
          }),
          appToken({
            ...{ appId: "wx3", key: "used", accessToken: accessToken({ dailyQuota: null, fetchesToday: 1 }) },
            handedOutToday: [
              { clientId: "shop", kind: "access_token", count: 12, lastAt: ago({ minutes: 1 }) },
              { clientId: "crm", kind: "js_sdk_signature", count: 1, lastAt: ago({ minutes: 2 }) },
            ],
          }),
        ],
      },
    },
  },
  "how many have the ticket that is invalidated": {
    path: `/tokens?app=${MAIN}`,
    answers: {
      "tokens.listApps": {
        items: [
          appToken({
            handedOutToday: [
              { clientId: "shop", kind: "access_token", count: 12, lastAt: ago({ minutes: 1 }) },
              { clientId: "shop", kind: "js_sdk_signature", count: 500, lastAt: ago({ minutes: 2 }) },
              { clientId: "crm", kind: "js_sdk_signature", count: 3, lastAt: ago({ minutes: 2 }) },
            ],
          }),
        ],
      },
    },
    press: ["Invalidate: JS-SDK ticket"],
  },
  "groups that fell, are muted or resolved, and whose counts do not go back to the beginning": {
    path: "/errors?state=all",
    answers: {
      "failures.groups": groupList(
        [
          group({ state: "muted", eventsBefore: 20_000 }),
          group({ state: "resolved", errcode: "40163", eventsBefore: 12_344 }),
        ],
        { bars: { from: ago({ hours: 4 }), minutes: 60 }, countedFrom: ago({ hours: 7 }) } as never,
      ),
    },
  },
  "an errcode of which the server has no failed call": {
    path: "/errors?range=all&errcode=10003",
    answers: { "failures.groups": groupList([], { explanation: explanation({ code: "10003" }) } as never) },
  },
  "the log of calls by people who are not known": {
    path: "/errors?view=log",
    answers: {
      "failures.list": list(
        loggedFailure({ person: null }),
        loggedFailure({ id: "2", person: null, openid: null }),
        loggedFailure({ id: "3", person: null, openid: null, signInId: null }),
        loggedFailure({ id: "4", person: { userId, nickname: null, isGuess: true } }),
      ),
    },
  },
  "a call of an unknown browser with an empty answer": {
    path: `/errors?open=${failureId}`,
    answers: {
      "failures.get": failureDetail({ person: null, openid: null, answer: { httpStatus: 502, body: "" } }),
    },
  },
  "a call whose answer is hidden, by an openid that no person has": {
    path: `/errors?open=${failureId}`,
    answers: { "failures.get": failureDetail({ person: null, answer: { httpStatus: 200, body: "***" } }) },
  },
  "WeChat's record of a call with a body": {
    path: `/errors?open=${failureId}`,
    answers: {
      "failures.lookUp": {
        found: true,
        recorded: {
          ...{ invokedAt: ago({ minutes: 21 }), durationMs: 1200, clientIp: "203.0.113.9" },
          ...{ requestUrl: "/cgi-bin/token", requestBody: '{"a":1}', responseBody: "{}" },
        },
      },
    },
    press: ["Look up at WeChat"],
  },
  "an explained refusal of WeChat's record": {
    path: `/errors?open=${failureId}`,
    answers: { "failures.lookUp": { found: false, errcode: "76001", explanation: explanation() } },
    press: ["Look up at WeChat"],
  },
  "a group in a range of the operator's own, which its links keep": {
    path: `/errors?range=custom&from=2026-02-01T00:00:00.000Z&to=2026-02-02T00:00:00.000Z&group=${MAIN}~sns/auth~-1`,
    answers: {},
  },
  "for how long a group can be muted": {
    path: `/errors?group=${MAIN}~sns/oauth2/access_token~40029`,
    answers: {},
    press: ["Mute"],
  },
  "as what a list can be exported": { path: "/people", answers: {}, press: ["Export"] },
  "a disabled host application with webhooks that ended in other ways": {
    path: "/hosts/shop",
    answers: {
      "hosts.get": {
        ...disabledHost,
        webhooks: [
          { ...(hook as NonNullable<typeof hook>), enabled: false, disabledAt: ago({ hours: 3 }) },
          { ...(failingHook as NonNullable<typeof failingHook>), disabledReason: "gone" },
        ],
      },
    },
  },
  "the deliveries of a webhook that was removed": { path: "/hosts/shop?webhook=01KGONE", answers: {} },
  "a test of a webhook without an answer": {
    path: "/hosts/shop",
    answers: { "hosts.testWebhook": { delivered: false, status: null, error: null } },
    press: ["Send test"],
  },
  "a sign-in that succeeded after a failed call": {
    path: "/sign-ins/01KSIGNIN00000000000000001",
    answers: { "signIns.get": signIn({ outcome: "bound", failures: [failure()] }) },
  },
  "the sign-ins of one browser in a range of the operator's own": {
    path: "/sign-ins?range=custom&from=2026-02-01T00:00:00.000Z&browser=01KSIGNIN00000000000000001",
    answers: { "signIns.list": list(signInRow({ ip: null })) },
  },
  "an entry of the server that WeChat refused": {
    path: "/audit?open=01KENTRY000000000000000001",
    answers: { "audit.list": list(entry({ detail: "access_token" })) },
  },
  "an entry of a host application without a name": {
    path: "/audit?open=01KENTRY000000000000000001",
    answers: {
      "audit.list": list(
        entry({
          actor: { kind: "host", id: "shop", keyId: null, name: null },
          detail: "viewer",
          target: null,
        }),
      ),
    },
  },
  "an empty log whose seals are verified": {
    path: "/audit",
    answers: {
      "audit.verify": { at: ago({}), verifiedTo: 0, isDone: true, unsealed: 0, problem: null },
    },
    press: ["Verify seals"],
  },
  "seals that could not be verified": {
    path: "/audit",
    answers: { "audit.verify": new Refusal("FORBIDDEN", 403, "role_too_low") },
    press: ["Verify seals"],
  },
  "an operator with one session and one factor": {
    path: "/operators?open=01KONE",
    answers: {
      "operators.list": list({
        ...{ id: "01KONE", username: "olga", role: "viewer", status: "active", createdAt: ago({ days: 2 }) },
        ...{ sessions: 1, factors: 1, lastSeenAt: ago({ hours: 1 }) },
      }),
    },
  },
  "a finding with an address that is not to be allowed": {
    path: "/apps",
    answers: {
      "apps.diagnosis": {
        ...{ at: ago({ minutes: 1 }), apps: [] },
        site: [
          {
            ...{ check: "proxy", outcome: "proxy.ignored", state: "unknown", actor: null, remedy: null },
            ...{
              text: { en: "It came from 203.0.113.7.", zh: "来自 203.0.113.7。" },
              values: { ip: "203.0.113.7" },
            },
          },
        ],
      } as never,
    },
  },
  "a webhook that the server disabled": {
    path: "/security",
    answers: {
      "system.notices": {
        items: [{ kind: "webhook_disabled", since: ago({ hours: 2 }), clients: "shop, crm" }],
      },
    },
  },
};
