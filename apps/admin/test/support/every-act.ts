import { disabledHost, disabledOperator } from "./every-page.js";
import { ago, ahead, appToken, group, groupList, MAIN, personDetail, userToken } from "./seeds.js";
import type { Answers, Procedure } from "./stand-in-api.js";

// Every act of the console: where it is offered, what is pressed for it, and what the api answers when it is done.

export interface Act {
  path: string;
  /** null for one before sign-in; an owner otherwise. */
  role?: null;
  /** What is pressed, one after the other; "Reason=spam" fills a field. The last one sends. */
  steps: string[];
  /** What the api answers in place of the common answers. */
  answers?: Answers;
}

const person = "/people?open=01KALICE000000000000000001";
const operator = "/operators?open=01KNINA0000000000000000000";
const errorGroup = `/errors?group=${MAIN}~sns/oauth2/access_token~40029`;
const because = "Reason= it was asked for ";

function bulkActs(router: string, path: string, steps: Record<string, string[]>): typeof acts {
  const select = "Select all rows of this page";
  return Object.fromEntries(
    Object.entries(steps).map(([name, own]) => [`${router}.${name}`, { path, steps: [select, ...own] }]),
  );
}

export const acts: Partial<Record<Procedure, Act | Act[]>> = {
  "people.block": { path: person, steps: ["Block", because, "Block"] },
  "people.unblock": {
    ...{ path: person, steps: ["Unblock"] },
    answers: { "people.get": personDetail({ status: "blocked" }) },
  },
  "people.endSessions": [
    { path: person, steps: ["Sign out everywhere", "Sign out everywhere"] },
    { path: person, steps: ["Sign out", "Sign out"] },
  ],
  "people.unbind": { path: person, steps: ["Remove the WeChat account of web", "Remove"] },
  "people.erase": {
    path: person,
    steps: ["Erase", "To confirm, type the end of the user ID: 00000001= 00000001 ", "Erase"],
  },
  "people.refreshProfile": { path: person, steps: ["Refresh profile"] },
  "people.export": { path: person, steps: ["Export data"] },
  "people.merge": {
    path: "/people/merge?user=01KALICE000000000000000001&other=01KTWIN0000000000000000002",
    steps: ["Keep this one: Alice", because, "Merge"],
  },
  "conflicts.merge": {
    path: "/conflicts/01KCONFLICT000000000000001",
    steps: ["Keep this one: Alice", because, "Merge"],
  },
  "conflicts.keepApart": {
    path: "/conflicts/01KCONFLICT000000000000001",
    steps: ["Keep apart", because, "Keep apart"],
  },
  "merges.undo": {
    path: "/conflicts?view=merges&open=01KMERGE000000000000000001",
    steps: ["Undo merge", because, "Undo merge"],
  },
  "tokens.refreshApp": { path: "/tokens", steps: ["Refresh now: main", because, "Refresh now"] },
  "tokens.invalidateApp": {
    path: `/tokens?app=${MAIN}`,
    steps: ["Invalidate: JS-SDK ticket", because, "Invalidate…"],
  },
  "tokens.checkUser": { path: "/tokens?open=01KBINDING0000000000000001", steps: ["Check with WeChat"] },
  "tokens.refreshUser": { path: "/tokens?open=01KBINDING0000000000000001", steps: ["Refresh tokens"] },
  "tokens.forgetUser": { path: "/tokens?open=01KBINDING0000000000000001", steps: ["Forget…", "Forget…"] },
  "failures.acknowledge": { path: errorGroup, steps: ["Acknowledge"] },
  "failures.resolve": { path: errorGroup, steps: ["Resolve"] },
  "failures.reopen": ["resolved", "muted"].map((state) => ({
    ...{ path: errorGroup, steps: [state === "muted" ? "Unmute" : "Open again"] },
    answers: { "failures.groups": groupList([group({ state: state as "muted" })]) },
  })),
  "failures.mute": { path: errorGroup, steps: ["Mute", "For 1 day"] },
  "failures.lookUp": { path: "/errors?open=01KFAILURE0000000000000001", steps: ["Look up at WeChat"] },
  "hosts.create": {
    path: "/hosts",
    steps: [
      ...["Add host application", "Client ID= forum ", "Name= Forum ", "Origins=https://forum.example"],
      ...["Redirect paths=/return", "Add host application"],
    ],
  },
  "hosts.update": { path: "/hosts/shop", steps: ["Edit", "Name= Shop ", "Save"] },
  "hosts.disable": { path: "/hosts/shop", steps: ["Disable", "Disable"] },
  "hosts.createKey": { path: "/hosts/shop", steps: ["Create key", "Create key"] },
  "hosts.revokeKey": {
    path: "/hosts/shop",
    steps: ["Revoke the key …aZ9_", "To confirm, type the end of the key: aZ9_=aZ9_", "Revoke"],
  },
  "hosts.createWebhook": {
    path: "/hosts/shop",
    steps: ["Add webhook", "Address= https://new.example/ ", "Add webhook"],
  },
  "hosts.updateWebhook": { path: "/hosts/shop", steps: ["Choose events", "Save"] },
  "hosts.testWebhook": { path: "/hosts/shop", steps: ["Send test"] },
  "hosts.enableWebhook": { path: "/hosts/shop", steps: ["Enable again"] },
  "hosts.rotateWebhookSecret": { path: "/hosts/shop", steps: ["Rotate secret", "Rotate secret"] },
  "hosts.deleteWebhook": { path: "/hosts/shop", steps: ["Remove", "Remove"] },
  "hosts.resend": {
    path: "/hosts/shop?webhook=01KHK10000000000000000001",
    steps: ["Send event evt_1 again"],
  },
  "operators.invite": {
    path: "/operators",
    steps: ["Add operator", "Name= olga ", "Role=Owner", "Make link"],
  },
  "operators.createPasswordLink": { path: operator, steps: ["Link for a new password"] },
  "operators.changeRole": { path: operator, steps: ["Role=Owner"] },
  "operators.disable": { path: operator, steps: ["Disable", "Disable"] },
  "operators.endSessions": { path: operator, steps: ["Sign out everywhere", "Sign out everywhere"] },
  "operators.resetFactors": {
    path: operator,
    steps: ["Reset second factor", "Type nina to confirm=nina", "Reset second factor"],
  },
  "operators.setFactorPolicy": { path: "/operators", steps: ["Require a second factor", "Require it"] },
  "alerts.createChannel": {
    path: "/alerts",
    steps: ["Add channel", "Name= Nights ", "Address= https://q.example/ ", "Add channel"],
  },
  "alerts.updateChannel": { path: "/alerts", steps: ["Change", "Name= On duty ", "Save"] },
  "alerts.testChannel": { path: "/alerts", steps: ["Send test"] },
  "alerts.disableChannel": { path: "/alerts", steps: ["Disable"] },
  "alerts.enableChannel": { path: "/alerts", steps: ["Enable"] },
  "alerts.deleteChannel": { path: "/alerts", steps: ["Delete", "Delete"] },
  "secondFactor.startTotp": {
    path: "/security",
    steps: ["Add authenticator app", "Your password=pw", "Next"],
  },
  "secondFactor.startPasskey": {
    path: "/security",
    steps: ["Add passkey", "Your password=pw", "Name=laptop", "Add"],
  },
  "secondFactor.remove": { path: "/security", steps: ["Remove phone", "Your password=pw", "Remove"] },
  "secondFactor.renewRecoveryCodes": {
    path: "/security",
    steps: ["Make new codes", "Your password=pw", "Make new codes"],
  },
  "operator.changePassword": {
    path: "/security",
    steps: [
      ...["Account of the-owner", "Change password", "Current password=a-long-walk"],
      ...["New password=a-longer-walk", "Change password"],
    ],
  },
  ...bulkActs("people", "/people", {
    blockMany: ["Block", because, "Block"],
    unblockMany: ["Unblock"],
    endSessionsMany: ["Sign out everywhere", "Sign out everywhere"],
  }),
  ...bulkActs("tokens", "/tokens", {
    checkUsers: ["Check with WeChat"],
    forgetUsers: ["Forget…", "Forget…"],
  }),
  ...bulkActs("failures", "/errors", {
    acknowledgeMany: ["Acknowledge"],
    resolveMany: ["Resolve"],
    reopenMany: ["Open again"],
    muteMany: ["Mute", "For 1 day"],
  }),
  "hosts.enable": { path: "/hosts/shop", steps: ["Enable"], answers: { "hosts.get": disabledHost } },
  "operators.enable": {
    ...{ path: operator, steps: ["Enable"] },
    answers: { "operators.list": { items: [disabledOperator], nextCursor: null } },
  },
  "operator.signIn": {
    ...{ path: "/sign-in", role: null },
    steps: ["Username=nina", "Password=a-long-walk", "Sign in"],
  },
  "operator.passFactor": {
    ...{
      path: "/sign-in/factor",
      role: null,
      steps: ["Use a recovery code", "Recovery code= AAAAAA ", "Sign in"],
    },
    answers: {
      "operator.pendingSignIn": { username: "nina", totp: true, passkey: true, recoveryCode: true },
    },
  },
};

const ok = { ok: true } as const;
const stateAt = ago({});
const merged = { mergeId: "01KMERGE000000000000000001" };
const link = {
  url: "http://localhost:4000/admin/set-up#AAAA",
  username: "nina",
  expiresAt: ahead({ minutes: 15 }),
};
const signedIn = { id: "01K1", username: "nina", role: "operator", mustEnrol: false } as const;
const hook = {
  ...{ id: "01KHK30000000000000000003", url: "https://new.example/", types: [], enabled: true },
  ...{ createdAt: stateAt, failingSince: null, disabledAt: null, disabledReason: null },
};
const [one, another] = ["01KALICE000000000000000001", "01KTWIN0000000000000000002"] as const;
const two = {
  done: [
    { id: one, ...ok },
    { id: another, ...ok },
  ],
  refused: [],
};
const twoGroups = { done: [one, another].map((id) => ({ id, stateAt })), refused: [] };

const done: Answers = {
  "people.refreshProfile": { result: "updated" },
  "people.export": { exportedAt: stateAt } as never,
  "people.merge": merged,
  "conflicts.merge": merged,
  "tokens.refreshApp": appToken(),
  "tokens.invalidateApp": { errcode: null, app: appToken() },
  "tokens.checkUser": { result: "valid", errcode: null, token: userToken() },
  "tokens.refreshUser": { result: "refreshed", errcode: null, token: userToken() },
  "failures.lookUp": { found: false, errcode: "76001", explanation: null },
  ...Object.fromEntries(
    ["acknowledge", "resolve", "reopen", "mute", "undo"].map((name) => [`failures.${name}`, { stateAt }]),
  ),
  ...Object.fromEntries(
    ["acknowledge", "resolve", "reopen", "mute", "undo"].map((name) => [`failures.${name}Many`, twoGroups]),
  ),
  "hosts.create": { id: "shop" },
  "hosts.createKey": { id: "01KKEY", key: "wlk_AAAABBBB" },
  "hosts.createWebhook": { ...hook, secret: "whsec_AAAA" },
  "hosts.enableWebhook": hook,
  "hosts.testWebhook": { delivered: true, status: 204, error: null },
  "hosts.rotateWebhookSecret": { secret: "whsec_BBBB", previousUntil: ahead({ days: 1 }) },
  "operators.invite": link,
  "operators.createPasswordLink": link,
  "alerts.createChannel": { id: "01KCHAN", secret: null },
  "alerts.testChannel": { delivered: true, error: null },
  "secondFactor.startTotp": { key: "ABCDEFGH", url: "otpauth://totp/x", qr: "<svg/>" },
  "secondFactor.renewRecoveryCodes": { recoveryCodes: ["AAAAAA", "BBBBBB"] },
  "people.blockMany": two,
  "people.unblockMany": two,
  "people.endSessionsMany": two,
  "tokens.forgetUsers": two,
  "tokens.checkUsers": {
    done: (["valid", "refused", "refused", "unanswered", "unanswered", "unanswered"] as const).map(
      (result, n) => ({ id: String(n), result, errcode: null }),
    ),
    refused: [],
  } as never,
  "operator.signIn": signedIn,
  "operator.passFactor": signedIn,
};

/** What the api answers when an act, or its undo, is done. */
export const doneAnswers: Answers = {
  ...Object.fromEntries(Object.keys(acts).map((procedure) => [procedure, ok])),
  ...done,
};
