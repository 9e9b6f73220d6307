// @vitest-environment happy-dom
import { QueryClientProvider } from "@tanstack/react-query";
import { createElement } from "react";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { queryClient } from "../src/api/client.js";
import * as passkeys from "../src/api/passkeys.js";
import { useAlertActs } from "../src/pages/alerts/use-alert-acts.js";
import { useHostActs } from "../src/pages/hosts/use-host-acts.js";
import { useOperatorActs } from "../src/pages/operators/use-operator-acts.js";
import { usePersonActs } from "../src/pages/people/use-person-acts.js";
import { useFactorActs } from "../src/pages/security/use-factor-acts.js";
import { type Procedure, Refusal, StandInApi } from "./support/stand-in-api.js";

type Acts = Record<string, { mutateAsync(input: never): Promise<unknown> }>;

/** What a hook returns once React has rendered it. */
function actsOf(hook: () => object): Acts {
  let acts: object = {};
  function Probe() {
    acts = hook();
    return null;
  }
  const root = createRoot(document.createElement("div"));
  flushSync(() =>
    root.render(createElement(QueryClientProvider, { client: queryClient }, createElement(Probe))),
  );
  return acts as Acts;
}

/** Sends an act, and returns its result and the routers or procedures that are read again because of it. */
async function send(hook: () => object, name: string, answers: Partial<Record<Procedure, unknown>>) {
  const api = new StandInApi(answers as never);
  vi.stubGlobal("fetch", api.fetch);
  const invalidate = vi.spyOn(queryClient, "invalidateQueries").mockResolvedValue();
  const { [name]: mutation } = actsOf(hook);
  const result = await mutation?.mutateAsync({ password: "a password", name: "Key" } as never).then(
    () => "done",
    () => "refused",
  );
  const again = invalidate.mock.calls.map(([filter]) => {
    const [path] = filter?.queryKey ?? [];
    return (path as string[]).join(".");
  });
  invalidate.mockRestore();
  return { result, asked: api.calls.map(({ procedure }) => procedure), again };
}

beforeEach(() => {
  vi.spyOn(passkeys, "makePasskey").mockResolvedValue({ id: "made by the browser" } as never);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const done = vi.fn();
const people = () => usePersonActs(done);
const ofPeople = ["people", "conflicts", "merges", "tokens", "signIns"];
const ofFactors = ["secondFactor", "operators", "operator.me"];
const [no, after, both] = [{}, { done: true }, { done: true, refused: true }];

describe("an act of the console", () => {
  it.each<[string, string, () => object, Procedure[], string[], { done?: boolean; refused?: boolean }]>([
    ["hosts", "create", useHostActs, ["hosts.create"], ["hosts"], after],
    ["hosts", "update", useHostActs, ["hosts.update"], ["hosts"], after],
    ["hosts", "disable", useHostActs, ["hosts.disable"], ["hosts"], both],
    ["hosts", "enable", useHostActs, ["hosts.enable"], ["hosts"], both],
    ["hosts", "createKey", useHostActs, ["hosts.createKey"], ["hosts"], after],
    ["hosts", "revokeKey", useHostActs, ["hosts.revokeKey"], ["hosts"], both],
    ["hosts", "createWebhook", useHostActs, ["hosts.createWebhook"], ["hosts"], after],
    ["hosts", "updateWebhook", useHostActs, ["hosts.updateWebhook"], ["hosts"], after],
    ["hosts", "enableWebhook", useHostActs, ["hosts.enableWebhook"], ["hosts"], both],
    ["hosts", "rotateSecret", useHostActs, ["hosts.rotateWebhookSecret"], ["hosts"], both],
    ["hosts", "deleteWebhook", useHostActs, ["hosts.deleteWebhook"], ["hosts"], both],
    ["hosts", "testWebhook", useHostActs, ["hosts.testWebhook"], ["hosts"], both],
    ["hosts", "resend", useHostActs, ["hosts.resend"], ["hosts"], both],
    ["operators", "invite", useOperatorActs, ["operators.invite"], [], no],
    ["operators", "passwordLink", useOperatorActs, ["operators.createPasswordLink"], [], no],
    ["operators", "changeRole", useOperatorActs, ["operators.changeRole"], ["operators"], both],
    ["operators", "disable", useOperatorActs, ["operators.disable"], ["operators"], both],
    ["operators", "enable", useOperatorActs, ["operators.enable"], ["operators"], both],
    ["operators", "resetFactors", useOperatorActs, ["operators.resetFactors"], ["operators"], both],
    ["operators", "setFactorPolicy", useOperatorActs, ["operators.setFactorPolicy"], ["operators"], both],
    ["operators", "endSessions", useOperatorActs, ["operators.endSessions"], ["operators"], both],
    ["alerts", "create", useAlertActs, ["alerts.createChannel"], ["alerts"], both],
    ["alerts", "update", useAlertActs, ["alerts.updateChannel"], ["alerts"], both],
    ["alerts", "disable", useAlertActs, ["alerts.disableChannel"], ["alerts"], both],
    ["alerts", "enable", useAlertActs, ["alerts.enableChannel"], ["alerts"], both],
    ["alerts", "remove", useAlertActs, ["alerts.deleteChannel"], ["alerts"], both],
    ["alerts", "test", useAlertActs, ["alerts.testChannel"], [], no],
    ["people", "block", people, ["people.block"], ofPeople, both],
    ["people", "unblock", people, ["people.unblock"], ofPeople, both],
    ["people", "endSessions", people, ["people.endSessions"], ofPeople, both],
    ["people", "unbind", people, ["people.unbind"], ofPeople, both],
    ["people", "erase", people, ["people.erase"], ofPeople, both],
    ["factors", "startTotp", useFactorActs, ["secondFactor.startTotp"], [], no],
    ["factors", "confirmTotp", useFactorActs, ["secondFactor.confirmTotp"], ofFactors, after],
    [
      "factors",
      "addPasskey",
      useFactorActs,
      ["secondFactor.startPasskey", "secondFactor.confirmPasskey"],
      ofFactors,
      after,
    ],
    ["factors", "remove", useFactorActs, ["secondFactor.remove"], ofFactors, both],
    ["factors", "renewCodes", useFactorActs, ["secondFactor.renewRecoveryCodes"], ofFactors, both],
  ])(
    "of the %s (%s) reads again what it changed, and after a refusal where another operator may have been faster",
    async (...row) => {
      const [, name, hook, procedures, changed, when] = row;
      done.mockClear();
      const answers = Object.fromEntries(procedures.map((procedure) => [procedure, {}]));
      expect(await send(hook, name, answers)).toEqual({
        result: "done",
        asked: procedures,
        again: when.done ? changed : [],
      });
      expect(done.mock.calls).toEqual(hook === people ? [[name]] : []);

      const refused = new Refusal("NOT_FOUND", 404, "not_found");
      expect(await send(hook, name, { [procedures[0] as Procedure]: refused })).toEqual({
        result: "refused",
        asked: procedures.slice(0, 1),
        again: when.refused ? changed : [],
      });
      expect(done.mock.calls).toHaveLength(hook === people ? 1 : 0);
    },
  );

  it("is in the table above", () => {
    const counts = [useHostActs, useOperatorActs, useAlertActs, people, useFactorActs].map(
      (hook) => Object.keys(actsOf(hook)).length,
    );
    expect(counts).toEqual([13, 8, 6, 5, 5]);
  });

  it("confirms a passkey with what the browser made and the name that was typed", async () => {
    const api = new StandInApi({
      "secondFactor.startPasskey": {},
      "secondFactor.confirmPasskey": {},
    } as never);
    vi.stubGlobal("fetch", api.fetch);
    const { addPasskey } = actsOf(useFactorActs);
    await addPasskey?.mutateAsync({ password: "secret", name: "Key" } as never);
    expect(api.calls).toEqual([
      { procedure: "secondFactor.startPasskey", input: { password: "secret" } },
      {
        procedure: "secondFactor.confirmPasskey",
        input: { response: { id: "made by the browser" }, name: "Key" },
      },
    ]);
  });
});
