import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { maskForRole } from "../src/domain/console/masking.js";
import { newId } from "../src/domain/ids.js";
import type { Browser } from "./support/browser.js";
import { type Console, makeOperator } from "./support/operator.js";
import { operatorProcedures, personProcedures } from "./support/procedures.js";
import { send } from "./support/raw-http.js";
import { rowsOf } from "./support/rows.js";
import { type System, startSystem } from "./support/system.js";

let system: System;
let person: Browser;
let viewer: Console;
let operator: Console;
let owner: Console;
beforeAll(async () => {
  system = await startSystem();
  [viewer, operator] = [await makeOperator(system, "viewer"), await makeOperator(system, "operator")];
  owner = await makeOperator(system, "owner");
  person = system.browser();
  await person.signIn();
});
afterAll(() => system.close());

async function statusOf(procedure: (typeof operatorProcedures)[number], cookie?: string): Promise<number> {
  const { base, path, type } = procedure;
  const headers = cookie === undefined ? {} : { cookie };
  const answer =
    type === "query"
      ? await send(system, { path: `${base}/${path}?input=%7B%7D`, headers })
      : await send(system, {
          method: "POST",
          path: `${base}/${path}`,
          headers: { ...headers, "content-type": "application/json" },
          body: "{}",
        });
  expect(answer.headers["set-cookie"], path).toBeUndefined();
  return answer.status;
}

const open = [
  "operator.me",
  "operator.passFactor",
  "operator.pendingSignIn",
  "operator.redeemLink",
  "operator.signIn",
];

/** The lowest role that may call each procedure of the console. */
const lowestRole: Record<string, "public" | "viewer" | "operator" | "owner"> = {
  "alerts.channels": "viewer",
  "alerts.createChannel": "owner",
  "alerts.deleteChannel": "owner",
  "alerts.disableChannel": "operator",
  "alerts.enableChannel": "operator",
  "alerts.incidents": "viewer",
  "alerts.testChannel": "operator",
  "alerts.updateChannel": "owner",
  "apps.diagnosis": "operator",
  "apps.list": "viewer",
  "audit.count": "viewer",
  "audit.list": "viewer",
  "audit.verify": "viewer",
  "conflicts.countOpen": "viewer",
  "conflicts.get": "viewer",
  "conflicts.keepApart": "operator",
  "conflicts.list": "viewer",
  "conflicts.merge": "operator",
  "failures.count": "viewer",
  "failures.get": "viewer",
  "failures.groups": "viewer",
  "failures.list": "viewer",
  "failures.people": "viewer",
  "failures.acknowledge": "operator",
  "failures.resolve": "operator",
  "failures.reopen": "operator",
  "failures.mute": "operator",
  "failures.undo": "operator",
  "failures.lookUp": "operator",
  "failures.acknowledgeMany": "operator",
  "failures.resolveMany": "operator",
  "failures.reopenMany": "operator",
  "failures.muteMany": "operator",
  "failures.undoMany": "operator",
  "hosts.create": "owner",
  "hosts.createKey": "owner",
  "hosts.createWebhook": "owner",
  "hosts.deleteWebhook": "owner",
  "hosts.deliveries": "operator",
  "hosts.disable": "owner",
  "hosts.enable": "owner",
  "hosts.enableWebhook": "operator",
  "hosts.get": "operator",
  "hosts.list": "operator",
  "hosts.resend": "operator",
  "hosts.revokeKey": "owner",
  "hosts.rotateWebhookSecret": "owner",
  "hosts.testWebhook": "operator",
  "hosts.update": "owner",
  "hosts.updateWebhook": "owner",
  "merges.get": "viewer",
  "merges.list": "viewer",
  "merges.undo": "operator",
  "operator.changePassword": "viewer",
  "operator.me": "public",
  "operator.passFactor": "public",
  "operator.passkeyRequest": "public",
  "operator.pendingSignIn": "public",
  "operator.redeemLink": "public",
  "operator.signIn": "public",
  "operator.signOut": "viewer",
  "operators.changeRole": "owner",
  "operators.createPasswordLink": "owner",
  "operators.disable": "owner",
  "operators.enable": "owner",
  "operators.endSessions": "owner",
  "operators.factorPolicy": "viewer",
  "operators.invite": "owner",
  "operators.resetFactors": "owner",
  "operators.setFactorPolicy": "owner",
  "operators.list": "viewer",
  "overview.bars": "viewer",
  "overview.checklist": "viewer",
  "overview.get": "viewer",
  "people.block": "operator",
  "people.count": "viewer",
  "people.endSessions": "operator",
  "people.blockMany": "operator",
  "people.unblockMany": "operator",
  "people.endSessionsMany": "operator",
  "people.erase": "operator",
  "people.export": "operator",
  "people.get": "viewer",
  "people.list": "viewer",
  "people.merge": "operator",
  "people.mergeCandidates": "operator",
  "people.previewMerge": "operator",
  "people.refreshProfile": "operator",
  "people.unbind": "operator",
  "people.unblock": "operator",
  "search.find": "viewer",
  "secondFactor.confirmPasskey": "viewer",
  "secondFactor.confirmTotp": "viewer",
  "secondFactor.get": "viewer",
  "secondFactor.remove": "viewer",
  "secondFactor.renewRecoveryCodes": "viewer",
  "secondFactor.startPasskey": "viewer",
  "secondFactor.startTotp": "viewer",
  "signIns.count": "viewer",
  "signIns.get": "viewer",
  "signIns.list": "viewer",
  "system.notices": "viewer",
  "system.retention": "viewer",
  "tokens.checkUser": "operator",
  "tokens.checkUsers": "operator",
  "tokens.forgetUsers": "operator",
  "tokens.countUsers": "viewer",
  "tokens.forgetUser": "operator",
  "tokens.getUser": "viewer",
  "tokens.invalidateApp": "operator",
  "tokens.listApps": "viewer",
  "tokens.listFetches": "viewer",
  "tokens.listUsers": "viewer",
  "tokens.refreshApp": "operator",
  "tokens.refreshUser": "operator",
};

describe("the console's procedures", () => {
  it("require an operator's session, except those that start or report one [T44]", async () => {
    const answered = [];
    for (const procedure of operatorProcedures) {
      if ((await statusOf(procedure)) !== 401) answered.push(procedure.path);
    }
    expect(answered.sort()).toEqual(open);
    expect(operatorProcedures.length).toBeGreaterThan(15);
  });

  it("refuse a signed-in person, even with the person's session in the operator's cookie [T44]", async () => {
    const disguises = [
      person.cookieHeader(),
      `wl_operator=${person.session}`,
      `${person.cookieHeader()}; wl_operator=${person.cookies.get("wl_browser")}`,
    ];
    for (const cookie of disguises) {
      for (const procedure of operatorProcedures.filter(({ path }) => !open.includes(path))) {
        expect(await statusOf(procedure, cookie), procedure.path).toBe(401);
      }
      const me = await send(system, { path: "/admin/trpc/operator.me", headers: { cookie } });
      expect(JSON.parse(me.text)).toEqual({ result: { data: null } });
    }
  });

  it("have a row each in the table of the lowest role, which alone decides who may call them [T44]", async () => {
    expect(Object.fromEntries(operatorProcedures.map(({ path, meta }) => [path, meta?.access]))).toEqual(
      lowestRole,
    );
    const refused = { viewer: [] as string[], operator: [] as string[], owner: [] as string[] };
    for (const procedure of operatorProcedures) {
      // Their own sessions: signing out would end the ones of the other tests.
      if (lowestRole[procedure.path] === "public" || procedure.path === "operator.signOut") continue;
      for (const [role, { browser }] of Object.entries({ viewer, operator, owner })) {
        const status = await statusOf(procedure, browser.cookieHeader());
        expect(status, procedure.path).not.toBe(401);
        if (status === 403) refused[role as keyof typeof refused].push(procedure.path);
      }
    }
    const onlyFor = (...roles: string[]) =>
      Object.keys(lowestRole).filter((path) => roles.includes(lowestRole[path] ?? ""));
    expect(refused.viewer.sort()).toEqual(onlyFor("operator", "owner").sort());
    expect(refused.operator.sort()).toEqual(onlyFor("owner").sort());
    expect(refused.owner).toEqual([]);
  });

  it("refuse a role that is too low, on the server [T44]", async () => {
    const { appId } = system.officialAccount;
    const before = system.simulator.calls("stable_token");
    const denied = await viewer.mutate("tokens.refreshApp", { appId, reason: "a try" });
    expect(denied.status).toBe(403);
    expect(denied.error?.data.appCode).toBe("role_too_low");
    expect(system.simulator.calls("stable_token")).toBe(before);
    expect((await rowsOf(system.db, "auditLog")).map(({ event }) => event)).not.toContain(
      "token.refresh_app",
    );
    expect(system.logLines.join("")).toContain('"event":"role_too_low"');

    expect((await operator.mutate("tokens.refreshApp", { appId, reason: "a try" })).status).toBe(200);
    expect(system.simulator.calls("stable_token")).toBe(before + 1);
  });

  it("erase a person only with the end of their id typed, and never for a viewer [T122]", async () => {
    const [user] = await rowsOf(system.db, "users");
    const word = user?.id.slice(-8);
    for (const [console, confirm, status] of [
      [operator, undefined, 400],
      [operator, "erase", 400],
      [operator, "", 400],
      [operator, word?.slice(1), 400],
      [operator, user?.id, 400],
      [operator, newId(new Date()).slice(-8), 400],
      [viewer, word, 403],
    ] as const) {
      const answer = await console.mutate("people.erase", { userId: user?.id, confirm });
      expect(answer.status).toBe(status);
    }
    expect(await rowsOf(system.db, "users")).toEqual([user]);
    expect(await rowsOf(system.db, "erasures")).toEqual([]);
  });

  it("write an audit entry for a refreshed token, with operator, action and app [T50]", async () => {
    const { data: me } = await operator.query<{ id: string }>("operator.me");
    const { appId } = system.officialAccount;
    await operator.mutate("tokens.refreshApp", {
      appId,
      reason: "a try",
      operatorId: "another",
      requestedBy: "mallory",
    });
    const entries = (await rowsOf(system.db, "auditLog")).filter(
      ({ event }) => event === "token.refresh_app",
    );
    expect(entries.at(-1)).toMatchObject({ operatorId: me?.id, target: appId, result: "ok" });
    expect((await rowsOf(system.db, "appTokens"))[0]).toMatchObject({
      requestedBy: "operator:otto",
    });
  });
});

describe("a person's procedures", () => {
  it("require a session, except the one that reports whether there is one [T44]", async () => {
    const answered = [];
    for (const procedure of personProcedures) {
      if ((await statusOf(procedure)) !== 401) answered.push(procedure.path);
    }
    expect(answered).toEqual(["session.get"]);
  });

  it("do not accept an operator's session as a person's [T22]", async () => {
    const cookie = `wl_session=${operator.session}; ${operator.browser.cookieHeader()}`;
    for (const procedure of personProcedures.filter(({ path }) => path !== "session.get")) {
      expect(await statusOf(procedure, cookie), procedure.path).toBe(401);
    }
  });
});

describe("a viewer", () => {
  it("sees at most a third of a personal text", () => {
    const answer = {
      openid: "oAbCdEfGhIjKlMnOpQrStUvWxYz1",
      nickname: "林小满",
      ip: "127.0.0.1",
      avatarUrl: "https://x",
    };
    expect(maskForRole("viewer", { items: [{ bindings: [answer], appId: "wx1" }] })).toEqual({
      items: [
        { bindings: [{ openid: "oAb…Yz1", nickname: "林…", ip: "1…1", avatarUrl: null }], appId: "wx1" },
      ],
    });
    expect(maskForRole("operator", answer)).toEqual(answer);
  });

  it("sees that personal data exists but not its content, which an operator sees", async () => {
    const { appId } = system.officialAccount;
    const alice = system.simulator.person("alice", appId);
    const [user] = await rowsOf(system.db, "users");
    const [signIn] = await rowsOf(system.db, "signIns");
    const [binding] = await rowsOf(system.db, "bindings");
    const reads: [string, unknown][] = [
      ["people.list", {}],
      ["people.get", { userId: user?.id }],
      ["tokens.listUsers", {}],
      ["tokens.getUser", { bindingId: binding?.id }],
      ["signIns.list", {}],
      ["signIns.get", { id: signIn?.id }],
    ];
    for (const [path, input] of reads) {
      const masked = await viewer.query(path, input);
      const whole = await operator.query(path, input);
      expect([masked.status, whole.status], path).toEqual([200, 200]);
      expect(whole.text, path).toContain(alice.openid);
      for (const personal of [alice.openid, alice.unionid, alice.nickname, binding?.avatarUrl, signIn?.ip]) {
        expect(personal, path).toEqual(expect.stringMatching(/.+/));
        expect(masked.text, path).not.toContain(personal);
      }
    }
  });

  it("finds a nickname only by the whole of it, so that a masked one cannot be spelt out; an operator by a part", async () => {
    const { nickname, openid } = system.simulator.person("alice", system.officialAccount.appId);
    for (const path of ["people.list", "tokens.listUsers"]) {
      const found = async (console: Console, q: string) =>
        (await console.query<{ items: unknown[] }>(path, { q })).data?.items.length;
      for (const part of [
        ...nickname,
        nickname.slice(1),
        nickname.slice(0, -1),
        `${nickname.slice(0, 1)}%`,
        "%",
        "_",
      ]) {
        expect(await found(viewer, part), `${path} ${part}`).toBe(0);
      }
      expect(await found(operator, nickname.slice(1)), path).toBe(1);
      for (const whole of [nickname, openid]) {
        expect([await found(viewer, whole), await found(operator, whole)], path).toEqual([1, 1]);
      }
      expect(await found(viewer, openid.slice(0, -1)), path).toBe(0);
    }
  });

  it("sees failures without their openid", async () => {
    const { openid } = system.simulator.person("noavatar", system.officialAccount.appId);
    system.simulator.fail("userinfo", { kind: "errcode", errcode: 40003 });
    await system.browser({ person: "noavatar" }).signIn();
    const [failure] = await rowsOf(system.db, "apiFailures");
    for (const [path, input] of [
      ["failures.list", {}],
      ["failures.get", { id: failure?.id }],
    ] as const) {
      expect((await viewer.query(path, input)).text, path).not.toContain(openid);
      expect((await operator.query(path, input)).text, path).toContain(openid);
    }
  });
});
