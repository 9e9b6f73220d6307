import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "../src/domain/ids.js";
import { createOperatorLink } from "../src/domain/operators/links.js";
import { resetFactorsByCommand } from "../src/domain/operators/manage.js";
import { actAnswers } from "./support/act-answers.js";
import { type CreationOptions, codeAt, SoftwareAuthenticator } from "./support/factors.js";
import { accounts, Console, makeOperator } from "./support/operator.js";
import { operatorProcedures } from "./support/procedures.js";
import { addRows, rowsOf } from "./support/rows.js";
import { type System, startSystem } from "./support/system.js";

const mutations = operatorProcedures.filter(({ type }) => type === "mutation");

let system: System;
let console: Console;
beforeAll(async () => {
  system = await startSystem();
  console = await makeOperator(system, "owner");
});
afterAll(() => system.close());

const userId = async () =>
  (await rowsOf(system.db, "users")).find(({ mergedInto }) => mergedInto === null)?.id;

/** Two users of whom neither is merged. */
async function twoUsers(): Promise<[string, string]> {
  await system.browser({ person: "emoji" }).signIn();
  const [one, other] = await rowsOf(system.db, "users");
  return [one?.id ?? "", other?.id ?? ""];
}
async function conflictId(unionid: string): Promise<string> {
  const [userId, otherUserId] = await twoUsers();
  const id = newId(new Date());
  const about = { group: "shop", unionid, userId, otherUserId, createdAt: new Date() };
  await addRows(system.db, "identityConflicts", [{ id, ...about }]);
  return id;
}

const shop = { name: "The shop", origins: ["https://shop.example"], redirectPaths: ["/return"] };
const channel = { name: "on call", language: "en", timeZone: "Asia/Shanghai", quiet: null };
const channelId = async () => ({ id: (await rowsOf(system.db, "alertChannels"))[0]?.id });
const webhook = async () => {
  const [row] = await rowsOf(system.db, "webhookEndpoints");
  return { clientId: "shop", id: row?.id ?? "" };
};

/** Made by the link that is redeemed here. */
const veraId = async () => (await rowsOf(system.db, "operators")).find(({ role }) => role !== "owner")?.id;

/** The group of a call that WeChat refused with a rid. */
async function errorGroup() {
  if ((await rowsOf(system.db, "errorGroups")).length === 0) {
    system.simulator.fail("stable_token", { kind: "errcode", errcode: 40164 }, 1);
    await console.mutate("tokens.refreshApp", {
      appId: system.officialAccount.appId,
      reason: "a new secret",
    });
  }
  const [group] = await rowsOf(system.db, "errorGroups");
  return { id: group?.id, stateAt: group?.stateAt?.toJSON() ?? null };
}

/** After the change of the password. */
const ownersPassword = `${accounts.owner.password}, newly painted`;
let totpKey = "";

/** How each mutation is called with success, in the order of its last need for the session. */
const calls: Record<string, () => Promise<unknown>> = {
  "operator.redeemLink": async () => {
    const secret = await createOperatorLink(system.app.deps, "viewer");
    return { secret, ...accounts.viewer };
  },
  "operator.signIn": async () => accounts.owner,
  "operator.changePassword": async () => ({
    current: accounts.owner.password,
    next: ownersPassword,
  }),
  "tokens.refreshApp": async () => ({ appId: system.officialAccount.appId, reason: "a new secret" }),
  "tokens.invalidateApp": async () => {
    const [token] = await rowsOf(system.db, "appTokens");
    const { appId, generation } = { appId: token?.appId, generation: token?.generation };
    return { appId, generation, reason: "it stood in a log" };
  },
  "tokens.checkUser": async () => {
    await system.browser({ person: "alice" }).signIn();
    const [token] = await rowsOf(system.db, "userTokens");
    return { bindingId: token?.bindingId };
  },
  "tokens.refreshUser": async () => ({ bindingId: (await rowsOf(system.db, "userTokens"))[0]?.bindingId }),
  "tokens.checkUsers": async () => ({ bindingIds: [(await rowsOf(system.db, "userTokens"))[0]?.bindingId] }),
  "tokens.forgetUser": async () => ({ bindingId: (await rowsOf(system.db, "userTokens"))[0]?.bindingId }),
  "tokens.forgetUsers": async () => {
    await system.browser({ person: "alice" }).signIn();
    return { bindingIds: [(await rowsOf(system.db, "userTokens"))[0]?.bindingId] };
  },
  "people.block": async () => ({ userId: await userId(), reason: "sells fakes" }),
  "people.unblock": async () => ({ userId: await userId() }),
  "people.endSessions": async () => ({ userId: await userId() }),
  "people.blockMany": async () => ({ userIds: [await userId()], reason: "sells fakes again" }),
  "people.unblockMany": async () => ({ userIds: [await userId()] }),
  "people.endSessionsMany": async () => ({ userIds: [await userId()] }),
  "people.unbind": async () => {
    const [binding] = await rowsOf(system.db, "bindings");
    return { userId: binding?.userId, bindingId: binding?.id, allowLast: true };
  },
  "people.merge": async () => {
    const [fromUserId, intoUserId] = await twoUsers();
    return { fromUserId, intoUserId, reason: "the same person" };
  },
  "merges.undo": async () => ({ id: (await rowsOf(system.db, "merges"))[0]?.id, reason: "two after all" }),
  "conflicts.keepApart": async () => ({ id: await conflictId("keep-apart"), reason: "sisters" }),
  "conflicts.merge": async () => {
    const [, into] = await twoUsers();
    return { id: await conflictId("merge"), into, reason: "the same person" };
  },
  "people.refreshProfile": async () => ({ userId: await userId() }),
  "people.export": async () => ({ userId: await userId() }),
  "people.erase": async () => {
    const id = await userId();
    return { userId: id, confirm: id?.slice(-8) };
  },
  "failures.acknowledge": errorGroup,
  "failures.resolve": errorGroup,
  "failures.reopen": errorGroup,
  "failures.mute": async () => ({ ...(await errorGroup()), minutes: 60 }),
  "failures.undo": async () => ({ ...(await errorGroup()), to: "open" }),
  "failures.acknowledgeMany": async () => ({ groups: [await errorGroup()] }),
  "failures.resolveMany": async () => ({ groups: [await errorGroup()] }),
  "failures.reopenMany": async () => ({ groups: [await errorGroup()] }),
  "failures.muteMany": async () => ({ groups: [await errorGroup()], minutes: 60 }),
  "failures.undoMany": async () => ({ groups: [{ ...(await errorGroup()), to: "open" }] }),
  "failures.lookUp": async () => {
    const [failure] = (await rowsOf(system.db, "apiFailures")).filter(({ rid }) => rid !== null);
    return { id: failure?.id };
  },
  "operators.invite": async () => ({ username: "nina", role: "viewer" }),
  "operators.createPasswordLink": async () => ({ id: await veraId() }),
  "operators.changeRole": async () => ({ id: await veraId(), from: "viewer", to: "operator" }),
  "operators.endSessions": async () => ({ id: await veraId() }),
  "operators.disable": async () => ({ id: await veraId() }),
  "operators.enable": async () => ({ id: await veraId() }),
  "hosts.create": async () => ({ id: "shop", ...shop }),
  "hosts.update": async () => ({ id: "shop", ...shop, name: "The other shop" }),
  "hosts.createKey": async () => ({ clientId: "shop", scopes: ["tickets"], cidrs: [] }),
  "hosts.revokeKey": async () => {
    const [key] = await rowsOf(system.db, "apiKeys");
    return { clientId: "shop", id: key?.id, confirm: key?.hint };
  },
  "hosts.createWebhook": async () => ({ clientId: "shop", url: "https://shop.example/hooks", types: [] }),
  "hosts.updateWebhook": async () => ({ ...(await webhook()), types: ["user.created"] }),
  "hosts.enableWebhook": async () => webhook(),
  "hosts.rotateWebhookSecret": async () => webhook(),
  "hosts.testWebhook": async () => webhook(),
  "hosts.resend": async () => {
    const about = { eventNumber: 1, attempts: 8, createdAt: new Date(), endpointId: (await webhook()).id };
    const deliveryId = newId(new Date());
    await addRows(system.db, "webhookDeliveries", [{ id: deliveryId, state: "failed", ...about }]);
    return { ...(await webhook()), deliveryId };
  },
  "hosts.deleteWebhook": async () => webhook(),
  "hosts.disable": async () => ({ id: "shop" }),
  "hosts.enable": async () => ({ id: "shop" }),
  "alerts.createChannel": async () => ({ ...channel, kind: "slack", url: "https://chat.example/hook" }),
  "alerts.updateChannel": async () => ({ ...channel, ...(await channelId()), name: "all" }),
  "alerts.disableChannel": channelId,
  "alerts.enableChannel": channelId,
  "alerts.testChannel": channelId,
  "alerts.deleteChannel": channelId,
  "operators.setFactorPolicy": async () => ({ policy: "optional" }),
  "operators.resetFactors": async () => ({ id: await veraId() }),
  "secondFactor.startTotp": async () => ({ password: ownersPassword }),
  "secondFactor.confirmTotp": async () => {
    const started = await console.mutate<{ key: string }>("secondFactor.startTotp", {
      password: ownersPassword,
    });
    totpKey = started.data?.key ?? "";
    return { code: codeAt(totpKey, new Date()), name: "phone" };
  },
  "secondFactor.startPasskey": async () => ({ password: ownersPassword }),
  "secondFactor.confirmPasskey": async () => {
    const { data } = await console.mutate<CreationOptions>("secondFactor.startPasskey", {
      password: ownersPassword,
    });
    const authenticator = new SoftwareAuthenticator(system.url);
    return { name: "key", response: authenticator.create(data as CreationOptions) };
  },
  "secondFactor.renewRecoveryCodes": async () => ({ password: ownersPassword }),
  "operator.passFactor": async () => {
    await console.signIn({ ...accounts.owner, password: ownersPassword });
    // Each code works once, and the one of this moment was used.
    return { kind: "totp", code: codeAt(totpKey, new Date(Date.now() + 30_000)) };
  },
  "secondFactor.remove": async () => {
    const [factor] = await rowsOf(system.db, "operatorFactors");
    return { id: factor?.id, password: ownersPassword };
  },
  "operator.signOut": async () => undefined,
};

describe("a procedure of the console", () => {
  it("has an audit event if it changes something, and has a call in this file [T50]", () => {
    expect(mutations.filter(({ meta }) => meta?.audit === undefined)).toEqual([]);
    expect(mutations.map(({ path }) => path).sort()).toEqual(Object.keys(calls).sort());
  });

  it.each(Object.keys(calls))(
    "answers, and writes exactly its own audit entry, once: %s [T50]",
    async (path) => {
      // A link is redeemed in a browser of its own, so that it does not replace the owner's session.
      const browser = path === "operator.redeemLink" ? new Console(system) : console;
      const input = await calls[path]?.();
      const before = await rowsOf(system.db, "auditLog");
      const answer = await browser.mutate(path, input);
      expect(answer.status, answer.text).toBe(200);
      expect(answer.data).toEqual(actAnswers[path] ?? { ok: true });

      const known = new Set(before.map(({ id }) => id));
      const entries = (await rowsOf(system.db, "auditLog")).filter(({ id }) => !known.has(id));
      const declared = operatorProcedures.find((procedure) => procedure.path === path)?.meta?.audit;
      const olga = (await rowsOf(system.db, "operators")).find(({ role }) => role === "owner");
      type Input = { [name in "appId" | "bindingId" | "userId" | "id" | "reason"]?: string };
      const about = input as Input | undefined;
      const several = input as
        | { groups?: { id: string }[]; userIds?: string[]; bindingIds?: string[] }
        | undefined;
      const [first] = several?.userIds ?? several?.bindingIds ?? several?.groups?.map((one) => one.id) ?? [];
      // What a merge, a key or a webhook is named by is made with it.
      const { mergeId, id } = (answer.data ?? {}) as { mergeId?: string; id?: string };
      const made = mergeId ?? (/^(hosts|alerts)\./.test(path) ? id : undefined);
      const isLink = path === "operator.redeemLink";
      expect(entries).toEqual([
        {
          id: expect.stringMatching(/^[0-9A-Z]{26}$/),
          at: expect.any(Date),
          // A link is redeemed before anyone is signed in: the entry names the account that was chosen.
          operatorId: isLink ? null : olga?.id,
          event: declared,
          target: isLink
            ? accounts.viewer.username
            : path === "operators.invite"
              ? "nina"
              : (made ?? first ?? about?.appId ?? about?.bindingId ?? about?.userId ?? about?.id ?? null),
          result: "ok",
          errcode: null,
          ip: expect.stringMatching(/^(127\.0\.0\.1|::1)$/),
          sealNumber: null,
          seal: null,
        },
      ]);
      expect(Math.abs((entries[0]?.at.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
      if (!about?.reason) return;
      const details = (await rowsOf(system.db, "auditDetails")).filter(({ auditId }) => !known.has(auditId));
      expect(details).toMatchObject([{ auditId: entries[0]?.id, detail: about.reason }]);
    },
  );
});

describe("the audit log", () => {
  /** In the order in which they were written: on PostgreSQL rows come in any. */
  const entriesOf = async (event: string) =>
    (await rowsOf(system.db, "auditLog"))
      .filter((entry) => entry.event === event)
      .sort((a, b) => (a.id < b.id ? -1 : 1));

  it.each([
    [{ kind: "errcode", errcode: 40164 }, "40164"],
    [{ kind: "invalid_json" }, "BAD_JSON"],
  ] as const)(
    "records a token refresh that WeChat refused as refused, with its errcode (%j) [T50]",
    async (fault, errcode) => {
      const owner = new Console(system);
      const { username } = accounts.owner;
      await resetFactorsByCommand(system.app.deps, username);
      const secret = await createOperatorLink(system.app.deps, "owner");
      await owner.mutate("operator.redeemLink", { secret, username, password: accounts.owner.password });
      system.simulator.fail("stable_token", fault, 1);
      const { appId } = system.officialAccount;
      const answer = await owner.mutate("tokens.refreshApp", { appId, reason: "a new secret" });
      expect(answer.status, answer.text).toBe(200);
      expect((await entriesOf("token.refresh_app")).at(-1)).toMatchObject({
        result: "refused",
        errcode,
        target: appId,
        operatorId: expect.any(String),
      });
    },
  );

  it("records a one-time link that is refused: an unknown one, and one whose role is below the name's [T50]", async () => {
    const { password } = accounts.viewer;
    const owner = accounts.owner.username;
    const [unknown, low] = ["A".repeat(43), await createOperatorLink(system.app.deps, "viewer")];
    for (const [secret, username] of [
      [unknown, "stranger"],
      [low, owner],
    ]) {
      const before = (await entriesOf("operator.redeem_link")).map(({ id }) => id);
      const answer = await new Console(system).mutate("operator.redeemLink", { secret, username, password });
      expect(answer.status).toBe(400);
      const added = (await entriesOf("operator.redeem_link")).filter(({ id }) => !before.includes(id));
      expect(added).toEqual([
        expect.objectContaining({ result: "denied", target: username, operatorId: null }),
      ]);
    }
  });
});
