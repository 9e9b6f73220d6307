import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Console, seedOperator } from "./support/operator.js";
import { rowsOf } from "./support/rows.js";
import { type System, startSystem } from "./support/system.js";
import { apps, id, noon, seedTwoPeople } from "./support/two-people.js";

let system: System;
let owner: Console;
beforeAll(async () => {
  system = await startSystem({ at: noon, env: { WECHAT_APPS: JSON.stringify(apps) } });
  await seedTwoPeople(system.db);
  owner = await seedOperator(system, "owner");
});
afterAll(() => system.close());

const [nothing, reason] = [id("ZED"), "spam"];
const erase = (userId: string) => ({ userId, confirm: userId.slice(-8) });
const group = { id: nothing, stateAt: null };
const channel = { name: "on call", language: "en", timeZone: "Asia/Shanghai", quiet: null };

const acts: [path: string, input: object, status: number, appCode: string | null][] = [
  ["people.block", { userId: nothing, reason }, 404, "not_found"],
  ["people.block", { userId: id("BEN"), reason }, 409, "already_blocked"],
  ["people.unblock", { userId: nothing }, 404, "not_found"],
  ["people.unblock", { userId: id("ANN") }, 409, "already_active"],
  ["people.endSessions", { userId: nothing }, 404, "not_found"],
  ["people.endSessions", { userId: id("BEN"), sessionId: id("N1") }, 404, "not_found"],
  ["people.unbind", { userId: id("ANN"), bindingId: id("BEN1") }, 404, "not_found"],
  ["people.unbind", { userId: id("ANN"), bindingId: nothing }, 404, "not_found"],
  ["people.merge", { fromUserId: nothing, intoUserId: id("ANN"), reason }, 404, "not_found"],
  ["people.merge", { fromUserId: id("ANN"), intoUserId: id("ANN"), reason }, 409, "same_person"],
  ["people.merge", { fromUserId: id("ANN"), intoUserId: id("BEN"), reason }, 409, "status_differs"],
  ["people.refreshProfile", { userId: nothing }, 404, "not_found"],
  ["people.export", { userId: nothing }, 404, "not_found"],
  ["people.erase", erase(nothing), 404, "not_found"],
  ["people.erase", { ...erase(id("ANN")), confirm: id("BEN").slice(-8) }, 400, null],
  ["conflicts.merge", { id: nothing, into: id("ANN"), reason }, 404, "not_found"],
  // The one who stays is one of the two.
  ["conflicts.merge", { id: id("C3"), into: id("ANN"), reason }, 404, "not_found"],
  ["conflicts.merge", { id: id("C3"), into: nothing, reason }, 404, "not_found"],
  ["conflicts.keepApart", { id: nothing, reason }, 404, "not_found"],
  ["merges.undo", { id: nothing, reason }, 404, "not_found"],
  ["failures.acknowledge", group, 404, "not_found"],
  ["failures.resolve", group, 404, "not_found"],
  ["failures.reopen", group, 404, "not_found"],
  ["failures.mute", { ...group, minutes: 1 }, 404, "not_found"],
  ["failures.undo", { ...group, to: "open" }, 404, "not_found"],
  ["failures.lookUp", { id: nothing }, 404, "not_found"],
  ["tokens.checkUser", { bindingId: nothing }, 404, "not_found"],
  ["tokens.refreshUser", { bindingId: nothing }, 404, "not_found"],
  ["tokens.forgetUser", { bindingId: nothing }, 404, "not_found"],
  ["tokens.refreshApp", { appId: "wx0", reason }, 404, "not_found"],
  ["tokens.invalidateApp", { appId: "wx0", generation: 1, reason }, 404, "not_found"],
  ["alerts.updateChannel", { ...channel, id: nothing }, 409, "channel_changed"],
  ["alerts.disableChannel", { id: nothing }, 409, "channel_changed"],
  ["alerts.enableChannel", { id: nothing }, 409, "channel_changed"],
  ["alerts.deleteChannel", { id: nothing }, 409, "channel_changed"],
  ["alerts.testChannel", { id: nothing }, 409, "channel_changed"],
  ["operators.createPasswordLink", { id: nothing }, 409, "operator_changed"],
  ["operators.changeRole", { id: nothing, from: "viewer", to: "owner" }, 409, "operator_changed"],
  ["operators.disable", { id: nothing }, 409, "operator_changed"],
  ["operators.enable", { id: nothing }, 409, "operator_changed"],
  ["operators.endSessions", { id: nothing }, 409, "operator_changed"],
  ["operators.resetFactors", { id: nothing }, 409, "operator_changed"],
];

describe("an act of the console about what is not there, or is so already", () => {
  it.each(acts)("is refused, and writes nothing: %s %j is a %i, %s", async (path, input, status, appCode) => {
    const stored = async () =>
      JSON.stringify(
        await Promise.all(
          (["users", "bindings", "merges", "identityConflicts", "auditLog"] as const).map((table) =>
            rowsOf(system.db, table),
          ),
        ),
      );
    const before = await stored();
    const { error, ...answer } = await owner.mutate(path, input);
    expect([answer.status, error?.data.appCode]).toEqual([status, appCode]);
    expect(await stored()).toBe(before);
  });
});
