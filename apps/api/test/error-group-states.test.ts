import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listFailureGroups } from "../src/domain/console/failure-groups.js";
import { failureRecords } from "../src/domain/failures/failures.js";
import { changeGroupState, type GroupChange, stateOfGroup } from "../src/domain/failures/group-states.js";
import { type DomainHarness, startDomainHarness, visitor } from "./support/domain-harness.js";
import { rowsOf } from "./support/rows.js";

let harness: DomainHarness;
beforeEach(async () => {
  harness = await startDomainHarness();
});
afterEach(() => harness.close());

const fail = (errcode = "40163") =>
  harness.db.batch(
    failureRecords(
      harness.deps,
      { endpoint: "sns/oauth2/access_token", errcode, errmsg: "no", rid: null, attempt: 1 },
      { appId: harness.app("oa").appId, latencyMs: 1 },
    ),
  );

const by = { operatorId: "olga", visitor };

async function group(errcode = "40163") {
  const { items } = await listFailureGroups(harness.deps, { state: "all", sort: "last_seen" });
  const found = items.find((one) => one.errcode === errcode);
  if (!found) throw new Error(`there is no group ${errcode}`);
  return found;
}
const stateOf = async (errcode?: string) => (await group(errcode)).state;

/** Changes the group as an operator who has just read it. */
async function change(groupChange: GroupChange) {
  const { id, stateAt } = await group();
  const changed = await changeGroupState(harness.deps, { ...groupChange, id, stateAt, by });
  if (changed === undefined || changed === "stale") throw new Error(`the change was ${changed}`);
  return changed;
}

const audited = async () =>
  (await rowsOf(harness.db, "auditLog")).map(
    ({ id: _, at: __, sealNumber: ___, seal: ____, ...entry }) => entry,
  );

const [before, at, after] = [-1, 0, 1].map((ms) => new Date(1_000_000 + ms)) as [Date, Date, Date];

describe("the state of a group", () => {
  it.each([
    ["as it is stored", { state: "open" }, "open"],
    ["as it is stored", { state: "acknowledged", lastSeenAt: after, resolvedAt: at }, "acknowledged"],
    [
      "resolved, a millisecond after its last failure",
      { state: "resolved", resolvedAt: at, lastSeenAt: before },
      "resolved",
    ],
    [
      "resolved in the millisecond of its last failure",
      { state: "resolved", resolvedAt: at, lastSeenAt: at },
      "resolved",
    ],
    [
      "regressed by a failure a millisecond after that",
      { state: "resolved", resolvedAt: at, lastSeenAt: after },
      "regressed",
    ],
    ["resolved if its counts are deleted", { state: "resolved", resolvedAt: at }, "resolved"],
    ["muted a millisecond before that runs out", { state: "muted", mutedUntil: after }, "muted"],
    ["open when that runs out", { state: "muted", mutedUntil: at }, "open"],
    ["as it was left after a mute that ran out", { state: "resolved", mutedUntil: before }, "resolved"],
    [
      "muted although it fails",
      { state: "muted", mutedUntil: after, resolvedAt: before, lastSeenAt: at },
      "muted",
    ],
  ] as const)("is %s: %j is %s", (_title, stored, expected) => {
    const empty = { resolvedAt: null, mutedUntil: null, lastSeenAt: null };
    expect(stateOfGroup({ ...empty, ...stored }, at)).toBe(expected);
  });
});

describe("an operator's change of a group", () => {
  it("is written with who made it and when, and with its entry in the audit log, for this group alone", async () => {
    await fail();
    await fail("40029");
    const other = await group("40029");
    const { id } = await group();
    const now = harness.deps.now();
    const moments: Date[] = [];
    for (const [change_, expected] of [
      [{ act: "acknowledge" }, { state: "acknowledged", resolvedAt: null, mutedUntil: null }],
      [{ act: "resolve" }, { state: "resolved", resolvedAt: now, mutedUntil: null }],
      [
        { act: "mute", minutes: 90 },
        { state: "muted", mutedUntil: new Date(now.getTime() + 90 * 60_000) },
      ],
      [{ act: "reopen" }, { state: "open" }],
    ] as const) {
      const { stateAt } = await change(change_);
      moments.push(stateAt);
      const [row] = (await rowsOf(harness.db, "errorGroups")).filter((one) => one.id === id);
      expect(row).toMatchObject({ ...expected, stateAt, stateBy: "olga" });
    }
    expect(moments, "each another moment").toEqual([0, 1, 2, 3].map((ms) => new Date(now.getTime() + ms)));
    expect(await group("40029")).toEqual(other);
    expect(await audited()).toEqual(
      ["acknowledge", "resolve", "mute", "reopen"].map((act) => ({
        ...{ operatorId: "olga", event: `errors.${act}`, target: id, result: "ok", errcode: null },
        ip: visitor.ip,
      })),
    );
  });

  it("is refused if another operator was faster, of two at once one is, and what is refused is in no audit log", async () => {
    await fail();
    const { id, stateAt } = await group();
    const acts = ["acknowledge", "resolve"] as const;
    const both = await Promise.all(
      acts.map((act) => changeGroupState(harness.deps, { act, id, stateAt, by: { ...by, operatorId: act } })),
    );
    const winner = acts.find((_, index) => both[index] !== "stale");
    expect(both.filter((result) => result === "stale")).toHaveLength(1);
    expect(await rowsOf(harness.db, "errorGroups")).toMatchObject([{ stateBy: winner }]);
    expect(await audited()).toMatchObject([{ operatorId: winner, event: `errors.${winner}` }]);
    // The same in the other order, and in the millisecond of the first change.
    for (const act of acts) {
      expect(await changeGroupState(harness.deps, { act, id, stateAt, by })).toBe("stale");
    }
    const fresh = (await group()).stateAt;
    expect(await changeGroupState(harness.deps, { act: "reopen", id, stateAt: fresh, by })).toEqual({
      stateAt: new Date((fresh?.getTime() ?? 0) + 1),
    });
    expect(await changeGroupState(harness.deps, { act: "mute", minutes: 1, id, stateAt: fresh, by })).toBe(
      "stale",
    );
    expect(await audited()).toHaveLength(2);
  });

  it("is nothing for a group that does not exist", async () => {
    await fail();
    const nobodys = { act: "resolve", id: "01M00000000000000000000000", stateAt: null, by } as const;
    expect(await changeGroupState(harness.deps, nobodys)).toBeUndefined();
    expect([await audited(), await stateOf()]).toEqual([[], "open"]);
  });
});

describe("a resolved group", () => {
  it("stays so for failures until then, regresses by the first one after it, and is resolved until the next", async () => {
    await fail();
    await change({ act: "resolve" });
    await fail(); // in the same millisecond
    expect(await stateOf()).toBe("resolved");
    harness.advance(0.001);
    await fail();
    expect(await stateOf()).toBe("regressed");
    await change({ act: "resolve" });
    expect(await stateOf()).toBe("resolved");
    harness.advance(0.001);
    await fail("40029");
    expect(await stateOf()).toBe("resolved");
    await fail();
    expect(await stateOf()).toBe("regressed");
  });

  it("regresses however thirty failures and the resolution meet, if one of them is after it", async () => {
    await fail();
    const { id, stateAt } = await group();
    harness.advance(1);
    const early = Array.from({ length: 15 }, () => fail());
    const resolution = changeGroupState(harness.deps, { act: "resolve", id, stateAt, by });
    harness.advance(0.001);
    await Promise.all([...early, resolution, ...Array.from({ length: 15 }, () => fail())]);
    expect(await group()).toMatchObject({ state: "regressed", events: 31 });
  });
});

describe("the undo of a change", () => {
  it.each([
    ["open", []],
    ["acknowledged", [{ act: "acknowledge" }]],
    ["resolved", [{ act: "resolve" }]],
    ["muted", [{ act: "mute", minutes: 60 }]],
  ] as const)("gives back the state %s, with its moments", async (state, changes) => {
    await fail();
    for (const one of changes) await change(one);
    const [stored] = await rowsOf(harness.db, "errorGroups");
    for (const other of ["acknowledge", "resolve", "reopen"] as const) {
      if (other === "resolve" && state === "resolved") continue;
      await change({ act: other });
      await change({ act: "undo", to: state });
      expect(await stateOf()).toBe(state);
    }
    const [restored] = await rowsOf(harness.db, "errorGroups");
    expect(restored?.mutedUntil).toEqual(stored?.mutedUntil);
    if (state === "resolved") expect(restored?.resolvedAt).toEqual(stored?.resolvedAt);
  });

  it("gives back that it had regressed, and a mute that has run out meanwhile is open", async () => {
    await fail();
    await change({ act: "resolve" });
    harness.advance(1);
    await fail();
    await change({ act: "resolve" });
    await change({ act: "undo", to: "regressed" });
    expect(await stateOf()).toBe("regressed");
    await change({ act: "mute", minutes: 1 });
    await change({ act: "acknowledge" });
    harness.advance(60);
    await change({ act: "undo", to: "muted" });
    expect(await stateOf()).toBe("open");
  });
});
